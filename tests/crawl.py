"""Everything that can be reached from the readers' front pages, as a reader's client follows it."""

from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client

HOST = "http://testserver"
START = ("/en/", "/ko/", "/robots.txt", "/sitemap.xml", "/api/v1/openapi.json")
# Addresses in a page that a browser, a feed reader or a search engine asks for.
ADDRESSES = {"href", "src"}


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes
    onward: str = ""  # where it sends the client


@dataclass
class Site:
    """What answered, by address, and which pages name each address."""

    answers: dict[str, Answer] = field(default_factory=dict)
    named_by: dict[str, str] = field(default_factory=dict)

    def pages(self) -> dict[str, str]:
        """The HTML pages, by address."""
        return {path: body.decode() for path, body in self.of_kind("text/html").items()}

    def of_kind(self, kind: str, under: str = "/") -> dict[str, bytes]:
        """What answered as this content type, by address."""
        return {
            path: answer.body
            for path, answer in self.answers.items()
            if answer.kind == kind and answer.status == 200 and path.startswith(under)
        }


class Links(HTMLParser):
    """The addresses that a page names; the ones of forms that ask (GET) among them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.found += [value for name, value in known.items() if name in ADDRESSES and value]
        if tag == "form" and (known.get("method") or "get").lower() == "get":
            self.found.append(known.get("action") or "")


def crawl(client: Client, most: int = 5000) -> Site:
    """Follow every link of our own host; fails when there is no end to them."""
    site, waiting = Site(), deque(START)
    while waiting:
        path = waiting.popleft()
        if path in site.answers:
            continue
        assert len(site.answers) < most, f"no end of links, such as {path}"
        ask(client, site, path)
        for local in named_in(site, path):
            site.named_by.setdefault(local, path)
            waiting.append(local)
    return site


def ask(client: Client, site: Site, path: str) -> None:
    """Note what one address answers."""
    response = client.get(path)
    body = b"".join(response) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    onward = response.headers.get("Location", "")
    site.answers[path] = Answer(response.status_code, kind, body, onward)


def named_in(site: Site, path: str) -> list[str]:
    """The addresses of our own host to which an answer leads."""
    answer, found = site.answers[path], []
    links = [answer.onward] if answer.onward else []
    if answer.kind == "text/html":
        links += Links(answer.body.decode()).found
    for link in links:
        address = urldefrag(urljoin(HOST + path, link)).url
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" == HOST:
            found.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found
