"""What a file is, by its bytes, and as what it may be served.

A browser that shows a file runs what is in it with the rights of the page's origin. So what is declared is believed
only where it makes no difference, and what runs is never shown in place.
"""

import re
from dataclasses import dataclass
from mimetypes import MimeTypes

import puremagic

HEAD = 8192
"""Bytes that are looked at."""
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"

_BY_NAME = MimeTypes(filenames=())
for _type, *_endings in (
    (TEXT, ".log"),
    ("text/markdown", ".md", ".markdown"),
    ("application/x-yaml", ".yaml", ".yml"),
):
    for _ending in _endings:
        _BY_NAME.add_type(_type, _ending)

_DECLARED = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,95}")
_ACTIVE = re.compile(r"html|xml|svg|script|mathml|x-shockwave|java|wasm|hta\b|manifest|mhtml|rfc822|multipart")
_OFFICE = re.compile(r"application/vnd\.(openxmlformats|oasis\.opendocument|ms-\w+\.\w+\.macroenabled).*")
_ZIPS = ("application/epub+zip", "application/zip", "application/x-zip-compressed")
_MARKUP = re.compile(rb"<(!doctype|html|head|body|script|svg|style|iframe|title|table|meta|div|\?xml|!--|math|a\b|h1)")
_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_TEXTS = frozenset({"application/json", "application/x-yaml"})
_PAGES = frozenset({"text/html", "application/xml", "image/svg+xml"})
"""What a text with markup in it is taken for."""
_SHOWN = frozenset(
    {
        *(f"image/{subtype}" for subtype in ("png", "jpeg", "gif", "webp", "avif", "bmp", "x-ms-bmp")),
        *(f"audio/{subtype}" for subtype in ("mpeg", "ogg", "wav", "x-wav", "flac", "mp4", "aac", "webm")),
        *(f"video/{subtype}" for subtype in ("mp4", "webm", "ogg", "quicktime")),
        TEXT,
    }
)
_MIN_CONFIDENCE = 0.3
"""Three bytes of a signature: two stand at the head of many a text."""


@dataclass(frozen=True, slots=True)
class Media:
    """What a file was declared to be, what its bytes say (None: nothing), and what it is served as."""

    declared: str | None
    detected: str | None
    served: str


def media_of(head: bytes, declared: str | None, name: str = "") -> Media:
    """What a file that begins with `head` is. Its name speaks where nothing, or nothing in particular, was declared."""
    said = _declared(declared)
    found = _detect(head[:HEAD])
    named = _BY_NAME.guess_type(name)[0] if said in (None, UNKNOWN) else None
    return Media(said, found, _served(named or said, found, head[:HEAD]))


def may_be_shown(mime_type: str, detected: str | None) -> bool:
    """Whether a browser may show a file in place, rather than save it: not a text with markup in it."""
    return mime_type in _SHOWN and (mime_type != TEXT or detected == TEXT)


def _declared(text: str | None) -> str | None:
    plain = (text or "").partition(";")[0].strip().lower()
    return plain if _DECLARED.fullmatch(plain) else None


def _served(said: str | None, found: str | None, head: bytes) -> str:
    if said is not None and not _ACTIVE.search(said.removeprefix("application/vnd.openxmlformats")):
        if (found == TEXT or found in _PAGES or not head) and (said.startswith("text/") or said in _TEXTS):
            return said
        if found == "application/zip" and (_OFFICE.fullmatch(said) or said in _ZIPS):
            return said
        # Nothing speaks against it, and nothing would be shown on its word alone.
        if (
            found is None
            and not may_be_shown(said, said)
            and not said.startswith(("image/", "audio/", "video/", "text/"))
        ):
            return said
    if found in _PAGES and said not in _PAGES and not _begins_with_markup(head):
        return TEXT  # words, or a program, that speak of a tag
    return found or UNKNOWN


def _detect(head: bytes) -> str | None:
    if not head:
        return None
    if _is_markup(head):
        return _markup(head)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):  # many formats are archives: their names tell them apart
        return "application/zip"
    if (known := _signature(head)) is not None:
        return known
    return TEXT if _is_text(head) else None


def _signature(head: bytes) -> str | None:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    named = [match for match in found if match.mime_type and match.confidence >= _MIN_CONFIDENCE]
    if not named or (_is_text(head) and not named[0].mime_type.startswith("application/pdf")):
        return None  # words that some format begins with
    return str(named[0].mime_type).lower()


def _is_markup(head: bytes) -> bool:
    # Old documents may be in UTF-16, which a browser reads just as well.
    return _MARKUP.search(head.replace(b"\0", b"").lower()) is not None and _is_text(head.replace(b"\0", b""))


def _markup(head: bytes) -> str:
    text = head.replace(b"\0", b"").lower()
    if b"<svg" in text:
        return "image/svg+xml"
    return "application/xml" if text.lstrip(_BLANK).startswith(b"<?xml") and b"<html" not in text else "text/html"


def _begins_with_markup(head: bytes) -> bool:
    return _MARKUP.match(head.replace(b"\0", b"").lower().lstrip(_BLANK)) is not None


def _is_text(head: bytes) -> bool:
    plain = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if any(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in plain):
        return False
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character may be cut by the end of what is looked at.
        return error.start >= len(plain) - 3 and len(head) >= HEAD - 3
    return True
