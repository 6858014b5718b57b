"""What changed between two editions of a claim, for readers: word by word, field by field."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from claims.comparison import Comparison, Side, compare

from . import asking, records
from .delivery import addresses, deliver, reader_language, reader_page, uncached
from .errors import error_page
from .records import Edition
from .views import instead, missing
from .wording import Wording, statement_of

LONGEST_NUMBER = 9


class NotTwoEditions(ValueError):
    """What was asked for are not two editions; the sentence says why."""


@dataclass(frozen=True)
class Changes:
    """Two editions and what differs between them."""

    statement: Wording
    before: Edition
    after: Edition
    comparison: Comparison


def chosen(request: HttpRequest, editions: list[Edition]) -> tuple[int, int]:
    """The numbers in the address; without any, the newest edition and the one before it."""
    asked = [request.GET.get(name, "") for name in ("from", "to")]
    if not any(asked) and len(editions) > 1:
        return editions[1].number, editions[0].number
    if not all(text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER for text in asked):
        raise NotTwoEditions(_("Two editions are compared by their numbers, such as 1 and 2."))
    before, after = map(int, asked)
    if before == after:
        raise NotTwoEditions(_("Choose two different editions."))
    return before, after


def compared(before: Edition, after: Edition, reader: str) -> tuple[Changes, list[Edition]]:
    """What differs; and the claims that one of the two rebuts, as readers see them now."""
    wanted = {edge["claim"] for one in (before, after) for edge in one.document["rebuts"]}
    targets = records.current_editions(wanted) if wanted else {}
    sides = {}
    for claim, target in targets.items():
        statement = statement_of(target.document, reader)
        sides[claim] = Side(statement.text, statement.language)
    comparison = compare(before.document, after.document, claims=sides)
    statement = statement_of(after.document, reader)
    return Changes(statement, before, after, comparison), list(targets.values())


@reader_page
def changes(request: HttpRequest, claim: str) -> HttpResponse:
    editions = records.editions(claim)
    if not editions:
        return instead(request, claim, addresses(request, "changes", claim=claim))
    try:
        numbers = chosen(request, editions)
    except NotTwoEditions as error:
        title = _("There is nothing to compare")
        return uncached(error_page(request, 400, title, str(error)))
    before, after = (asking.numbered(editions, number) for number in numbers)
    if before is None or after is None:
        return missing()
    found, targets = compared(before, after, reader_language())
    query = f"from={before.number}&to={after.number}"
    context = {
        "changes": found,
        "editions": editions,
        **addresses(request, "changes", query, claim=claim),
    }
    return deliver(
        request,
        "claims/changes.html",
        context,
        editions=[before, after, *targets],
        modified=max(edition.opened_at for edition in (before, after, *targets)),
    )
