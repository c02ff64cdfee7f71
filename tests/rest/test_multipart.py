"""Multipart bodies, as they should be and as they should not: read while they come, and bounded in every way."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from models.errors import BadUserInput, OrreryError, PayloadTooLarge
from resolvers.kit.upload import MAX_FILE
from serving.body import BodyTooSlowError
from serving.errors import UnsupportedMediaTypeError
from serving.multipart import MAX_PARTS, Multipart, Part, upload_of

TYPE = "multipart/form-data; boundary=b"


def part(content: bytes, disposition: str = 'form-data; name="file"; filename="a.txt"', more: str = "") -> bytes:
    return f"--b\r\nContent-Disposition: {disposition}\r\n{more}\r\n".encode() + content + b"\r\n"


END = b"--b--\r\n"


def request(pieces: Iterable[bytes], content_type: str = TYPE, **headers: str) -> Request:
    """A request whose body comes in these pieces."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        if not left:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    sent = {"content-type": content_type, **headers}
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in sent.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


async def read(of: Request) -> tuple[str, str | None, bytes]:
    upload = await upload_of(of, "file")
    return upload.name, upload.mime_type, b"".join([piece async for piece in upload.chunks()])


@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
async def test_a_body_is_read_however_it_is_cut(size: int) -> None:
    content = b"\r\n--c is no boundary\r\n--\r--b\n--b\r\n-b\r" * 20
    whole = part(content, more="Content-Type: text/x\r\n") + END

    found = await read(request([whole[at : at + size] for at in range(0, len(whole), size)]))

    assert found == ("a.txt", "text/x", content)


async def test_the_parts_of_a_form_come_one_after_another() -> None:
    body = part(b"{}", 'form-data; name="operations"') + part(b"", 'form-data; name="0"; filename="b"') + END
    form = Multipart(request([body]), 1000)

    assert await form.next() == Part("operations", None, None)
    assert await form.read(10, "operations") == b"{}"
    assert await form.next() == Part("0", "b", None)
    assert [piece async for piece in form.data()] == []
    assert await form.next() is None


async def test_nothing_is_received_before_it_is_asked_for() -> None:
    received = 0

    async def receive() -> dict[str, Any]:
        nonlocal received
        received += 1
        return {
            "type": "http.request",
            "body": part(b"x" * 100)[:-2] if received == 1 else b"x" * 100,
            "more_body": True,
        }

    given = request([])
    upload = await upload_of(Request(given.scope, receive), "file")
    pieces = upload.chunks()

    assert received == 1
    await anext(pieces)
    assert received <= 2


ODD: dict[str, tuple[list[bytes], type[OrreryError], str]] = {
    "nothing": ([b""], BadUserInput, "before its last boundary"),
    "no last boundary": ([part(b"Hello")], BadUserInput, "before its last boundary"),
    "cut in the middle": ([part(b"Hello")[:-4]], BadUserInput, "before its last boundary"),
    "another boundary": ([b"--c\r\n\r\n" + END], BadUserInput, "no multipart body"),
    "plain text": ([b"Hello"], BadUserInput, "no multipart body"),
    "two files": ([part(b"a") + part(b"b") + END], BadUserInput, "one file at a time"),
    "a field after the file": ([part(b"a") + part(b"b", 'form-data; name="x"') + END], BadUserInput, "one file"),
    "a field before the file": ([part(b"b", 'form-data; name="x"') + part(b"a") + END], BadUserInput, "one part"),
    "a field of the name": ([part(b"a", 'form-data; name="file"') + END], BadUserInput, "and a file"),
    "another name": ([part(b"a", 'form-data; name="f"; filename="a"') + END], BadUserInput, "one part"),
    "no parts": ([END], BadUserInput, "must be the one part|no multipart body"),
    "no name": ([part(b"a", "form-data") + END], BadUserInput, "has no name"),
    "another disposition": ([part(b"a", 'attachment; name="file"') + END], BadUserInput, "has no name"),
    "a name in latin-1": (
        [part(b"a").replace(b"a.txt", b"\xe9.txt") + END],
        BadUserInput,
        "not valid UTF-8",
    ),
    "a header of 5 kB": ([part(b"a", more=f"X: {'x' * 5000}\r\n") + END], BadUserInput, "no multipart body"),
    "20 headers": ([part(b"a", more="X: x\r\n" * 20) + END], BadUserInput, "no multipart body"),
    "a thousand parts": ([part(b"") * 1000 + END], BadUserInput, f"more than {MAX_PARTS} parts"),
}


@pytest.mark.parametrize("name", sorted(ODD))
async def test_an_odd_body_is_refused_with_a_reason(name: str) -> None:
    pieces, error, reason = ODD[name]

    with pytest.raises(error, match=reason):
        await read(request(pieces))


@pytest.mark.parametrize(
    ("content_type", "error"),
    [
        ("application/json", UnsupportedMediaTypeError),
        ("multipart/mixed; boundary=b", UnsupportedMediaTypeError),
        ("", UnsupportedMediaTypeError),
        ("multipart/form-data", BadUserInput),
        ("multipart/form-data; boundary=", BadUserInput),
        ('multipart/form-data; boundary=""', BadUserInput),
        (f"multipart/form-data; boundary={'b' * 300}", BadUserInput),
    ],
)
async def test_a_content_type_that_tells_too_little_is_refused(content_type: str, error: type[OrreryError]) -> None:
    with pytest.raises(error):
        await read(request([part(b"a") + END], content_type))


async def test_a_body_that_is_announced_as_too_large_is_not_received() -> None:
    with pytest.raises(PayloadTooLarge):
        await upload_of(request([], content_length=str(MAX_FILE * 2)), "file")


async def test_a_body_that_turns_out_too_large_is_received_no_further() -> None:
    pieces = [part(b"")[:-2], *([bytes(1024 * 1024)] * 30)]
    given = request(pieces, content_length="100")

    with pytest.raises(PayloadTooLarge):
        await read(given)
    assert (await given.receive())["type"] == "http.request"  # there is more that nobody asked for


async def test_a_client_that_goes_away_ends_the_upload() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        await read(Request(request([]).scope, receive))


async def test_a_body_that_pauses_too_long_is_refused() -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    form = Multipart(Request(request([]).scope, receive), 1000, silence=0.05)
    with pytest.raises(BodyTooSlowError):
        await form.next()
