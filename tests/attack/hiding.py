"""What readers must not see, each with a word of its own that nothing else has: a canary."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from claims import actions
from claims.choices import Outcome, TipKind, TipUse
from claims.models import Claim, Party, SitePage, Tip, User
from tests.newsroom import Newsroom
from tests.tips import a_tip

WORDS = ("attribution", "reason", "unknowns", "would_change", "reply_exception")
STAFF = {
    "reporter": "reporter",
    "editor": "editor",
    "second": "editor",
    "publisher": "publisher",
    "second_publisher": "publisher",
    "admin": "admin",
}
TOMORROW = timedelta(days=1)


def canary() -> str:
    return f"canary{secrets.token_hex(6)}"


@dataclass
class Hiding:
    """The claims that are hidden or hide something; how many things of each kind there are; and
    their words."""

    claims: list[Claim] = field(default_factory=list)
    things: Counter[str] = field(default_factory=Counter)
    words: dict[str, list[str]] = field(default_factory=dict)

    def word(self, kind: str) -> str:
        made = canary()
        self.words.setdefault(kind, []).append(made)
        return made

    def thing(self, kind: str) -> str:
        """One more of a kind, and the first of its words."""
        self.things[kind] += 1
        return self.word(kind)

    def leaks(self, seen: str) -> dict[str, int]:
        """How many words of each kind of thing were seen."""
        counts = {kind: sum(word in seen for word in words) for kind, words in self.words.items()}
        return {kind: count for kind, count in counts.items() if count}


def staffed(hidden: Hiding) -> Newsroom:
    """A newsroom whose people have canaries for names: they make all that is made in it."""
    room, kind = Newsroom(), "a person’s name or address"
    for key, role in STAFF.items():
        user = User(
            username=hidden.thing(kind),
            first_name=hidden.word(kind),
            last_name=hidden.word(kind),
            email=f"{hidden.word(kind)}@example.org",
            is_staff=True,
        )
        user.set_unusable_password()
        user.save()
        user.groups.add(Group.objects.get(name=role))
        room.people[key] = user
    return room


@dataclass
class Round:
    """One of each kind of unpublished thing, around a claim that readers know."""

    hidden: Hiding
    room: Newsroom
    live: Claim

    def word(self, kind: str) -> str:
        return self.hidden.word(kind)

    def contents(self, kind: str) -> dict:
        """Canaries in every field that a claim has, and in records that only it shows."""
        room, word = self.room, self.word
        party = room.party(word(kind), ko=word(kind))
        cited, relayed = room.source(word(kind), publisher=party), room.source(word(kind))
        return {
            "text": {name: word(kind) for name in WORDS},
            "texts": {"ko": {"statement": word(kind), "unknowns": word(kind)}},
            "fields": {"claimant": party, "allegation_about": party},
            "topics": [room.topic(word(kind))],
            "citations": [
                {
                    "source": cited,
                    "quotation": word(kind),
                    "locator": word(kind),
                    "relays": [relayed],
                }
            ],
            "figures": [{"labels": {"en": word(kind)}, "value": 7, "units": {"en": word(kind)}}],
            "wordings": [{"language": "en", "text": word(kind)}],
            "replies": [
                {
                    "party": party,
                    "asked_on": date(2025, 7, 1),
                    "outcome": Outcome.ANSWERED,
                    "answer": word(kind),
                    "answered_on": date(2025, 7, 2),
                }
            ],
            "actor": room.editor,
        }

    def draft(self, kind: str, target: Claim | None = None) -> Claim:
        statement, contents = self.hidden.thing(kind), self.contents(kind)
        if target:
            claim = self.room.rebuttal(target, statement, **contents)
        else:
            claim = self.room.draft(statement, **contents)
        self.hidden.claims.append(claim)
        return claim

    def submitted(self, kind: str) -> Claim:
        return self.room.submit(self.draft(kind), self.room.editor)

    def approved(self, claim: Claim) -> Claim:
        self.room.submit(claim, self.room.editor)
        return self.room.approve(claim, self.room.second_editor)

    def known(self, statement: str = "Known to readers", **options) -> Claim:
        claim = self.room.published(statement, **options)
        self.hidden.claims.append(claim)
        return claim

    def revised(self, kind: str, claim: Claim) -> Claim:
        return self.room.revise(
            claim,
            statement=self.hidden.thing(kind),
            note=self.word(kind),
            unknowns=self.word(kind),
        )

    # --- Claims ---------------------------------------------------------------------------------

    def before_publication(self) -> None:
        room, soon = self.room, timezone.now() + TOMORROW
        drafted = self.draft("a draft")
        self.merge(self.draft("a merged draft"), drafted)
        claim = self.submitted("a claim sent back")
        reason = self.hidden.thing("a reason")
        version = claim.version
        actions.request_changes(claim.pk, actor=room.second_editor, version=version, reason=reason)
        reviewed = self.submitted("a claim in review")
        self.talk(drafted, reviewed, self.live)
        self.approved(self.draft("an approved claim"))
        room.publish(self.approved(self.draft("a scheduled claim")), opens_at=soon)
        claim = self.approved(self.draft("a cancelled claim"))
        room.publish(claim, opens_at=soon)
        reason = self.hidden.thing("a reason")
        actions.cancel(claim.pk, actor=room.publisher, version=claim.version, reason=reason)
        self.draft("a draft rebuttal", self.live)
        room.publish(self.approved(self.draft("a rebuttal to come", self.live)), opens_at=soon)

    def merge(self, claim: Claim, into: Claim) -> None:
        actions.merge(
            claim.pk,
            actor=self.room.editor,
            version=claim.version,
            into_id=into.pk,
            into_version=into.version,
        )
        into.refresh_from_db()

    def changes(self, known: list[Claim], party: Party) -> None:
        """Of claims that readers go on seeing as they are."""
        room = self.room
        drafted, reviewed, scheduled, _shown = known
        self.revised("a change", drafted)
        room.submit(self.revised("a change in review", reviewed))
        soon = timezone.now() + TOMORROW
        room.publish(self.revised("an edition to come", scheduled), opens_at=soon)
        room.rename(party, en=self.hidden.thing("a name that no edition shows yet"))

    def taken_away(self) -> None:
        room = self.room
        claim = self.approved(self.draft("a withdrawn claim"))
        room.publish(claim)
        actions.withdraw(
            claim.pk,
            actor=room.publisher,
            version=claim.version,
            reason=self.hidden.thing("a reason"),
            notice={"en": "Taken back."},
        )
        claim = self.approved(self.draft("a suppressed claim"))
        room.publish(claim)
        steps = (actions.request_suppression, actions.suppress)
        for step, actor in zip(steps, (room.publisher, room.second_publisher), strict=True):
            claim.refresh_from_db()
            reason = self.hidden.thing("a reason")
            step(claim.pk, actor=actor, version=claim.version, reason=reason)

    # --- What is no claim -----------------------------------------------------------------------

    def talk(self, *claims: Claim) -> None:
        """With a mention: that somebody is called so is no more for readers than what is said."""
        kind = "a comment"
        for claim in claims:
            text = f"{self.hidden.thing(kind)} @{self.room.second_editor.username}"
            actions.comment(claim.pk, actor=self.room.reporter, text=text)

    def tip(self, kind: TipKind, claim: Claim | None) -> Tip:
        name = "a tip"
        return a_tip(
            claim,
            self.hidden.thing(name),
            kind=kind,
            url=f"https://{self.word(name)}.example/{self.word(name)}",
            contact=f"{self.word(name)}@example.org",
        )

    def tips(self, claim: Claim) -> None:
        room = self.room
        for kind in (TipKind.SOURCE, TipKind.REBUTTAL, TipKind.ERROR):
            self.tip(kind, claim)
        used = self.tip(TipKind.CLAIM, None)
        made = actions.use_tip(used.pk, actor=room.editor, use=TipUse.CLAIM)
        self.hidden.claims.append(made)
        self.hidden.things["a draft made of a tip"] += 1
        answered, closed = self.tip(TipKind.ERROR, claim), self.tip(TipKind.ERROR, claim)
        actions.assign_tip(answered.pk, actor=room.editor, handler=room.editor)
        text = self.hidden.thing("an answer to a tip")
        actions.answer_tip(answered.pk, actor=room.editor, text=text)
        reason = self.hidden.thing("what a tip came to")
        actions.close_tip(closed.pk, actor=room.editor, outcome="unfounded", reason=reason)

    def site_page(self) -> None:
        """What a page said before; what an admin saves is published at once."""
        kind = "what a page of the site said before"
        for title, text in (
            (self.hidden.thing(kind), self.word(kind)),
            ("About us", "We are *few*."),
        ):
            page = SitePage.objects.filter(address="about", language="en").first()
            actions.save_site_page(
                actor=self.room.admin,
                address="about",
                language="en",
                title=title,
                text=text,
                page_id=page and page.pk,
                version=page.version if page else 0,
            )


def known_claims(here: Round) -> tuple[list[Claim], Party]:
    """Four claims that readers go on seeing as they are, and the party that the last one shows."""
    party = here.room.party("A house that readers know")
    names = ("Known to readers", "Known to readers too", "Known to readers as well")
    claims = [here.known(name) for name in names]
    return [*claims, here.known("Shows a house", fields={"claimant": party})], party


def hide(live: Claim, rounds: int) -> Hiding:
    """`rounds` of each kind of unpublished thing."""
    hidden = Hiding()
    for _round in range(rounds):
        here = Round(hidden, staffed(hidden), live)
        known, party = known_claims(here)
        hide_behind(here, known, party)
    return hidden


def hide_behind(here: Round, known: list[Claim], party: Party) -> None:
    here.before_publication()
    here.changes(known, party)
    here.taken_away()
    here.tips(known[0])
    here.site_page()
