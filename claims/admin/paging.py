"""Lists of large tables: nothing is counted to its end, sorted without an index, or looked for
twice."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import smart_split, unescape_string_literal

CAP = 1000


class BoundedPaginator(Paginator):
    """A paginator that never counts a whole table: at most `cap` rows, then `is_more`.

    What lies beyond is found by narrowing the list.
    """

    cap = CAP

    @cached_property
    def counted(self) -> int:
        """How many there are, or one more than the limit."""
        found: Any = self.object_list
        if not isinstance(found, QuerySet):
            return min(len(found), self.cap + 1)
        if not found.query.is_sliced:
            found = found.order_by().values("pk")  # without what a line shows beside
        return int(found[: self.cap + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.cap)

    @property
    def is_more(self) -> bool:
        return self.counted > self.cap


class NewsroomList(ChangeList):
    """A list that is sorted by the columns of `sortable_by` only, also where the address asks for
    another."""

    def get_ordering(self, request: HttpRequest, queryset: Any) -> Any:
        if self.sortable_by is not None and ORDER_VAR in self.params:
            columns = str(self.params.pop(ORDER_VAR)).split(".")
            kept = [each for each in columns if self.column(each) in self.sortable_by]
            if kept:
                self.params[ORDER_VAR] = ".".join(kept)
        return super().get_ordering(request, queryset)

    def column(self, asked: str) -> Any:
        """The column of the list that a part of the address asks for; None for nonsense."""
        number = asked.removeprefix("-")
        known = number.isascii() and number.isdigit() and int(number) < len(self.list_display)
        return self.list_display[int(number)] if known else None


def words_of(search: str) -> Iterator[str]:
    """The words of a search; what stands in quotation marks is one."""
    for word in smart_split(search):
        quoted = len(word) > 1 and word.startswith(('"', "'")) and word[0] == word[-1]
        yield unescape_string_literal(word) if quoted else word


def found(model: type[Model], paths: tuple[str, ...], word: str) -> Q:
    """The condition that one of a record's columns, or of those of its parts, holds a word.

    Each column is looked through once, and only until there are more than a list counts: few are
    then named one by one; of many, the first of a list are soon met.
    """
    condition = Q()
    for path in paths:
        if path.endswith("public_id"):
            condition |= Q(**{path: word.lower()})
            continue
        holds = model._default_manager.filter(**{f"{path}__icontains": word}).order_by()
        numbers = set(holds.values_list("pk", flat=True)[: CAP + 1])
        if len(numbers) <= CAP:
            condition |= Q(pk__in=numbers)
        else:
            condition |= Q(Exists(holds.filter(pk=OuterRef("pk"))))
    return condition
