"""The picture of a claim for sharing, and what pages say of themselves where they are shared."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from . import asking, records
from .delivery import notice_of, reader_language, reader_page, revalidated, uncached
from .errors import error_page
from .pages import ClaimPage
from .pictures import can_draw, draw_picture, fingerprint
from .sharing import Sharing, claim_sharing, picture_words


def sharing_of(request: HttpRequest, page: ClaimPage, address: str) -> Sharing:
    """What a claim's page says of itself; an edition that was replaced has no picture."""
    words, picture = picture_words(page), ""
    if page.edition.is_current and can_draw(words):
        path = reverse("public:picture", args=[page.edition.claim])
        picture = request.build_absolute_uri(f"{path}?v={fingerprint(words)}")
    return claim_sharing(words, page, address, reader_language(), picture)


@reader_page
def picture(request: HttpRequest, claim: str) -> HttpResponse:
    """The claim as it stands now, with what is said against it, for whoever passes it on."""
    editions = records.editions(claim)
    current = asking.current(editions)
    if current is None:
        return gone(request, claim)
    page, basis = asking.one_claim(current, editions, reader_language(), at_own_address=False)
    words = picture_words(page)
    if not can_draw(words):
        raise Http404
    response = HttpResponse(draw_picture(words), content_type="image/png")
    return revalidated(request, response, editions=basis.editions, modified=basis.modified)


def gone(request: HttpRequest, claim: str) -> HttpResponse:
    """What is answered for a claim that was here; one that never was, or not yet, is not found."""
    notice_of(claim, "picture")
    sentence = _("The claim that it showed has been withdrawn or removed.")
    return uncached(error_page(request, 410, _("This picture is gone"), sentence))
