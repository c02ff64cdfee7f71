"""The bytes of a file as an answer: whole, a range of it, or word that nothing has changed."""

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from models.records import AttachmentRecord
from resolvers.files.media_type import may_be_shown
from resolvers.files.store import read_file
from serving.errors import NO_DETAILS, Render, answer, failure

Range = tuple[int, int]
"""The first byte, and the one after the last."""

POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
"""No script, no origin; what browsers need to show a picture or a film by itself."""

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_PLAIN = re.compile(r"[^A-Za-z0-9 !#$&+.^_`|~()\[\]{}=@,;'-]")


class UnsatisfiableError(ValueError):
    """A range that begins past the end."""


def download(request: Request, file: AttachmentRecord, render: Render = failure) -> Response:
    """The answer to a GET or HEAD for an attachment that the caller may read; `render` makes the body of a refusal."""
    size, tag = file["size"], f'"{file["sha256"]}"'
    headers = _headers(file, tag)
    if _matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    try:
        part = _part(request, size, tag)
    except UnsatisfiableError:
        refused = answer(render(416, "The range lies outside of the file", "BAD_USER_INPUT", NO_DETAILS), 416)
        refused.headers["content-range"] = f"bytes */{size}"
        return refused
    start, stop = part or (0, size)
    headers["content-length"] = str(stop - start)
    headers["content-type"] = _content_type(file["mime_type"])
    if part is not None:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(read_file(file["_id"], start, stop), status, headers)


def parse_range(text: str, size: int) -> Range | None:
    """The one range of a `Range` header; None for several, and for what is none, which are answered with the whole.

    Raises UnsatisfiableError.
    """
    found = _RANGE.fullmatch(text.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= stop:
        raise UnsatisfiableError
    return start, stop


def disposition(name: str, *, shown: bool) -> str:
    """A `Content-Disposition` for a name: in ASCII for those who read no more, and in full (RFC 6266, RFC 8187)."""
    plain = _PLAIN.sub("_", name)
    kind = "inline" if shown else "attachment"
    full = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{kind}; filename="{plain}"{full}'


def _headers(file: AttachmentRecord, tag: str) -> dict[str, str]:
    shown = may_be_shown(file["mime_type"], file["detected_mime_type"])
    return {
        "etag": tag,
        "accept-ranges": "bytes",
        # Kept, but asked about each time: whoever may not read it any more is not shown it again.
        "cache-control": "private, no-cache",
        "content-disposition": disposition(file["name"], shown=shown),
        "content-security-policy": POLICY,
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


def _content_type(mime_type: str) -> str:
    return f"{mime_type}; charset=utf-8" if mime_type.startswith("text/") else mime_type


def _part(request: Request, size: int, tag: str) -> Range | None:
    text = request.headers.get("range")
    if text is None or request.headers.get("if-range", tag).strip() != tag:
        return None
    return parse_range(text, size)


def _matches(sent: str | None, tag: str) -> bool:
    if sent is None:
        return False
    return any(part.strip().removeprefix("W/") in ("*", tag) for part in sent.split(","))
