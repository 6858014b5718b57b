"""The form of a page of the site, with what its text looks like."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.models import SitePage
from claims.models.site_page import ADDRESS_SQL
from claims.public.markdown import rendered

from .fields import VersionedForm, field_of


class SitePageForm(VersionedForm):
    """With a `page` given, its address and language stay."""

    written_in = {"title": "language", "text": "language"}

    address = field_of(SitePage, "address", required=True)
    language = field_of(SitePage, "language", required=True)
    title = field_of(SitePage, "title", required=True)
    text = field_of(
        SitePage,
        "text",
        required=True,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=gettext_lazy(
            "In Markdown: an empty line between paragraphs, ## before a heading, - before an item"
            " of a list, [words](https://address) for a link. HTML and pictures are not shown."
        ),
    )

    def __init__(self, *args: Any, page: SitePage | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_new = page is None
        if page is None:
            message = _("Use 3 to 40 small letters, digits and hyphens, beginning with a letter.")
            self.fields["address"].validators = [RegexValidator(ADDRESS_SQL, message)]
            return
        for name in ("address", "language"):
            self.fields[name].disabled = True
        for name in ("title", "text"):
            self.fields[name].widget.attrs["lang"] = page.language

    @staticmethod
    def initial_of(page: SitePage) -> dict[str, Any]:
        names = ("address", "language", "title", "text", "version")
        return {name: getattr(page, name) for name in names}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        place = {name: data.get(name) for name in ("address", "language")}
        if self.is_new and all(place.values()) and SitePage.objects.filter(**place).exists():
            self.add_error(
                "address", _("There is a page at this address in this language already.")
            )
        return data

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("address", "language", "title", "text")}

    @property
    def looks(self) -> SafeString:
        """What stands in the form, as readers would see it."""
        return rendered(
            str(self["text"].value() or "")[: SitePage._meta.get_field("text").max_length]
        )

    @property
    def text_language(self) -> str:
        return str(self["language"].value() or "")
