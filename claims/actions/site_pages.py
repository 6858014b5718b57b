"""The pages of the site that are no claims: about us, policies. What is saved is public."""

from django.utils.translation import gettext as _

from claims.exceptions import Refused, Stale
from claims.models import SitePage, User
from claims.validators import tidy

from .door import clean, door, require


def save_site_page(
    *,
    actor: User,
    address: str,
    language: str,
    title: str,
    text: str,
    page_id: int | None = None,
    version: int = 0,
    request: str = "",
) -> SitePage:
    """Write a new page of the site in one language, or change the one with `page_id` at `version`
    (its address and language stay)."""
    with door(actor=actor, action="save_site_page", request=request):
        require(actor, "save_site_page")
        if page_id is None:
            page = SitePage(address=address, language=language)
        else:
            found = SitePage.objects.select_for_update().filter(pk=page_id).first()
            if found is None:
                raise Refused(_("There is no such record."))
            if found.version != version:
                raise Stale(
                    _("This has changed since you opened it (version %(then)s, now %(now)s).")
                    % {"then": version, "now": found.version}
                )
            page = found
        page.title, page.text = tidy(title), tidy(text)
        clean(page)
        page.save(update_fields=["title", "text"] if page.pk else None)
    page.refresh_from_db()
    return page
