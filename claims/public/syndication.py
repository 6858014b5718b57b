"""Feeds as Atom (RFC 4287, paged by RFC 5005) and as JSON Feed 1.1. Pure: entries in, text out."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.feedgenerator import rfc3339_date as rfc3339

JSON_FEED = "https://jsonfeed.org/version/1.1"
ATOM_TYPE = "application/atom+xml"
JSON_TYPE = "application/feed+json"
# A feed without entries has changed at no moment, and still has to name one.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
# What XML 1.0 cannot hold in any form.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Entry:
    """One entry of a feed: an edition, or a withdrawal.

    `id` is the permanent address of what it tells of, `url` where a reader goes to read it; `title`
    is in `language`, `html` in the feed's. `record` is what machines read of it.
    """

    id: str
    url: str
    title: str
    language: str
    html: str
    published: datetime
    updated: datetime
    topics: tuple[str, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Feed:
    """One page of a feed. `id` is the first page's address, `page_url` the page beside which the
    feed stands, `next_url` where older entries are."""

    id: str
    url: str
    page_url: str
    title: str
    description: str
    language: str
    author: str
    entries: Sequence[Entry]
    next_url: str = ""

    @property
    def updated(self) -> datetime | None:
        return max((entry.updated for entry in self.entries), default=None)


def xml_safe(text: str) -> str:
    return NOT_XML.sub("", text)


class PagedAtom(Atom1Feed):
    """Django's Atom with the content itself, its language, and the way to older entries."""

    def latest_post_date(self) -> datetime:
        moments = [item["updateddate"] for item in self.items]
        return max(moments, default=NEVER)

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        for rel in ("first", "next"):
            if self.feed[rel]:
                link = {"rel": rel, "type": ATOM_TYPE, "href": self.feed[rel]}
                handler.addQuickElement("link", "", link)

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})
        kind = {"type": "html", "xml:lang": self.feed["language"]}
        handler.addQuickElement("content", item["html"], kind)


def atom(feed: Feed) -> str:
    writer = PagedAtom(
        title=xml_safe(feed.title),
        link=feed.page_url,
        description="",
        subtitle=xml_safe(feed.description),
        language=feed.language,
        author_name=xml_safe(feed.author),
        feed_url=feed.url,
        feed_guid=feed.id,
        first=feed.id,
        next=feed.next_url,
    )
    for entry in feed.entries:
        writer.add_item(
            title=xml_safe(entry.title),
            link=entry.url,
            description="",
            unique_id=entry.id,
            pubdate=entry.published,
            updateddate=entry.updated,
            categories=[xml_safe(topic) for topic in entry.topics],
            language=entry.language,
            html=xml_safe(entry.html),
        )
    return str(writer.writeString("utf-8"))


def json_item(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "language": entry.language,
        **({"tags": list(entry.topics)} if entry.topics else {}),
        "_counterclaim": dict(entry.record),
    }


def json_feed(feed: Feed) -> str:
    document = {
        "version": JSON_FEED,
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page_url,
        "feed_url": feed.url,
        **({"next_url": feed.next_url} if feed.next_url else {}),
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [json_item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)
