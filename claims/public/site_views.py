"""What the site says of itself: its method, and the pages that an admin writes."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from . import site_pages
from .delivery import addresses, deliver, only_in, reader_language, reader_page
from .method import method as method_of


@reader_page
def method(request: HttpRequest) -> HttpResponse:
    """What the words on the pages mean, and how to check us."""
    description = _(
        "What confidence, standing and the grounds of a rebuttal mean here, how origins are"
        " counted, and how to check that what was published has not been changed."
    )
    context = {
        "method": method_of(settings.VERDICT_SCALE),
        "description": description,
        **addresses(request, "method"),
    }
    return deliver(request, "claims/method.html", context, editions=[], modified=None)


@reader_page
def site_page(request: HttpRequest, address: str) -> HttpResponse:
    """One page that an admin wrote, in the reader's language where there is one."""
    page = site_pages.site_page(address, reader_language())
    if page is None:
        raise Http404
    places = addresses(request, "site_page", address=address)
    context = {"page": page, **only_in(places, page.languages)}
    return deliver(request, "claims/site_page.html", context, editions=[], modified=page.changed_at)
