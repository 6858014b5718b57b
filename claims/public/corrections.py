"""The register of corrections in words: what changed, before and after, in short. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from claims.choices import ChangeKind
from claims.comparison import Field, Piece, Rows, compare

from .records import Edition
from .registers import WITHDRAWAL, Entry
from .wording import Wording, by_language, statement_of, text_of

# Whatever else differs is on the page of all changes.
FIGURES = ("figures", "stated_change")


@dataclass(frozen=True)
class ChangeShown:
    """One thing as it was and as it is; a side without words is empty."""

    label: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    language_before: str
    language_after: str


@dataclass(frozen=True)
class EntryShown:
    """An entry of the register. A withdrawal has no edition, nor anything of one."""

    kind: str
    label: str
    moment: datetime
    claim: str
    note: Wording | None
    statement: Wording | None = None
    edition: Edition | None = None
    before: Edition | None = None
    changes: tuple[ChangeShown, ...] = ()


def kinds() -> list[tuple[str, str]]:
    """What the register can be narrowed to."""
    names = {
        ChangeKind.CORRECTION: pgettext("register", "Corrections"),
        ChangeKind.UPDATE: pgettext("register", "Updates"),
        ChangeKind.CLARIFICATION: pgettext("register", "Clarifications"),
    }
    return [
        ("", pgettext("register", "All")),
        *((kind.value, names[kind]) for kind in ChangeKind.announced()),
        (WITHDRAWAL, pgettext("register", "Withdrawals")),
    ]


def entries_shown(
    entries: Iterable[Entry], earlier: Mapping[int, Edition], reader: str
) -> tuple[EntryShown, ...]:
    """`earlier` are the editions before these, by the later one's `edition_id`."""
    return tuple(entry_shown(entry, earlier, reader) for entry in entries)


def entry_shown(entry: Entry, earlier: Mapping[int, Edition], reader: str) -> EntryShown:
    moment = entry.place.opened_at
    if not isinstance(entry, Edition):
        return EntryShown(
            kind=WITHDRAWAL,
            label=_("Withdrawn"),
            moment=moment,
            claim=entry.claim,
            note=by_language(entry.notice.texts, reader),
        )
    before = earlier.get(entry.edition_id)
    return EntryShown(
        kind=entry.kind,
        label=str(ChangeKind(entry.kind).label),
        moment=moment,
        claim=entry.claim,
        note=text_of(entry.document, "change_note", reader),
        statement=statement_of(entry.document, reader),
        edition=entry,
        before=before,
        changes=changes_between(before, entry),
    )


def changes_between(before: Edition | None, after: Edition) -> tuple[ChangeShown, ...]:
    """What differs of statement, confidence and figures."""
    if before is None:
        return ()
    changed = compare(before.document, after.document).changed
    return tuple(change_shown(title, field) for title, field in in_short(changed))


def in_short(nodes: Sequence[Field | Rows], title: str = "") -> Iterator[tuple[str, Field]]:
    """The fields that are shown, each with the row that it stands in."""
    for node in nodes:
        if isinstance(node, Rows):
            if node.path[0] in FIGURES:
                for row in node.rows:
                    yield from in_short(row.changed, row.title.text or row.label)
        elif is_short(node):
            yield title, node


def is_short(field: Field) -> bool:
    if field.path[0] == "texts":
        return field.path[2:] == ("statement",)
    return field.path[0] in ("confidence", *FIGURES)


def change_shown(title: str, field: Field) -> ChangeShown:
    label = field.label
    if title:
        label = _("%(record)s: %(field)s") % {"record": title, "field": field.label}
    return ChangeShown(
        label=label,
        before=tuple(field.pieces_before) if field.before.text else (),
        after=tuple(field.pieces_after) if field.after.text else (),
        language_before=field.before.language,
        language_after=field.after.language,
    )
