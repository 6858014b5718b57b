"""What a feed has to be: RFC 4287 and JSON Feed 1.1 as lists of complaints about one document."""

import json
import re
from collections import Counter
from urllib.parse import urlsplit
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
ONE, AT_MOST_ONE, ANY = (1, 1), (0, 1), (0, 10**6)
# Children of each container, and how often each may stand there (appendix B of the RFC).
CHILDREN = {
    "feed": {
        **dict.fromkeys(("id", "title", "updated"), ONE),
        **dict.fromkeys(("generator", "icon", "logo", "rights", "subtitle"), AT_MOST_ONE),
        **dict.fromkeys(("author", "category", "contributor", "link", "entry"), ANY),
    },
    "entry": {
        **dict.fromkeys(("id", "title", "updated"), ONE),
        **dict.fromkeys(("content", "published", "rights", "source", "summary"), AT_MOST_ONE),
        **dict.fromkeys(("author", "category", "contributor", "link"), ANY),
    },
    "author": {"name": ONE, "uri": AT_MOST_ONE, "email": AT_MOST_ONE},
}
ATTRIBUTES = {
    "link": {"href", "rel", "type", "hreflang", "title", "length"},
    "category": {"term", "scheme", "label"},
    "content": {"type", "src"},
    **{name: {"type"} for name in ("title", "subtitle", "summary", "rights")},
}
NEEDED = {"link": "href", "category": "term"}


def parsed_xml(text):
    return ElementTree.fromstring(text)  # noqa: S314 - our own


def absolute(address) -> bool:
    parts = urlsplit(address or "")
    return parts.scheme in ("http", "https") and bool(parts.netloc) and address.isascii()


def atom_complaints(text: bytes) -> list[str]:
    root = parsed_xml(text)
    if root.tag != f"{ATOM}feed":
        return [f"{root.tag} is no feed"]
    found = [*element_complaints(root), *feed_complaints(root)]
    return [
        *found,
        *(one for entry in root.iter(f"{ATOM}entry") for one in entry_complaints(entry)),
    ]


def element_complaints(element):
    name = element.tag.removeprefix(ATOM)
    for attribute, value in element.attrib.items():
        if attribute == LANG:
            if not TAG.fullmatch(value):
                yield f"{name} has the language {value!r}"
        elif attribute not in ATTRIBUTES.get(name, set()):
            yield f"{name} has the attribute {attribute}"
    if name in NEEDED and not element.get(NEEDED[name]):
        yield f"{name} without {NEEDED[name]}"
    if name in ("updated", "published") and not MOMENT.fullmatch(element.text or ""):
        yield f"{name} is {element.text!r}"
    if name == "id" and not absolute(element.text):
        yield f"the id {element.text!r} is no absolute address"
    if name == "link" and not absolute(element.get("href")):
        yield f"the link {element.get('href')!r} is not absolute"
    if name in ("title", "content") and element.get("type", "text") not in ("text", "html"):
        yield f"{name} is of the type {element.get('type')}"
    if name in ("title", "name") and not (element.text or "").strip():
        yield f"{name} is empty"
    allowed = CHILDREN.get(name, {})
    counted = Counter(child.tag.removeprefix(ATOM) for child in element)
    yield from (f"{child} in {name}" for child in counted if child not in allowed)
    for child, (least, most) in allowed.items():
        if not least <= counted[child] <= most:
            yield f"{counted[child]} × {child} in {name}"
    for child in element:
        yield from element_complaints(child)


def links(element, rel):
    return [
        link.get("href")
        for link in element.findall(f"{ATOM}link")
        if link.get("rel", "alternate") == rel
    ]


def feed_complaints(feed):
    if len(links(feed, "self")) != 1:
        yield "not one link to itself"
    entries = feed.findall(f"{ATOM}entry")
    if feed.find(f"{ATOM}author") is None and any(e.find(f"{ATOM}author") is None for e in entries):
        yield "an entry without an author"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    yield from (f"the id {one} twice" for one, count in Counter(ids).items() if count > 1)
    moments = [entry.findtext(f"{ATOM}updated") for entry in entries]
    if moments and feed.findtext(f"{ATOM}updated") != max(moments):
        yield "not updated when its newest entry was"


def entry_complaints(entry):
    if len(links(entry, "alternate")) != 1:
        yield "not one page for an entry"
    if not (entry.findtext(f"{ATOM}content") or "").strip():
        yield "an entry without content"


TYPES = {
    **dict.fromkeys(("version", "title", "home_page_url", "feed_url", "description"), str),
    **dict.fromkeys(("next_url", "language", "user_comment", "icon", "favicon"), str),
    "authors": list,
    "expired": bool,
    "hubs": list,
    "items": list,
}
ITEM_TYPES = {
    **dict.fromkeys(("id", "url", "external_url", "title", "content_html", "content_text"), str),
    **dict.fromkeys(("summary", "image", "banner_image", "date_published", "date_modified"), str),
    **dict.fromkeys(("authors", "tags", "attachments"), list),
    "language": str,
}
ADDRESSES = ("home_page_url", "feed_url", "next_url", "url", "external_url", "image")


def json_complaints(text: bytes) -> list[str]:
    feed = json.loads(text)
    found = list(object_complaints(feed, TYPES))
    for needed in ("version", "title", "items", "home_page_url", "feed_url", "authors", "language"):
        if not isinstance(feed.get(needed), list) and not feed.get(needed):
            found.append(f"no {needed}")
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        found.append("another version")
    if feed.get("next_url") and feed["next_url"] == feed["feed_url"]:
        found.append("the next page is this one")
    for item in feed["items"]:
        found += object_complaints(item, ITEM_TYPES)
        if not item.get("id") or not (item.get("content_html") or item.get("content_text")):
            found.append("an item without id or content")
        for date in ("date_published", "date_modified"):
            if not MOMENT.fullmatch(item.get(date, "")):
                found.append(f"{date} is {item.get(date)!r}")
        if not all(isinstance(tag, str) and tag for tag in item.get("tags", [])):
            found.append("a tag that is no word")
    ids = Counter(item.get("id") for item in feed["items"])
    return [*found, *(f"the id {one} twice" for one, count in ids.items() if count > 1)]


def object_complaints(known, types):
    for name, value in known.items():
        if name.startswith("_"):
            if "." in name or not isinstance(value, dict):
                yield f"the extension {name} is no object of that name"
        elif name not in types:
            yield f"{name} is not in the specification"
        elif not isinstance(value, types[name]):
            yield f"{name} is {value!r}"
        elif name in ADDRESSES and not absolute(value):
            yield f"{name} is not absolute: {value!r}"
    for author in known.get("authors", []):
        if not (author.get("name") or author.get("url") or author.get("avatar")):
            yield "an author without anything"
    if known.get("language") and not TAG.fullmatch(known["language"]):
        yield f"the language {known['language']!r}"
