"""Rebuttals as pages show them: nested, in words, with the strongest apart. Pure, like `pages`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.choices import Confidence, Ground, Label, Opposer
from claims.standing import Edge, strongest

from .records import DEPTH, Branch, Edition, PublishedRebuttal
from .wording import Attribution, Coded, Wording, attribution_of, statement_of

# What lies deeper is folded.
OPEN_LEVELS = 3


@dataclass(frozen=True)
class Objection:
    """How a counterclaim bears on its target, in words."""

    ground: Coded
    opposer: Coded
    is_attack: bool
    written_against: int | None = None


@dataclass(frozen=True)
class ClaimCard:
    """A claim as other pages show it: what it says, who says it, how well supported it is."""

    claim: str
    statement: Wording
    attribution: Attribution
    confidence: Confidence


@dataclass(frozen=True)
class RebuttalNode:
    """A counterclaim in the tree, with its own rebuttals below it."""

    card: ClaimCard
    objections: tuple[Objection, ...]
    depth: int
    is_self: bool
    is_repeated: bool
    more: int
    replies: tuple["RebuttalNode", ...]

    @property
    def is_attack(self) -> bool:
        return any(objection.is_attack for objection in self.objections)

    @property
    def heading(self) -> int:
        return min(self.depth + 2, 6)

    @property
    def is_folded(self) -> bool:
        """Whether what rebuts it is opened by hand."""
        return self.depth == OPEN_LEVELS and bool(self.replies)

    @property
    def folded(self) -> int:
        """How many claims lie below it."""
        return sum(1 + reply.folded for reply in self.replies)

    @property
    def is_reply(self) -> bool:
        """Whether it speaks for the claim's side: what rebuts a rebuttal."""
        return self.depth % 2 == 0


@dataclass(frozen=True)
class Strongest:
    """The rebuttal that always stands beside the headline."""

    card: ClaimCard
    ground: Coded
    answer: str


@dataclass(frozen=True)
class TargetShown:
    """What a counterclaim rebuts."""

    card: ClaimCard
    objection: Objection


def ground_words(ground: Ground) -> Coded:
    return Coded(ground.label, ground.value)


def opposer_words(opposer: Opposer) -> Coded:
    words = _("as the source says") if opposer is Opposer.SOURCE else _("our reading")
    return Coded(words, opposer.value)


def counts_of(edges: Iterable[Edge]) -> str:
    """“1 disputes it, 2 add context, 1 not assessed”, counting counterclaims; empty for none."""
    edges = list(edges)
    attacks = {edge.counterclaim for edge in edges if edge.ground.is_attack}
    assessed = {edge.counterclaim for edge in edges if edge.counts}
    context = {edge.counterclaim for edge in edges} - attacks
    disputes, adds, open_ = len(attacks), len(context), len(attacks - assessed)
    parts = []
    if disputes:
        words = ngettext("%(count)s disputes it", "%(count)s dispute it", disputes)
        parts.append(words % {"count": disputes})
    if adds:
        words = ngettext("%(count)s adds context", "%(count)s add context", adds)
        parts.append(words % {"count": adds})
    if open_:
        words = ngettext("%(count)s not assessed", "%(count)s not assessed", open_)
        parts.append(words % {"count": open_})
    return ", ".join(parts)


def labels_of(edges: Iterable[PublishedRebuttal]) -> dict[str, Label]:
    """The labels of the counterclaims among these edges."""
    return {edge.counterclaim: edge.label for edge in edges}


def strongest_among(claim: str, edges: Sequence[PublishedRebuttal]) -> PublishedRebuttal | None:
    """The rebuttal that stands beside this claim; `edges` may hold those of others."""
    direct = [edge for edge in edges if edge.target == claim]
    found = strongest(direct, labels_of(direct))
    return found if isinstance(found, PublishedRebuttal) else None


def answer_words(claim: str, claim_label: Label, edges: Iterable[Edge]) -> str:
    """Whether a rebuttal has been answered, and whether the answer holds."""
    answers = [edge for edge in edges if edge.target == claim and edge.ground.is_attack]
    if claim_label is Label.REJECTED:
        return _("Answered")
    if any(edge.counts for edge in answers):
        is_settled = claim_label is Label.ACCEPTED
        return _("Its answer has been answered") if is_settled else _("Its answer is disputed")
    return _("No assessed answer") if answers else _("No answer recorded")


def card_of(edition: Edition, reader: str) -> ClaimCard:
    document = edition.document
    return ClaimCard(
        claim=edition.claim,
        statement=statement_of(document, reader),
        attribution=attribution_of(document, reader),
        confidence=Confidence(document["confidence"]),
    )


def objection_of(edge: PublishedRebuttal, asserted_since: int = 0) -> Objection:
    """`asserted_since` is the edition since which the target says what it says now, to mark what
    was written against another wording or other figures."""
    return Objection(
        ground=ground_words(edge.ground),
        opposer=opposer_words(edge.opposer),
        is_attack=edge.ground.is_attack,
        written_against=edge.target_edition if edge.target_edition < asserted_since else None,
    )


def targets_of(
    document: Mapping[str, Any], current: Mapping[str, Edition], reader: str
) -> tuple[TargetShown, ...]:
    """What the claim rebuts, as far as readers can see it."""
    found = []
    for edge in document["rebuts"]:
        target = current.get(edge["claim"])
        if target:
            ground = Ground(edge["ground"])
            older = edge["edition"] if edge["edition"] < target.asserted_since else None
            objection = Objection(
                ground_words(ground),
                opposer_words(Opposer(edge["opposer"])),
                ground.is_attack,
                older,
            )
            found.append(TargetShown(card_of(target, reader), objection))
    return tuple(found)


Path = tuple[str, ...]
Found = list[Branch]  # the edges from one counterclaim to one target


def below(branches: Sequence[Branch]) -> dict[str, list[Found]]:
    """What rebuts each claim: attacks before context, then in the order of the branches."""
    found: dict[str, dict[str, Found]] = defaultdict(dict)
    known = set()
    for branch in branches:
        edge = branch.edge
        key = (edge.target, edge.counterclaim, edge.ground)
        if key not in known:
            known.add(key)
            found[edge.target].setdefault(edge.counterclaim, []).append(branch)
    return {
        target: sorted(
            groups.values(),
            key=lambda group: not any(branch.edge.ground.is_attack for branch in group),
        )
        for target, groups in found.items()
    }


def grown(root: Edition, replies: Mapping[str, list[Found]], depth: int) -> dict[Path, list[Found]]:
    """What stands below each place of the tree, by the way to it from the root: level by level,
    and below the place nearest to the root alone where a claim has several."""
    level: list[Path] = [(root.claim,)]
    made: dict[Path, list[Found]] = {}
    met = {root.claim}
    for reached in range(1, depth + 1):
        following = []
        for path in level:
            made[path] = replies.get(path[-1], [])
            for group in made[path]:
                claim = group[0].edition.claim
                if claim not in met and reached < depth:
                    met.add(claim)
                    following.append((*path, claim))
        level = following
    return made


def tree_of(
    root: Edition,
    branches: Sequence[Branch],
    reader: str,
    *,
    order: Sequence[str] | None = None,
    depth: int = DEPTH,
) -> tuple[RebuttalNode, ...]:
    """The branches as nested nodes: attacks before context, then in the order they opened; those
    right below the root in `order`, or before all of them those that its document places first.

    What rebuts a claim is shown once, nearest to the root; elsewhere the claim is a leaf that says
    so, as is the claim of the page. So is what lies deepest, with the number of replies that only
    its own page shows.
    """
    made = grown(root, below(branches), depth)
    places = {path[-1] for path, groups in made.items() if groups}

    def node(found: Found, target: Edition, path: Path) -> RebuttalNode:
        edition, repliers = found[0].edition, found[0].repliers
        own = (*path, edition.claim)
        is_grown = own in made
        is_repeated = edition.claim in path or (
            not is_grown and edition.claim in places and repliers > 0
        )
        replies = tuple(node(group, edition, own) for group in made.get(own, ()))
        return RebuttalNode(
            card=card_of(edition, reader),
            objections=tuple(objection_of(branch.edge, target.asserted_since) for branch in found),
            depth=len(path),
            is_self=edition.claim == root.claim,
            is_repeated=is_repeated,
            more=0 if is_repeated else max(0, repliers - len(replies)),
            replies=replies,
        )

    first = root.document.get("first_rebuttals", ()) if order is None else order
    places_of = {claim: n for n, claim in enumerate(first)}
    nodes = (node(group, root, (root.claim,)) for group in made[(root.claim,)])
    return tuple(sorted(nodes, key=lambda one: places_of.get(one.card.claim, len(places_of))))


def strongest_of(
    claim: str, editions: Mapping[str, Edition], edges: Sequence[PublishedRebuttal], reader: str
) -> Strongest | None:
    """`editions` are current ones by claim, the strongest rebuttal's among them."""
    edge = strongest_among(claim, edges)
    if edge is None or edge.counterclaim not in editions:
        return None
    return Strongest(
        card=card_of(editions[edge.counterclaim], reader),
        ground=ground_words(edge.ground),
        answer=answer_words(edge.counterclaim, edge.label, edges),
    )
