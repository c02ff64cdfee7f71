"""The text of documents: Markdown and TipTap JSON, each made from the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from models.enums import DocumentFormat
from models.errors import BadUserInput, PayloadTooLarge
from models.pool import Pool
from resolvers.content.check import MAX_NODES, read_tiptap
from resolvers.content.diff import unified_diff
from resolvers.content.parse import MAX_CONVERTED, Node, to_tiptap
from resolvers.content.text import excerpt_of, plain_text
from resolvers.content.write import to_markdown

MAX_BYTES = 1_000_000
_AT_ONCE = 2_000
"""Bytes of a text that is converted in a few milliseconds, whatever it is; a larger one is in a thread, so that others
go on."""

CONVERSIONS = Pool("texts being read", threads=2, at_once=1, of_one=50, in_all=200)


@dataclass(frozen=True, slots=True)
class Content:
    """A text in both forms; `tiptap` is JSON text. The one that it was written in is as it came."""

    format: DocumentFormat
    markdown: str
    tiptap: str
    excerpt: str

    @property
    def size(self) -> int:
        return len(self.markdown.encode()) + len(self.tiptap.encode())


async def read_content(
    text: str | Mapping[str, Any], format: DocumentFormat | None = None, *, admitted: bool = False
) -> Content:
    """A text in both forms. Without a format, an object and the JSON text of a document are TipTap's.

    Raises BadUserInput for what is not of its form, PayloadTooLarge for more than 1,000,000 bytes, and RateLimited
    where too many large ones are being read, unless it is part of something that was `admitted` before.
    """
    size = len(text.encode()) if isinstance(text, str) else len(_dump(text))
    if size > MAX_BYTES:
        raise PayloadTooLarge(f"The text of a document is at most {MAX_BYTES} bytes")
    if size <= _AT_ONCE:
        return _read(text, format)
    return await CONVERSIONS.run(_read, text, format, admitted=admitted)


def _dump(value: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(value)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise BadUserInput("is no TipTap document as JSON", field="content") from error


def _read(text: str | Mapping[str, Any], format: DocumentFormat | None) -> Content:
    if format is None:
        format = _guessed(text)
    if format is DocumentFormat.MARKDOWN:
        if not isinstance(text, str):
            raise BadUserInput("must be text where contentFormat is markdown", field="content")
        doc = to_tiptap(text)
        made = Content(format, text, orjson.dumps(doc).decode(), excerpt_of(doc))
    else:
        doc = read_tiptap(text)
        made = Content(format, to_markdown(doc), orjson.dumps(doc).decode(), excerpt_of(doc))
    if made.size > MAX_CONVERTED:
        raise PayloadTooLarge(f"The text of a document is at most {MAX_CONVERTED} bytes in both of its forms")
    return made


def _guessed(text: str | Mapping[str, Any]) -> DocumentFormat:
    if not isinstance(text, str):
        return DocumentFormat.TIPTAP_JSON
    if not text.lstrip().startswith("{"):
        return DocumentFormat.MARKDOWN
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return DocumentFormat.MARKDOWN
    is_document = isinstance(parsed, dict) and parsed.get("type") == "doc"
    return DocumentFormat.TIPTAP_JSON if is_document else DocumentFormat.MARKDOWN


__all__ = [
    "CONVERSIONS",
    "MAX_BYTES",
    "MAX_NODES",
    "Content",
    "Node",
    "excerpt_of",
    "plain_text",
    "read_content",
    "to_markdown",
    "to_tiptap",
    "unified_diff",
]
