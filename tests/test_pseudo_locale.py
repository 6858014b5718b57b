"""No untranslated text: in a pseudo-locale every translated word stands in brackets, and what
letters are left outside of them was never given to the translators."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import translation

from claims import actions
from claims.admin.steps import STEP_FORMS
from tests.attack.test_leaks import accounts_addresses, patterns
from tests.newsroom import Newsroom

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

# Names of the site and of languages in themselves, and codes: the same in every language.
NAMES = re.compile(
    r"\b(Counterclaim|English|한국어|SHA|UTC|KST|ID|CSV|en|ko|[2-9a-z]{12}|[0-9a-f]{12,64})\b"
    # An address that is written out.
    r"|https?://\S+"
    # What a row that is added by hand is numbered with.
    r"|__number__"
    # The names of actions in the history.
    r"|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    # What Django itself does not translate: the words for its icons.
    r"|^(True|False|Search)$"
    # What the tests recorded in English.
    r"|\b(?i:reporter|editor|publisher|admin|second|second_publisher)\b"
    r"|critics|One origin\.|as quoted|A report|It was wrong\.|From the start\.|^tests$"
)
LETTERS = re.compile(r"[A-Za-z\uac00-\ud7a3]{2,}")
SPOKEN = {"alt", "aria-label", "placeholder", "title"}
UNSEEN = {"code", "script", "style", "textarea", "pre"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
INLINE = {"a", "b", "bdi", "cite", "em", "i", "label", "span", "strong", "time"}


class Words(HTMLParser):
    """The letters that a page shows outside of brackets, text by text.

    A translation may hold tags, so that its brackets stand in different texts; but what was cut
    short, and has no closing one, ends with its block.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.depth = 0
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag not in VOID:
            self.inside.append("pre" if known.get("class") == "brand" else tag)
        if tag not in INLINE:
            self.depth = 0
        spoken = [value for name, value in known.items() if name in SPOKEN and value]
        if tag == "meta" and known.get("name") == "description":
            spoken.append(known.get("content") or "")
        if tag == "input" and known.get("type") == "submit":
            spoken.append(known.get("value") or "")
        for text in spoken:
            self.look(text, 0)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() not in (tag, "pre"):
            pass
        if tag not in INLINE:
            self.depth = 0

    def handle_data(self, data: str) -> None:
        if not UNSEEN & set(self.inside):
            self.depth = self.look(data, self.depth)

    def look(self, text: str, depth: int) -> int:
        """Keep the text if it has letters outside of brackets; how many are open at its end."""
        outside = []
        for letter in text:
            depth += (letter == "⟦") - (letter == "⟧" and depth > 0)
            outside.append(letter if depth == 0 else " ")
        if LETTERS.search(NAMES.sub(" ", "".join(outside))):
            self.found.append(text.strip())
        return depth


def untranslated(html: str) -> list[str]:
    """What stands on a page outside the brackets, in letters."""
    return Words(html).found


@pytest.fixture
def bracketed(monkeypatch):
    """Every translation, ours and Django's, in brackets."""
    real = translation._trans
    for name in ("gettext", "pgettext", "ngettext", "npgettext"):
        translate = getattr(real, name)
        monkeypatch.setattr(
            real, name, lambda *words, translate=translate: f"⟦{translate(*words)}⟧"
        )


def everything_recorded(room: Newsroom):
    """Claims whose recorded words are Greek, so that no letter of ours is theirs."""
    text = dict.fromkeys(("attribution", "reason", "unknowns", "would_change"), "λόγος")
    claim = room.draft(
        "Ισχυρισμός",
        text={**text, "reply_exception": "λόγος"},
        fields={
            "claimant": room.party("Κάποιος"),
            "allegation_about": room.party("Άλλος"),
            "review_by": "2025-01-01",
            "stated_change": -58,
            "stated_change_unit": "percent",
            "stated_change_bound": "about",
        },
        topics=[room.topic("Θέμα")],
        citations=[
            {
                "source": room.source("Πηγή", publisher=room.party("Εκδότης")),
                "quotation": "λόγος",
                "locator": "σελίδα",
                "relays": [room.source("Άλλη πηγή", seen=False, kind="dataset")],
                "route_given": False,
            },
            {"source": room.source("Τρίτη"), "stance": "against", "quotation": "λόγος"},
        ],
        figures=[
            {"labels": {"en": "Πριν"}, "value": 81110000, "units": {"en": "άτομα"}},
            {"labels": {"en": "Μετά"}, "value": 22580000, "units": {"en": "άτομα"}},
        ],
        wordings=[{"language": "en", "text": "αλλιώς"}],
        replies=[
            {
                "party": room.party("Τρίτος"),
                "asked_on": "2025-07-01",
                "deadline": "2025-07-09",
                "outcome": "answered",
                "answer": "όχι",
                "answered_on": "2025-07-02",
            }
        ],
        actor=room.editor,
    )
    room.submit(claim, room.editor)
    room.approve(claim, room.second_editor)
    room.publish(claim)
    rebuttal = room.rebuttal(claim, "Αντίλογος", text=text)
    room.publish(rebuttal)
    room.publish(room.rebuttal(claim, "Πλαίσιο", "qualify", "us", text=text))
    room.publish(room.rebuttal(rebuttal, "Απάντηση", text=text, confidence="not_assessed"))
    room.publish(room.revise(claim, note="λόγος", statement="Νέος ισχυρισμός"))
    withdrawn = room.published("Λάθος", text=text)
    room.withdraw(withdrawn, notice="Το πήραμε πίσω")
    suppressed = room.published("Μυστικό", text=text)
    return claim, withdrawn, suppressed


def test_readers_pages_hold_no_untranslated_text(newsroom_live, bracketed):
    claim, withdrawn, suppressed = everything_recorded(newsroom_live)
    paths = ["claims/", "claims/?all=1", "claims/?after=x", "nowhere/"]
    paths += [f"claims/{claim.public_id}/", f"claims/{claim.public_id}/editions/1/"]
    paths += [f"claims/{withdrawn.public_id}/"]
    suppress(newsroom_live, suppressed)
    paths += [f"claims/{suppressed.public_id}/"]
    client, found, read = Client(), [], 0
    for path in paths:
        html = client.get(f"/ko/{path}").content.decode()
        read += html.count("⟦")
        found += [f"{path}: {text}" for text in untranslated(html)]
    assert not found, "\n".join(sorted(set(found)))
    assert read > 200  # the control: translations were seen in brackets


def newsroom_addresses(claims) -> list[str]:
    """Every screen of the admin, for claims in several states."""
    found = []
    for route, pattern in patterns(get_resolver()):
        if not route.startswith("admin/") or "^" in route or "(?P" in route:
            continue
        names = pattern.pattern.converters
        steps = STEP_FORMS if "action" in names else [""]
        for step in steps:
            for claim in claims if names else [None]:
                path = route.replace("<slug:action>", step)
                for name in names:
                    path = path.replace(f"<path:{name}>", str(claim and claim.pk))
                    path = path.replace(f"<int:{name}>", str(claim and claim.pk))
                if "<" not in path:
                    found.append("/" + path)
    return found


@pytest.mark.slow
def test_the_newsrooms_screens_hold_no_untranslated_text(newsroom_live, bracketed, settings):
    settings.MFA_REAUTHENTICATION_REQUIRED = False  # the pages behind “Is it you?” too
    room = newsroom_live
    claim, withdrawn, suppressed = everything_recorded(room)
    suppress(room, suppressed)
    draft, reviewed = room.draft("Σχέδιο"), room.draft("Υπό κρίση")
    room.submit(reviewed)
    signing_in = (room.publisher, room.admin)
    for person in room.people.values():
        person.first_name = "Όνομα"
        person.save()
    client, found, read = Client(headers={"accept-language": "ko"}), [], 0
    for person in signing_in:
        client.force_login(person)
        paths = newsroom_addresses([claim, withdrawn, suppressed, draft, reviewed])
        for path in paths + accounts_addresses():
            response = client.get(path)
            if response.headers["Content-Type"].startswith("text/html"):
                html = response.content.decode()
                read += html.count("⟦")
                found += [f"{path}: {text}" for text in untranslated(html)]
    assert not found, "\n".join(sorted(set(found)))
    assert read > 5000  # the control


def suppress(room: Newsroom, claim) -> None:
    known = {"version": claim.version, "reason": "λόγος"}
    actions.request_suppression(claim.pk, actor=room.publisher, **known)
    actions.suppress(claim.pk, actor=room.second_publisher, **known)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Not translated</p>",
        "<p>⟦Translated⟧ and not</p>",
        '<img alt="A picture">',
        '<input type="submit" value="Save">',
        "<p>⟦outer ⟦inner⟧ outer⟧ 번역</p>",
        "<p>⟦cut short …</p><p>Not translated</p>",
        "<p>⟦begins <bdi>λόγος</bdi> ends⟧ not</p>",
    ],
)
def test_untranslated_text_is_found(html):
    """The control of the search itself."""
    assert untranslated(html)
    assert not untranslated("<p>⟦All <b>⟦of⟧ it</b>⟧ 2025 “ισχυρισμός” Counterclaim</p>")
