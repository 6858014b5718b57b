"""A newsroom with something of everything on its desk, for tests that walk all of its screens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Model
from django.urls import get_resolver
from django.utils import timezone

from claims import actions
from claims.admin.steps import STEP_FORMS
from claims.models import Claim, Tip
from claims.waiting import SECTIONS
from tests.attack.test_leaks import patterns
from tests.newsroom import Newsroom
from tests.rich_claim import rich_claim
from tests.test_admin_front_page import ask, in_days, request_changes
from tests.test_admin_queues import accusing, retract
from tests.test_admin_steps import rich_rebuttal
from tests.tips import a_tip


@dataclass(frozen=True)
class FullDesk:
    """Claims by what is special about them, and a record of each other kind by its model's name."""

    claims: dict[str, Claim]
    records: dict[str, Model]


def full_desk(room: Newsroom) -> FullDesk:
    """Needs the SNU scale."""
    rich = rich_claim(room)
    made = {
        "published": rich["claim"],
        "withdrawn": rich["withdrawn"],
        "suppressed": rich["suppressed"],
        **in_every_state(room),
        **with_something_due(room, rich["asked"]),
        **merged_and_split(room),
    }
    talk(room, made["in review"])
    party = rich["claimant"]
    room.rename(party, en=f"{party} Holding", ko="퀘스트모바일")
    for claim in made.values():
        claim.refresh_from_db()
    edition = made["published"].editions.latest("number")
    records = {
        "party": rich["asked"],
        "source": rich["source"],
        "topic": rich["topic"],
        "user": room.reporter,
        "sitepage": room.site_page(text="## Who we are\n\n- *few*\n- [here](/en/claims/)"),
        "edition": edition,
        "release": edition.releases.latest("id"),
        "approval": edition.approval,
        "recheck": made["published"].rechecks.latest("id"),
        "tip": with_tips(room, made["published"]),
    }
    return FullDesk(made, records)


def in_every_state(room: Newsroom) -> dict[str, Claim]:
    made = {
        "draft": room.draft("Ships wait longer than last year", texts=korean("배가 오래 기다린다")),
        "empty": actions.record_claim(
            actor=room.reporter,
            fields={"language": "ko"},
            texts={"ko": {"statement": "출처를 아직 적지 않은 주장"}},
        ),
        "in review": room.submit(rich_rebuttal(room), actor=room.publisher),
        "for the publisher": room.submit(room.draft("Fares rise in spring")),
        "sent back": room.submit(
            room.draft("Rents fell by a tenth", actor=room.publisher), actor=room.publisher
        ),
        "approved": room.approved(room.draft("The bridge was closed for a week")),
        "revised": room.published("A revision of this waits", texts=korean("고쳐 쓴 주장이다")),
        "scheduled": room.draft("Prices double by winter"),
        "cancelled": room.draft("The mayor has resigned"),
    }
    request_changes(room, made["sent back"], "Cite a second source.\nAnd say who counted.")
    room.revise(made["revised"], statement="A revision of this waits, in other words")
    for name in ("scheduled", "cancelled"):
        room.publish(made[name], opens_at=timezone.now() + timedelta(days=2))
    actions.cancel(
        made["cancelled"].pk,
        actor=room.publisher,
        version=made["cancelled"].version,
        reason="It is not true.",
    )
    return made


def with_something_due(room: Newsroom, party) -> dict[str, Claim]:
    source = room.source("The dataset of the port")
    made = {
        "to ask": accusing(room, "They paid for the study", party),
        "overdue": ask(room, accusing(room, "They hid the figures", party), in_days(-2), party),
        "waiting": ask(room, accusing(room, "They knew of it", party), in_days(2), party),
        "due": room.published("Usage is falling now", fields={"review_by": in_days(-3)}),
        "citing": room.published("Downloads rose", citations=[{"source": source}]),
    }
    retract(room, source)
    return made


def merged_and_split(room: Newsroom) -> dict[str, Claim]:
    merged, into = room.draft("It costs less"), room.draft("It is cheaper")
    actions.merge(
        merged.pk,
        actor=room.editor,
        version=merged.version,
        into_id=into.pk,
        into_version=into.version,
    )
    return {"merged": merged, "merged into": into}


def talk(room: Newsroom, claim: Claim) -> None:
    actions.assign(claim.pk, actor=room.reporter, reviewer=room.editor)
    for person, text in (
        (room.reporter, "Where is the second count? @editor may know."),
        (room.editor, "그 수치는 부록에 있습니다.\n\n곧 적어 두겠습니다."),
    ):
        actions.comment(claim.pk, actor=person, text=text)


def with_tips(room: Newsroom, claim: Claim) -> Tip:
    """Tips that wait, a closed one, and one that has everything on its screen."""
    telling = a_tip(
        claim,
        "두 번째 집계는 부록에 있습니다.\n\n직접 보세요: 12쪽입니다.",
        kind="rebuttal",
        language="ko",
        url="https://example.org/annex?page=12",
        contact="reader@example.org",
    )
    actions.assign_tip(telling.pk, actor=room.reporter, handler=room.publisher)
    actions.answer_tip(telling.pk, actor=room.reporter, text="Thank you, we look into it.")
    a_tip(None, "They say that the port closes in winter.")
    closed = a_tip(claim, kind="error")
    actions.close_tip(closed.pk, actor=room.editor, outcome="unfounded", reason="We rang them.")
    return telling


def korean(statement: str) -> dict[str, dict[str, str]]:
    return {"ko": {"statement": statement, "reason": "출처가 하나다."}}


# Where a step, or a screen of one claim, has most to say; for all others it is the published one.
TELLING = {
    "approve": "in review",
    "request_changes": "in review",
    "conversation": "in review",
    "submit": "draft",
    "publish": "approved",
    "move": "scheduled",
    "cancel": "scheduled",
    "schedule": "cancelled",
    "approve_reinstatement": "withdrawn",
    "reinstate": "withdrawn",
    "undo": "merged",
    "discard": "revised",
    "differences": "revised",
    "split": "published",
}


def newsroom_addresses(desk: FullDesk) -> list[str]:
    """Every address of the admin and of accounts, each with a record that it has something to say
    about; the claim's own screen with a claim in every state."""
    found = []
    for route, _pattern in patterns(get_resolver()):
        if route.startswith("admin/") and not ("^" in route or "(?P" in route):
            found += ["/" + path for path in with_records(desk, route)]
        elif route.startswith("accounts/"):
            found.append("/" + re.sub(r"<slug:\w+>", "x", route.replace("<int:pk>", "1")))
    claims = desk.claims
    found += [
        "/admin/claims/",
        f"/admin/claims/claim/{claims['merged into'].pk}/merge/?into={claims['draft'].public_id}",
        f"/admin/claims/claim/{claims['draft'].pk}/merge/?q=cheap",
        f"/admin/claims/claim/together/?ids={claims['in review'].pk},{claims['approved'].pk}",
    ]
    found += [f"/admin/claims/tip/{number}/change/" for number in (1, 2, 3)]
    found.append("/admin/claims/tip/?which=closed")
    assert len(found) > 120
    assert not any("<" in path for path in found), found
    return found


def with_records(desk: FullDesk, route: str) -> Iterator[str]:
    model = route.split("/")[2] if route.startswith("admin/claims/") else ""
    if "<slug:name>" in route:
        yield from (route.replace("<slug:name>", name) for name in SECTIONS)
    elif "<slug:action>" in route:
        for step in STEP_FORMS:
            claim = desk.claims[TELLING.get(step, "published")]
            yield route.replace("<slug:action>", step).replace("<int:claim_id>", str(claim.pk))
    elif route.endswith("/<path:object_id>/change/") and model == "claim":
        yield from (
            route.replace("<path:object_id>", str(each.pk)) for each in desk.claims.values()
        )
    elif model == "claim" and "<" in route:
        claim = desk.claims[TELLING.get(route.rstrip("/").split("/")[-1], "published")]
        yield re.sub(r"<\w+:\w+>", str(claim.pk), route)
    else:
        record = desk.records.get(model)
        yield re.sub(r"<\w+:\w+>", str(record.pk if record else 1), route)
