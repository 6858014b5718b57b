"""The newsroom's admin as its forms ask it: who signs in, what a form sends, what comes back."""

import html
from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse

from claims.models import Source


def sign_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows(prefix: str, *forms: dict) -> dict[str, str]:
    """The fields of a list of rows, as its form sends them."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(forms)), f"{prefix}-INITIAL_FORMS": "0"}
    for index, form in enumerate(forms):
        data |= {f"{prefix}-{index}-{name}": str(value) for name, value in form.items()}
    return data


def claim_data(source: Source, **changes: str) -> dict[str, str]:
    """A complete claim, as the form sends it."""
    return {
        "language": "en",
        "confidence": "low",
        "statement_en": "Usage is falling",
        "attribution_en": "critics",
        "reason_en": "One origin.",
        **rows("citations", {"source": source.pk, "stance": "for", "quotation": "as quoted"}),
        **rows("figures"),
        **rows("wordings"),
        **rows("replies"),
        **rows("rebuts"),
        **changes,
    }


def address(name: str, *args) -> str:
    return reverse(f"admin:claims_{name}", args=args)


def shown(response) -> str:
    return html.unescape(response.content.decode())


class FormReader(HTMLParser):
    """Reads what a browser would send for each form of a page that has the class `desk`."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.inside = False
        self.select: str | None = None
        self.first: str | None = None
        self.area: str | None = None

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = dict(attributes)
        name = given.get("name")
        if tag == "form":
            self.inside = "desk" in (given.get("class") or "").split()
            if self.inside:
                self.forms.append({})
        elif not self.inside or "disabled" in given:
            return
        elif tag == "input" and name:
            box = given.get("type") in ("checkbox", "radio")
            if "checked" in given or not box:
                self.add(name, given.get("value", "on" if box else ""))
        elif tag == "textarea":
            self.area = name
            self.add(name, "")
        elif tag == "select":
            self.select, self.first = name, None
        elif tag == "option" and self.select:
            if self.first is None:
                self.first = given.get("value", "")
            if "selected" in given:
                self.add(self.select, given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.area:
            values = self.forms[-1][self.area]
            values[-1] = (values[-1] + data).removeprefix("\n")  # HTML drops the first line end

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = None
        elif tag == "select" and self.select:
            if self.select not in self.forms[-1] and self.first is not None:
                self.add(self.select, self.first)
            self.select = None
        elif tag == "form":
            self.inside = False

    def add(self, name: str | None, value: str) -> None:
        if name:
            self.forms[-1].setdefault(name, []).append(value)


def sent(response, number: int = 0) -> dict[str, list[str]]:
    """What a browser sends when the page's form is submitted as it stands."""
    reader = FormReader()
    reader.feed(response.content.decode())
    return reader.forms[number]
