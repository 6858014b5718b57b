"""How to cite a claim: a page with the citations to copy, and two of them as files."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from . import asking, citing, records
from .data_views import in_its_place
from .delivery import addresses, deliver, reader_language, reader_page, revalidated
from .records import Edition
from .views import instead, missing


def editions_of(claim: str, number: int | None) -> tuple[Edition | None, list[Edition]]:
    """The edition that is meant, the current one without a number; and all that are readable."""
    editions = records.editions(claim)
    wanted = asking.current(editions) if number is None else asking.numbered(editions, number)
    return wanted, editions


def cited(request: HttpRequest, edition: Edition, language: str) -> citing.Cited:
    with translation.override(language):
        path = reverse("public:edition_detail", args=[edition.claim, edition.number])
    return citing.cited(
        edition, language, site=settings.SITE_NAME, address=request.build_absolute_uri(path)
    )


@reader_page
def cite(request: HttpRequest, claim: str, number: int | None = None) -> HttpResponse:
    edition, editions = editions_of(claim, number)
    kept = {"claim": claim} if number is None else {"claim": claim, "number": number}
    prefix = "" if number is None else "edition_"
    context = addresses(request, f"{prefix}cite", **kept)
    if edition is None:
        return missing() if editions else instead(request, claim, context)
    own = cited(request, edition, reader_language())
    context |= {
        "cited": own,
        "words": [
            (name, code, citing.in_words(cited(request, edition, code)))
            for code, name in (
                (code, translation.get_language_info(code)["name_local"])
                for code, _name in settings.LANGUAGES
            )
        ],
        "formats": [
            ("BibTeX", citing.bibtex(own), reverse(f"public:{prefix}cite_bibtex", kwargs=kept)),
            ("CSL-JSON", citing.csl_json(own), reverse(f"public:{prefix}cite_csl", kwargs=kept)),
        ],
    }
    return deliver(
        request, "claims/cite.html", context, editions=[edition], modified=edition.opened_at
    )


def download(
    request: HttpRequest,
    claim: str,
    number: int | None,
    *,
    name: str,
    written: Callable[[citing.Cited], str],
    content_type: str,
    ending: str,
) -> HttpResponse:
    """A citation as a file, named after the edition that it cites."""
    edition, editions = editions_of(claim, number)
    if edition is None:
        return missing() if editions else in_its_place(name, claim)
    one = cited(request, edition, reader_language())
    response = HttpResponse(written(one), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{one.key}.{ending}"'
    response["X-Robots-Tag"] = "noindex"
    return revalidated(request, response, editions=[edition], modified=edition.opened_at)


@reader_page
def bibtex(request: HttpRequest, claim: str, number: int | None = None) -> HttpResponse:
    return download(
        request,
        claim,
        number,
        name="cite_bibtex",
        written=citing.bibtex,
        content_type="application/x-bibtex; charset=utf-8",
        ending="bib",
    )


@reader_page
def csl(request: HttpRequest, claim: str, number: int | None = None) -> HttpResponse:
    return download(
        request,
        claim,
        number,
        name="cite_csl",
        written=citing.csl_json,
        content_type="application/vnd.citationstyles.csl+json; charset=utf-8",
        ending="csl.json",
    )
