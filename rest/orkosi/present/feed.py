"""The changelog as an RSS 2.0 feed."""

import re
from collections.abc import Sequence
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from models.records import ChangelogEntryRecord
from rest.orkosi.present.changelog import Named

RSS = "application/rss+xml"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document has, however they are written."""


def feed(workspace: str, link: str, entries: Sequence[ChangelogEntryRecord], about: Sequence[Named]) -> bytes:
    """The entries of a workspace, the latest first. The same entries make the same bytes."""
    rss = Element("rss", {"version": "2.0"})
    channel = SubElement(rss, "channel")
    _add(channel, "title", f"Changelog of {workspace}")
    _add(channel, "link", link)
    _add(channel, "description", f"What the tasks of {workspace} came to.")
    if entries:
        _add(channel, "lastBuildDate", format_datetime(entries[0]["completed_at"], usegmt=True))
    for entry, named in zip(entries, about, strict=True):
        item = SubElement(channel, "item")
        _add(item, "title", entry["title"])
        _add(item, "description", entry["resolution"] or entry["title"])
        for category in (named.project and named.project["name"], entry["type"], named.agent and named.agent["slug"]):
            if category:
                _add(item, "category", category)
        SubElement(item, "guid", {"isPermaLink": "false"}).text = str(entry["_id"])
        _add(item, "pubDate", format_datetime(entry["completed_at"], usegmt=True))
    written: bytes = tostring(rss, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _FORBIDDEN.sub("\ufffd", text)
