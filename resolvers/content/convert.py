"""The conversion itself, of one text: what a process of its own can do as well."""

from dataclasses import dataclass

import orjson

from models.enums import DocumentFormat
from models.errors import PayloadTooLarge
from resolvers.content.check import read_tiptap
from resolvers.content.parse import MAX_CONVERTED, to_tiptap
from resolvers.content.text import excerpt_of
from resolvers.content.write import to_markdown


@dataclass(frozen=True, slots=True)
class Content:
    """A text in both forms; `tiptap` is JSON text. The one that it was written in is as it came.

    `size` is the bytes of both.
    """

    format: DocumentFormat
    markdown: str
    tiptap: str
    excerpt: str
    size: int


def convert(text: str, format: DocumentFormat | None) -> Content:
    """A text in both forms; without a format, what it looks like. Raises BadUserInput and PayloadTooLarge."""
    if format is None:
        format = format_of(text)
    is_markdown = format is DocumentFormat.MARKDOWN
    doc = to_tiptap(text) if is_markdown else read_tiptap(text)
    markdown = text if is_markdown else to_markdown(doc)
    tiptap = orjson.dumps(doc)
    size = len(markdown.encode()) + len(tiptap)
    if size > MAX_CONVERTED:
        raise PayloadTooLarge(f"The text of a document is at most {MAX_CONVERTED} bytes in both of its forms")
    return Content(format, markdown, tiptap.decode(), excerpt_of(doc), size)


def format_of(text: str) -> DocumentFormat:
    """What a text looks like: TipTap's, where it is the JSON text of a document."""
    if not text.lstrip().startswith("{"):
        return DocumentFormat.MARKDOWN
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return DocumentFormat.MARKDOWN
    is_document = isinstance(parsed, dict) and parsed.get("type") == "doc"
    return DocumentFormat.TIPTAP_JSON if is_document else DocumentFormat.MARKDOWN


def excerpt_of_json(tiptap: str) -> str:
    """The excerpt of a document that was converted before."""
    return excerpt_of(orjson.loads(tiptap))
