"""Where the links of a text may lead: the same answer for Markdown and TipTap, for what comes in and what goes out.

An address is read as browsers read it, which skip control characters, tabs and line breaks: `java\\tscript:` is
`javascript:`. Other invisible characters do not count either, as programs like to trim them.
"""

import re
from unicodedata import category

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
"""What a link may have; one without any is relative."""

SCRIPTS = frozenset({"javascript", "vbscript", "livescript", "data", "blob", "filesystem"})
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_PICTURE = re.compile(r"data:image/(?:gif|png|jpeg|webp);base64,[A-Za-z0-9+/=]*", re.IGNORECASE)
_DATA = re.compile(r"\s*(?:[\w.+-]+/[\w.+-]+|;base64)", re.ASCII)

_TEXTS = frozenset({"alt", "title", "label", "text", "caption", "name", "placeholder"})
"""Attributes that are shown as text: `JavaScript: The Good Parts` is a title."""
_ADDRESS = re.compile(r".*(?:href|src|url|uri)|(?:form)?action|poster|cite")


def scheme_of(address: str) -> str | None:
    """The scheme of an address in lower case; None for a relative one."""
    head, colon, _ = address.partition(":")
    seen = "".join(char for char in head if category(char)[0] not in "CZ").lower()
    return seen if colon and _SCHEME.fullmatch(seen) else None


def is_safe_url(address: object, *, of_image: bool = False) -> bool:
    """Whether a text is an address of http, https, mailto or tel, or a relative one; of an image, also a picture that
    it holds itself."""
    if not isinstance(address, str):
        return False
    scheme = scheme_of(address)
    return scheme is None or scheme in SCHEMES or (of_image and _PICTURE.fullmatch(address) is not None)


def runs_script(address: str) -> bool:
    """Whether an address is of a kind that browsers run, or show as a page with the rights of the one it is on."""
    return scheme_of(address) in SCRIPTS


def is_safe_attribute(name: str, value: object) -> bool:
    """Whether a TipTap attribute may be rendered as HTML: what names an address holds a safe one, no attribute brings a
    page of its own, and no other but those shown as text begins as a script."""
    plain = re.sub("[^a-z]", "", name.lower())
    if plain.endswith("srcdoc"):
        return value is None
    if _ADDRESS.fullmatch(plain):
        if isinstance(value, str):
            return is_safe_url(value, of_image=plain.endswith(("src", "poster")))
        return not isinstance(value, list | dict)
    return plain in _TEXTS or not isinstance(value, str) or not _begins_script(value)


def _begins_script(value: str) -> bool:
    scheme = scheme_of(value)
    if scheme == "data":  # a word that texts begin with as well
        return _DATA.match(value.partition(":")[2]) is not None
    return scheme in SCRIPTS
