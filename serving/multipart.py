"""Bodies of `multipart/form-data`, read part by part while they come: nothing of a file is kept here.

The parser is python-multipart's. It is pushed the pieces of the body, and what it finds in one is handed out before the
next is received, so that whoever reads slowly is sent slowly.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from python_multipart.exceptions import FormParserError, MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from models.errors import BadUserInput, PayloadTooLarge
from resolvers.kit.upload import MAX_FILE, Upload
from serving.body import BodyTooSlowError, check_coding
from serving.errors import UnsupportedMediaTypeError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MEDIA_TYPE = "multipart/form-data"
FRAMING = 64 * 1024
"""Bytes that a body may have beside its files: boundaries, headers."""
MAX_PARTS = 16
SILENCE = 30.0
UPLOAD_SECONDS = 600.0
"""A body may pause for half a minute and take ten in all: 10 MB at 140 kbit/s."""


@dataclass(slots=True)
class Part:
    """A part of the body: a field, or a file where it has a name of one."""

    name: str
    file_name: str | None
    mime_type: str | None


@dataclass(slots=True)
class _Found:
    """What the parser told of one piece, in order: a new part, bytes of it (None: it ends)."""

    events: deque[Part | bytes | None] = field(default_factory=deque)
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: bytes = b""
    value: bytes = b""
    parts: int = 0
    ended: bool = False


def is_multipart(request: Request) -> bool:
    """Whether a request calls its body a form with parts."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == MEDIA_TYPE


class Multipart:
    """The parts of a request's body, one after another.

    Raises UnsupportedMediaTypeError for another body, PayloadTooLarge beyond `limit` bytes, BadUserInput for what is no
    multipart body, or not all of one, and BodyTooSlowError for one that does not come.
    """

    def __init__(self, request: Request, limit: int, *, silence: float = SILENCE) -> None:
        if not is_multipart(request):
            raise UnsupportedMediaTypeError(f"The body must be {MEDIA_TYPE}")
        check_coding(request)
        announced = request.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
            raise PayloadTooLarge(f"The body is larger than {limit} bytes")
        boundary = parse_options_header(request.headers["content-type"])[1].get(b"boundary", b"")
        if not boundary:
            raise BadUserInput("The content type names no boundary")
        self._receive = request.receive
        self._limit = limit
        self._silence = silence
        self._deadline = asyncio.get_running_loop().time() + UPLOAD_SECONDS
        self._size = 0
        self._more = True
        self._found = _Found()
        try:
            self._parser = MultipartParser(boundary, _callbacks(self._found))
        except FormParserError as error:
            raise BadUserInput("The boundary is too long") from error

    async def next(self) -> Part | None:
        """The next part, past what is left of the one before; None where the body has ended."""
        while True:
            event = await self._event()
            if event is None and self._found.ended and not self._found.events:
                return None
            if isinstance(event, Part):
                return event

    async def data(self) -> AsyncIterator[bytes]:
        """The bytes of the part that came last."""
        while isinstance(event := await self._event(), bytes):
            yield event

    async def read(self, limit: int, what: str) -> bytes:
        """The bytes of a short part; raises PayloadTooLarge."""
        whole = bytearray()
        async for piece in self.data():
            whole += piece
            if len(whole) > limit:
                raise PayloadTooLarge(f"{what}: is larger than {limit} bytes")
        return bytes(whole)

    async def _event(self) -> Part | bytes | None:
        while not self._found.events:
            if self._found.ended:
                return None
            if not self._more:
                raise BadUserInput("The body ends before its last boundary")
            await self._pull()
        return self._found.events.popleft()

    async def _pull(self) -> None:
        left = self._deadline - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(0, min(self._silence, left))):
                message = await self._receive()
        except TimeoutError as error:
            raise BodyTooSlowError("The body did not come in time") from error
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece, self._more = message.get("body", b""), message.get("more_body", False)
        self._size += len(piece)
        if self._size > self._limit:
            raise PayloadTooLarge(f"The body is larger than {self._limit} bytes")
        try:
            self._parser.write(piece)
        except MultipartParseError as error:
            raise BadUserInput("The body is no multipart body of that boundary") from error


async def upload_of(
    request: Request, name: str, *, limit: int = MAX_FILE, extra: Literal["forbid", "ignore"] = "forbid"
) -> Upload:
    """The one file of a body, under a field's name. Its bytes end only where the body has ended as it should.

    It is the one part, or other fields are ignored with `extra`; other files are not.
    """
    form = Multipart(request, limit + FRAMING)

    def is_ignored(part: Part) -> bool:
        return extra == "ignore" and part.file_name is None and part.name != name

    part = await form.next()
    while part is not None and is_ignored(part):
        part = await form.next()
    if part is None or part.name != name or part.file_name is None:
        raise BadUserInput("must be the one part of the body, and a file", field=name)

    async def chunks() -> AsyncIterator[bytes]:
        async for piece in form.data():
            yield piece
        while (after := await form.next()) is not None:
            if is_ignored(after):
                continue
            raise BadUserInput("must be the one part of the body: send one file at a time", field=name)

    return Upload(part.file_name, part.mime_type, chunks)


def _callbacks(found: _Found) -> "MultipartCallbacks":
    def on_part_begin() -> None:
        found.parts += 1
        if found.parts > MAX_PARTS:
            raise BadUserInput(f"The body has more than {MAX_PARTS} parts")
        found.headers.clear()

    def on_header_field(data: bytes, start: int, end: int) -> None:
        found.name += data[start:end]

    def on_header_value(data: bytes, start: int, end: int) -> None:
        found.value += data[start:end]

    def on_header_end() -> None:
        found.headers[found.name.lower()] = found.value
        found.name = found.value = b""

    def on_headers_finished() -> None:
        found.events.append(_part(found.headers))

    def on_part_data(data: bytes, start: int, end: int) -> None:
        if end > start:
            found.events.append(data[start:end])

    def on_part_end() -> None:
        found.events.append(None)

    def on_end() -> None:
        found.ended = True

    return {
        "on_part_begin": on_part_begin,
        "on_header_field": on_header_field,
        "on_header_value": on_header_value,
        "on_header_end": on_header_end,
        "on_headers_finished": on_headers_finished,
        "on_part_data": on_part_data,
        "on_part_end": on_part_end,
        "on_end": on_end,
    }


def _part(headers: dict[bytes, bytes]) -> Part:
    kind, options = parse_options_header(headers.get(b"content-disposition", b"").decode("latin-1"))
    if kind != b"form-data" or b"name" not in options:
        raise BadUserInput("A part of the body has no name")
    file_name = options.get(b"filename")
    mime_type = headers.get(b"content-type")
    return Part(
        name=_text(options[b"name"]),
        file_name=None if file_name is None else _text(file_name),
        mime_type=None if mime_type is None else mime_type.decode("latin-1"),
    )


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadUserInput("The name of a part is not valid UTF-8") from error
