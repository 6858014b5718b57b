"""Who gets in where: every address of the newsroom × every role × own and foreign records, and
every step × every role × own and foreign claims, against tables written by hand.

The addresses come from the URL resolver; one that the table does not know fails. `pytest -s` prints
the tables. Each class of address has a seeded defect that the walk must find.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.contrib.admin.sites import AdminSite
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from claims import actions, document
from claims.admin import base
from claims.exceptions import NotAllowed
from claims.models import Edition, History
from claims.permissions import PERMISSIONS
from claims.waiting import SECTIONS
from tests.admin_client import address, sent, sign_in
from tests.attack.test_leaks import patterns
from tests.tips import a_tip

# The preview looks through the readers' login, which sees what is committed.
BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])

PEOPLE = ("anonymous", "nobody", "reporter", "editor", "publisher", "admin")
STAFF = frozenset({"reporter", "editor", "publisher", "admin"})
SIGNED_IN = STAFF | {"nobody"}
WRITERS = STAFF - {"admin"}
EDITORS = frozenset({"editor", "publisher"})
PUBLISHERS = frozenset({"publisher"})
ADMINS = frozenset({"admin"})
NOBODY: frozenset[str] = frozenset()

# The steps of a claim, by the role that it takes (DESIGN 3); the rest of a step's address.
STEPS = {
    "submit": WRITERS,
    "request_changes": EDITORS,
    "approve": EDITORS,
    "publish": PUBLISHERS,
    "confirm": WRITERS,
    "discard": WRITERS,
    "recheck": EDITORS,
    "schedule": PUBLISHERS,
    "move": PUBLISHERS,
    "cancel": PUBLISHERS,
    "approve_reinstatement": EDITORS,
    "reinstate": PUBLISHERS,
    "withdraw": PUBLISHERS,
    "request_suppression": PUBLISHERS,
    "suppress": PUBLISHERS,
}
# Who may look at an address, by its name; "*" stands for each model that is registered.
LOOKS: dict[str, frozenset[str]] = {
    "index": SIGNED_IN,
    "my_mail": SIGNED_IN,
    "sent_mail": SIGNED_IN,
    "jsi18n": SIGNED_IN,
    "autocomplete": STAFF,
    "app_list": SIGNED_IN,
    "claims_claim_changelist": STAFF,
    "claims_claim_add": WRITERS,
    "claims_claim_change": STAFF,
    "claims_claim_history": STAFF,
    "claims_claim_conversation": STAFF,
    "claims_claim_correct": WRITERS,
    "claims_claim_behind": STAFF,
    "claims_claim_together": STAFF,
    "claims_claim_rebuttal": WRITERS,
    "claims_claim_preview": STAFF,
    "claims_claim_preview_phone": STAFF,
    "claims_claim_differences": STAFF,
    "claims_claim_merge": EDITORS,
    "claims_claim_split": EDITORS,
    "claims_claim_undo": EDITORS,
    "claims_claim_replies": STAFF,
    "claims_claim_rechecks": STAFF,
    "claims_history_export": STAFF,
    **{
        f"waiting {section}": WRITERS
        for section in (
            *("changes", "drafts", "replies", "tips", "rechecks", "approved", "scheduled"),
        )
    },
    "waiting review": EDITORS,
    **{f"claims_claim_step {action}": roles for action, roles in STEPS.items()},
    **{
        f"claims_{model}_{page}": roles
        for model in ("party", "source", "topic")
        for page, roles in (
            ("changelist", STAFF),
            ("add", WRITERS),
            ("change", STAFF),
            ("history", STAFF),
        )
    },
    **{
        f"claims_{model}_{page}": roles
        for model in ("approval", "edition", "release", "recheck", "policy", "history")
        for page, roles in (
            ("changelist", STAFF),
            ("add", NOBODY),
            ("change", STAFF),
            ("history", STAFF),
        )
    },
    **{
        f"claims_{model}_{page}": ADMINS
        for model in ("user", "sitepage")
        for page in ("changelist", "add", "change", "history")
    },
    "claims_tip_changelist": WRITERS,
    "claims_tip_add": NOBODY,
    "claims_tip_change": WRITERS,
}

# Addresses that say the same to everybody: the way in, and what is nowhere.
SAME_FOR_ALL = {"login", "logout", "password_change", "password_change_done", "view_on_site"}
# Nothing is deleted by anybody; these take no GET.
NEVER = ("_delete",)
ONLY_POST = {"claims_user_invite": ADMINS, "claims_user_remove_factors": ADMINS}


class Cell(NamedTuple):
    """One answer: whose request, of which address, about whose record."""

    name: str
    path: str
    who: str
    about: str
    expected: str
    found: str


def verdict(response: Any) -> str:
    """What an answer means: in, out, or first sign in."""
    if response.status_code == 302 and "/login/?next=" in response["Location"]:
        return "sign in"
    return "out" if response.status_code == 403 else "in"


@dataclass
class House:
    """A newsroom with records of each person's own, and everybody's clients."""

    newsroom: Any

    def __post_init__(self) -> None:
        room = self.newsroom
        self.clients = {"anonymous": Client()}
        for name in PEOPLE[1:]:
            person = room.person(name) if name == "nobody" else getattr(room, name)
            self.clients[name] = sign_in(person)
        self.foreign = published(room, room.person("author", "reporter"))
        writers = {name: getattr(room, name) for name in ("reporter", "editor", "publisher")}
        self.own = {name: published(room, person) for name, person in writers.items()}
        self.site_page = room.site_page()

    def claims(self, who: str) -> Iterator[tuple[str, Any]]:
        yield "foreign", self.foreign
        if who in self.own:
            yield "own", self.own[who]

    def records(self, claim: Any) -> dict[str, Any]:
        """A number for each kind of record that an address may name."""
        edition = Edition.objects.filter(claim=claim).latest("id")
        return {
            "claim": claim.pk,
            "party": claim.claimant_id,
            "source": claim.citations.first().source_id,
            "topic": claim.topics.first().pk,
            "approval": edition.approval_id,
            "edition": edition.pk,
            "release": claim.releases.latest("id").pk,
            "recheck": claim.rechecks.latest("id").pk,
            "policy": edition.policy_id,
            "history": History.objects.filter(claim_id=claim.pk).latest("id").pk,
            "user": edition.publisher_id,
            "sitepage": self.site_page.pk,
            "tip": claim.tips.latest("id").pk,
        }


def published(room: Any, author: Any) -> Any:
    """A claim by this person with something of everything, re-checked once."""
    claim = room.draft(
        f"What {author} says",
        actor=author,
        fields={"claimant": room.party("An institute")},
        topics=[room.topic("Ports")],
    )
    room.submit(claim, author)
    room.approve(claim, room.second_editor)
    actions.publish({claim.pk: claim.version}, actor=room.second_publisher)
    claim.refresh_from_db()
    actions.recheck(claim.pk, actor=room.second_editor, version=claim.version)
    a_tip(claim)
    return claim


@pytest.fixture
def house(newsroom_live) -> House:
    return House(newsroom_live)


def addresses() -> Iterator[tuple[str, str]]:
    """(name, route) of every address of the admin, each step and section on its own."""
    for route, pattern in patterns(get_resolver()):
        if not route.startswith("admin/") or pattern.name is None:
            continue
        if pattern.name == "claims_claim_step":
            for action in STEPS:
                yield f"{pattern.name} {action}", route.replace("<slug:action>", action)
        elif pattern.name == "waiting":
            for section in SECTIONS:
                yield f"{pattern.name} {section}", route.replace("<slug:name>", section)
        else:
            yield pattern.name, route


def model_of(name: str) -> str:
    return name.split("_")[1] if name.startswith("claims_") else "claim"


def path_of(name: str, route: str, records: dict[str, Any]) -> str:
    path = route.replace("<int:claim_id>", str(records["claim"]))
    path = path.replace("<path:object_id>", str(records.get(model_of(name), 0)))
    if name == "app_list":
        path = "admin/claims/"
    if name == "autocomplete":
        path += "?app_label=claims&model_name=claim&field_name=claimant&term=a"
    assert "<" not in path and "(" not in path, f"teach this test what stands in {path}"
    return f"/{path}"


def walk(house: House) -> list[Cell]:
    """Ask every address as everybody, about their own and others' records."""
    cells = []
    for name, route in addresses():
        if name in SAME_FOR_ALL | ONLY_POST.keys():
            continue
        allowed = NOBODY if name.endswith(NEVER) else LOOKS[name]
        for who in PEOPLE:
            expected = "sign in" if who == "anonymous" else "in" if who in allowed else "out"
            for about, claim in house.claims(who):
                path = path_of(name, route, house.records(claim))
                found = verdict(house.clients[who].get(path))
                cells.append(Cell(name, path, who, about, expected, found))
    return cells


def wrong(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.found != cell.expected]


def table(cells: list[Cell]) -> str:
    """The expected verdicts as a table, an address a line."""
    rows: dict[str, dict[str, str]] = {}
    for cell in cells:
        rows.setdefault(cell.name, {})[f"{cell.who} {cell.about}"] = cell.found
    columns = list(dict.fromkeys(f"{cell.who} {cell.about}" for cell in cells))
    lines = ["address".ljust(46) + " ".join(column.ljust(17) for column in columns)]
    for name, found in rows.items():
        lines.append(name.ljust(46) + " ".join(found[each].ljust(17) for each in columns))
    return "\n".join(lines)


@BOTH_SIDES
def test_every_address_of_the_newsroom_lets_in_whom_it_should(house, settings, tmp_path, capsys):
    settings.MAIL_FOLDER = str(tmp_path)
    cells = walk(house)
    print(table(cells))
    print(f"{len(cells)} verdicts")
    assert not wrong(cells), "\n".join(map(str, wrong(cells)))
    assert len(cells) > 500
    assert {cell.found for cell in cells} == {"in", "out", "sign in"}


def test_the_table_knows_every_address_and_no_other():
    known = LOOKS.keys() | SAME_FOR_ALL | ONLY_POST.keys()
    names = {name for name, _route in addresses() if not name.endswith(NEVER)}
    assert names == known
    assert STEPS.keys() == {name for name in PERMISSIONS if any(name == step for step in STEPS)}, (
        "each step has a permission of its name"
    )


def anybody(*args: Any, **options: Any) -> bool:
    return True


# A seeded defect for each class of address: the check that is left out, and where it must show.
DEFECTS = {
    "lists and records": (
        [(base.NewsroomAdmin, "has_view_permission")],
        "claims_party_changelist",
    ),
    "adding": ([(base.NewsroomAdmin, "has_add_permission")], "claims_source_add"),
    "histories": ([(base.NewsroomAdmin, "has_view_permission")], "claims_claim_history"),
    "steps": (["claims.admin.claim.may"], "claims_claim_step publish"),
    "rebuttals": (["claims.admin.claim.may"], "claims_claim_rebuttal"),
    "corrections": (["claims.admin.claim.may"], "claims_claim_correct"),
    "tips": ([(base.NewsroomAdmin, "has_view_permission")], "claims_tip_change"),
    "lists of tips": ([(base.NewsroomAdmin, "has_view_permission")], "claims_tip_changelist"),
    "previews": ([(base.NewsroomAdmin, "has_view_permission")], "claims_claim_preview"),
    "differences": ([(base.NewsroomAdmin, "has_view_permission")], "claims_claim_differences"),
    "conversations": ([(base.NewsroomAdmin, "has_view_permission")], "claims_claim_conversation"),
    "autocomplete": ([(base.NewsroomAdmin, "has_view_permission")], "autocomplete"),
    "export": ([(base.NewsroomAdmin, "has_view_permission")], "claims_history_export"),
    "merging": (["claims.admin.claim.may"], "claims_claim_merge"),
    "people": (["claims.admin.people.may"], "claims_user_changelist"),
    "the way in": ([(AdminSite, "has_permission")], "index"),
}


@BOTH_SIDES
@pytest.mark.parametrize("name", DEFECTS)
def test_a_check_that_is_left_out_is_found(house, monkeypatch, settings, tmp_path, name):
    settings.MAIL_FOLDER = str(tmp_path)
    targets, where = DEFECTS[name]
    for target in targets:
        if isinstance(target, str):
            monkeypatch.setattr(target, anybody)
        else:
            monkeypatch.setattr(*target, anybody)
    monkeypatch.setattr(
        f"{__name__}.addresses", lambda: [each for each in ADDRESSES if each[0] == where]
    )
    assert wrong(walk(house))


ADDRESSES = list(addresses())


# --- Steps, taken ------------------------------------------------------------------------------

# The stage at which a step leads on.
STAGES = {
    "submit": "draft",
    "request_changes": "in_review",
    "approve": "in_review",
    "publish": "approved",
    "discard": "revised",
    "recheck": "published",
    "schedule": "cancelled",
    "move": "scheduled",
    "cancel": "scheduled",
    "approve_reinstatement": "withdrawn",
    "reinstate": "reapproved",
    "withdraw": "published",
    "request_suppression": "published",
    "suppress": "suppression_requested",
}
LATER = timedelta(days=2)
TYPED = {"reason": "For a good reason.", "notice_en": "We withdrew it.", "review_by": ""}


def claim_at(room: Any, stage: str, author: Any) -> Any:
    """A claim by `author` at a stage, brought there by people who take no part in the test."""
    approver, opener = room.person("approver", "editor"), room.person("opener", "publisher")
    claim = room.draft(f"What {author} says", actor=author)
    if stage == "draft":
        return claim
    room.submit(claim, author)
    if stage == "in_review":
        return claim
    room.approve(claim, approver)
    if stage == "approved":
        return claim
    opens_at = timezone.now() + LATER if stage in ("scheduled", "cancelled") else None
    actions.publish({claim.pk: claim.version}, actor=opener, opens_at=opens_at)
    claim.refresh_from_db()
    known = {"actor": opener, "version": claim.version, "reason": "For a reason."}
    if stage == "cancelled":
        actions.cancel(claim.pk, **known)
    elif stage in ("withdrawn", "reapproved"):
        actions.withdraw(claim.pk, notice={"en": "Withdrawn."}, **known)
    elif stage == "suppression_requested":
        actions.request_suppression(claim.pk, **known)
    elif stage == "revised":
        room.revise(claim, actor=author, statement="Something else")
    if stage == "reapproved":
        actions.approve_reinstatement(claim.pk, actor=approver, version=claim.version)
    return claim


def take(client: Client, claim: Any, action: str) -> str:
    """Open a step's page, fill it in and send it; whether it was done."""
    url = address("claim_step", claim.pk, action)
    page = client.get(url)
    # Who is kept from the page sends a form of their own making.
    form = sent(page) if page.status_code == 200 else crafted(claim)
    moment = timezone.localtime(timezone.now() + 2 * LATER).strftime("%Y-%m-%dT%H:%M")
    opens_at = moment if action in ("move", "schedule") else ""
    response = client.post(url, {**form, **TYPED, "opens_at": opens_at})
    return "done" if response.status_code == 302 else "refused"


def crafted(claim: Any) -> dict[str, Any]:
    return {
        "version": claim.version,
        "digest": document.digest(actions.document_of(claim)),
    }


@pytest.mark.parametrize("action", STAGES)
def test_each_step_is_taken_by_whom_it_should(newsroom, action):
    author = newsroom.person("author", "reporter")
    found, expected = {}, {}
    for who in ("nobody", "reporter", "editor", "publisher", "admin"):
        person = newsroom.person(who) if who == "nobody" else getattr(newsroom, who)
        kinds = {"foreign": author, **({"own": person} if who in WRITERS else {})}
        for about, writer in kinds.items():
            claim = claim_at(newsroom, STAGES[action], writer)
            found[who, about] = take(sign_in(person), claim, action)
            allowed = who in STEPS[action] and not (action == "approve" and about == "own")
            expected[who, about] = "done" if allowed else "refused"
    print(action, found)
    assert found == expected


# --- Nobody approves their own work ---------------------------------------------------------------


@pytest.mark.parametrize("who", ["editor", "publisher"])
def test_self_approval_is_refused_by_every_way(newsroom, who):
    person = getattr(newsroom, who)
    claim = claim_at(newsroom, "in_review", person)
    client, other = sign_in(person), sign_in(newsroom.second_editor)
    step = address("claim_step", claim.pk, "approve")
    # No button leads there, the other's does.
    assert step not in client.get(address("claim_change", claim.pk)).content.decode()
    assert step in other.get(address("claim_change", claim.pk)).content.decode()
    differences = address("claim_differences", claim.pk)
    assert "approve" not in dict(client.get(differences).context["decisions"])
    assert "approve" in dict(other.get(differences).context["decisions"])
    # A crafted form, for one claim and for several.
    assert client.post(step, crafted(claim)).status_code == 403
    seen = f"{claim.pk}:{claim.version}:{crafted(claim)['digest']}"
    together = f"{address('claim_together')}?ids={claim.pk}"
    assert client.post(together, {"action": "approve", "claims": seen}).status_code == 403
    # The shell.
    with pytest.raises(NotAllowed):
        actions.approve(
            claim.pk,
            actor=person,
            version=claim.version,
            document_digest=crafted(claim)["digest"],
        )
    claim.refresh_from_db()
    assert claim.state == "in_review"
    # The control: somebody else's same form is taken.
    assert other.post(together, {"action": "approve", "claims": seen}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "approved"


@pytest.mark.parametrize("name", ONLY_POST)
def test_what_takes_no_get_lets_in_whom_it_should(newsroom, name):
    person = newsroom.person("newcomer")
    for who in ("nobody", "reporter", "editor", "publisher", "admin"):
        client = sign_in(newsroom.person(who) if who == "nobody" else getattr(newsroom, who))
        found = verdict(client.post(address(name.removeprefix("claims_"), person.pk)))
        assert found == ("in" if who in ONLY_POST[name] else "out"), who
    assert verdict(Client().post(address(name.removeprefix("claims_"), person.pk))) == "sign in"
