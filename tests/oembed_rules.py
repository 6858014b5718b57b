"""What an oEmbed answer has to be: version 1.0 of the specification as lists of complaints."""

import json
import re

from tests.feed_rules import absolute, parsed_xml

# By type, the members that it needs beside `type` and `version`.
NEEDED = {
    "photo": {"url", "width", "height"},
    "video": {"html", "width", "height"},
    "link": set(),
    "rich": {"html", "width", "height"},
}
TEXTS = ("title", "author_name", "provider_name", "html")
ADDRESSES = ("author_url", "provider_url", "thumbnail_url", "url")
NUMBERS = ("width", "height", "cache_age", "thumbnail_width", "thumbnail_height")
THUMBNAIL = {"thumbnail_url", "thumbnail_width", "thumbnail_height"}
# What would run in the page of whoever embeds us, or be loaded there without them.
RUNS = re.compile(r"<script|<object|<embed|\son\w+=|javascript:", re.IGNORECASE)


def oembed_complaints(members: dict, most_width=None, most_height=None) -> list[str]:
    """About the members of an answer; `most_width` and `most_height` are what was asked for."""
    found = []
    if members.get("version") != "1.0":
        found.append(f"the version {members.get('version')!r}")
    if members.get("type") not in NEEDED:
        return [*found, f"the type {members.get('type')!r}"]
    found += [f"no {name}" for name in NEEDED[members["type"]] - set(members)]
    known = {"type", "version", *TEXTS, *ADDRESSES, *NUMBERS}
    found += [f"{name} is not in the specification" for name in set(members) - known]
    for name, value in members.items():
        found += member_complaints(name, value)
    if 0 < len(THUMBNAIL & set(members)) < 3:
        found.append("half a thumbnail")
    for name, most in (("width", most_width), ("height", most_height)):
        if most and isinstance(members.get(name), int) and members[name] > most:
            found.append(f"{name} is more than {most}")
    if RUNS.search(members.get("html", "")):
        found.append("something runs")
    return found


def member_complaints(name, value):
    if name in TEXTS and not (isinstance(value, str) and value.strip()):
        yield f"{name} is {value!r}"
    if name in ADDRESSES and not absolute(value):
        yield f"{name} is no address: {value!r}"
    if name in NUMBERS and not (type(value) is int and value > 0):
        yield f"{name} is no number: {value!r}"


def json_members(text: bytes) -> dict:
    members = json.loads(text)
    assert isinstance(members, dict)
    return members


def xml_members(text: bytes) -> dict:
    """The members of an answer in XML, numbers as numbers."""
    root = parsed_xml(text)
    assert root.tag == "oembed" and not root.attrib
    assert not [child.tag for child in root if len(child) or child.attrib]
    tags = [child.tag for child in root]
    assert len(tags) == len(set(tags))
    texts = {child.tag: child.text or "" for child in root}
    return {
        name: int(value) if name in NUMBERS and value.isdigit() else value
        for name, value in texts.items()
    }
