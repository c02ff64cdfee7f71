"""The text of documents: Markdown and TipTap JSON, each made from the other."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson

from models.enums import DocumentFormat
from models.errors import BadUserInput, PayloadTooLarge, Unavailable
from models.pool import Pool
from models.processes import ProcessDiedError, Processes, ProcessTooSlowError
from resolvers.content.check import MAX_NODES
from resolvers.content.convert import Content, convert, excerpt_of_json, format_of
from resolvers.content.diff import unified_diff, unified_diffs
from resolvers.content.marks import marks_of
from resolvers.content.parse import Node, to_tiptap
from resolvers.content.text import excerpt_of, plain_text
from resolvers.content.write import to_markdown

T = TypeVar("T")

MAX_BYTES = 1_000_000
AT_ONCE = 10_000
"""Bytes of a text that may be converted at once, in a few milliseconds, where it has few marks."""

MARKS_AT_ONCE = 200
"""Of Markdown, or nodes of a TipTap document."""

CONVERSIONS = Pool("texts being read", threads=2, at_once=1, of_one=50, in_all=200)
READERS = Processes()
"""Where all other texts are worked on: the threads of `CONVERSIONS` wait for them alone."""


async def read_content(
    text: str | Mapping[str, Any], format: DocumentFormat | None = None, *, admitted: bool = False
) -> Content:
    """A text in both forms. Without a format, an object and the JSON text of a document are TipTap's.

    Raises BadUserInput for what is not of its form, PayloadTooLarge for more than 1,000,000 bytes, and RateLimited
    where too many large ones are being read, unless it is part of something that was `admitted` before.
    """
    if not isinstance(text, str):
        if format is DocumentFormat.MARKDOWN:
            raise BadUserInput("must be text where contentFormat is markdown", field="content")
        text, format = _dump(text), DocumentFormat.TIPTAP_JSON
    size = len(text.encode())
    if size > MAX_BYTES:
        raise PayloadTooLarge(f"The text of a document is at most {MAX_BYTES} bytes")
    if size <= AT_ONCE:
        format = format or format_of(text)
        marks = text.count("{") if format is DocumentFormat.TIPTAP_JSON else marks_of(text)
        if marks <= MARKS_AT_ONCE:
            return convert(text, format)
    return await apart(convert, text, format, field="content", admitted=admitted)


async def excerpt_in(tiptap: str) -> str:
    """The excerpt of a document that was converted before, out of its JSON text. Raises as `apart` does."""
    if len(tiptap) <= AT_ONCE:
        return excerpt_of_json(tiptap)
    return await apart(excerpt_of_json, tiptap, field="content")


async def apart(work: Callable[..., T], *args: Any, field: str, admitted: bool = False) -> T:
    """What `work` makes of texts, in a process.

    Raises BadUserInput that names `field` where it takes too long, Unavailable where the process is killed, and
    RateLimited where too much waits, unless it is part of something that was `admitted` before.
    """
    try:
        return await CONVERSIONS.run(READERS.run, work, *args, admitted=admitted)
    except ProcessTooSlowError as error:
        raise BadUserInput("takes too long: make it smaller", field=field) from error
    except ProcessDiedError as error:
        raise Unavailable from error


def _dump(value: Mapping[str, Any]) -> str:
    try:
        return orjson.dumps(value).decode()
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise BadUserInput("is no TipTap document as JSON", field="content") from error


__all__ = [
    "MAX_BYTES",
    "MAX_NODES",
    "READERS",
    "Content",
    "Node",
    "apart",
    "excerpt_in",
    "excerpt_of",
    "plain_text",
    "read_content",
    "to_markdown",
    "to_tiptap",
    "unified_diff",
    "unified_diffs",
]
