"""A newsroom for tests: people, records and the steps between them, all through the actions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group

from claims import actions, document
from claims.choices import Confidence, Ground, Opposer, PartyKind
from claims.models import Claim, Edition, Party, SitePage, Source, Topic, User

PASSWORD = "correct horse battery"


@dataclass
class Newsroom:
    """`reporter`, `editor`, `second_editor`, `publisher` and `admin`, made when first asked for."""

    people: dict[str, User] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)

    def person(self, username: str, role: str | None = None) -> User:
        if username not in self.people:
            user = User(username=username, is_staff=True, first_name=username.title())
            # A fast hash would need other settings; tests that sign in set a real password.
            user.set_unusable_password()
            user.save()
            if role:
                user.groups.add(Group.objects.get(name=role))
            self.people[username] = user
        return self.people[username]

    @property
    def reporter(self) -> User:
        return self.person("reporter", "reporter")

    @property
    def editor(self) -> User:
        return self.person("editor", "editor")

    @property
    def second_editor(self) -> User:
        return self.person("second", "editor")

    @property
    def publisher(self) -> User:
        return self.person("publisher", "publisher")

    @property
    def second_publisher(self) -> User:
        return self.person("second_publisher", "publisher")

    @property
    def admin(self) -> User:
        return self.person("admin", "admin")

    def party(self, name: str = "Example Institute", **names: str) -> Party:
        return actions.save_party(
            actor=self.reporter, kind=PartyKind.ORGANISATION, names={"en": name, **names}
        )

    def rename(self, party: Party, **names: str) -> Party:
        """Call a party something else, whoever changed it last."""
        party.refresh_from_db()
        return actions.save_party(
            actor=self.reporter,
            party_id=party.pk,
            version=party.version,
            kind=party.kind,
            names=names,
        )

    def source(self, title: str = "A report", **fields: Any) -> Source:
        return actions.save_source(actor=self.reporter, fields={"title": title, **fields})

    def topic(self, name: str = "Ports", **names: str) -> Topic:
        return actions.save_topic(actor=self.reporter, names={"en": name, **names})

    def site_page(self, address: str = "about", language: str = "en", **texts: str) -> SitePage:
        written = {"title": "About us", "text": "We are *few*.", **texts}
        return actions.save_site_page(
            actor=self.admin, address=address, language=language, **written
        )

    def first_source(self) -> Source:
        if not self.sources:
            self.sources.append(self.source())
        return self.sources[0]

    def contents(
        self, statement: str, confidence: str = Confidence.LOW, **options: Any
    ) -> dict[str, Any]:
        """What a claim needs before it can be submitted."""
        text = {"statement": statement, "attribution": "critics", "reason": "One origin."}
        return {
            "fields": {"language": "en", "confidence": confidence, **options.pop("fields", {})},
            "texts": {"en": {**text, **options.pop("text", {})}, **options.pop("texts", {})},
            "citations": options.pop(
                "citations", [{"source": self.first_source(), "quotation": "as quoted"}]
            ),
            **options,
        }

    def draft(self, statement: str = "Usage is falling", **options: Any) -> Claim:
        options.setdefault("actor", self.reporter)
        return actions.record_claim(**self.contents(statement, **options))

    def rebuttal(
        self,
        target: Claim,
        statement: str = "Embedded use is not counted",
        ground: Ground = Ground.UNDERCUT,
        opposer: Opposer = Opposer.SOURCE,
        **options: Any,
    ) -> Claim:
        options.setdefault("actor", self.reporter)
        return actions.add_rebuttal(
            target=target, ground=ground, opposer=opposer, **self.contents(statement, **options)
        )

    def submit(self, claim: Claim, actor: User | None = None) -> Claim:
        claim.refresh_from_db()
        return actions.submit(claim.pk, actor=actor or self.reporter, version=claim.version)

    def approve(self, claim: Claim, actor: User | None = None) -> Claim:
        claim.refresh_from_db()
        actions.approve(
            claim.pk,
            actor=actor or self.editor,
            version=claim.version,
            document_digest=document.digest(actions.document_of(claim)),
        )
        claim.refresh_from_db()
        return claim

    def approved(self, claim: Claim) -> Claim:
        self.submit(claim)
        return self.approve(claim)

    def publish(self, *claims: Claim, opens_at: datetime | None = None) -> list[Edition]:
        """Submit, approve and publish what is still a draft."""
        for claim in claims:
            claim.refresh_from_db()
            if claim.state == "draft":
                self.approved(claim)
        editions = actions.publish(
            {claim.pk: claim.version for claim in claims}, actor=self.publisher, opens_at=opens_at
        )
        for claim in claims:
            claim.refresh_from_db()
        return editions

    def published(self, statement: str = "Usage is falling", **options: Any) -> Claim:
        claim = self.draft(statement, **options)
        self.publish(claim)
        return claim

    def revise(
        self,
        claim: Claim,
        kind: str = "correction",
        note: str = "We changed a word.",
        actor: User | None = None,
        **text: str,
    ) -> Claim:
        """Change the English text of a claim that readers have seen; leaves a draft."""
        claim.refresh_from_db()
        return actions.edit(
            claim.pk,
            actor=actor or self.reporter,
            version=claim.version,
            fields={"change_kind": kind},
            texts={"en": {"change_note": note, **text}},
        )

    def withdraw(self, claim: Claim, notice: str = "We withdrew this claim.") -> None:
        claim.refresh_from_db()
        actions.withdraw(
            claim.pk,
            actor=self.publisher,
            version=claim.version,
            reason="It was wrong.",
            notice={"en": notice},
        )
