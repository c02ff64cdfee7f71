"""Files on cards over REST: each route's request, answer, bad input and denial, and how a file is served."""

import asyncio
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from models import Attachment, FileChunk
from models.base import collection
from resolvers.files.attachment_link import link_to
from resolvers.files.store import remove_leftovers
from resolvers.kit import upload
from resolvers.kit.upload import MAX_FILE
from serving.download import UnsatisfiableError, disposition, parse_range
from tests.resolvers.attaching import PNG
from tests.rest.conftest import Api, Board, made

CONTENT = bytes(range(256)) * 2000
HTML = b"<!doctype html><script>fetch('/auth/me')</script>"


@pytest.fixture
async def path(board: Board) -> str:
    """The path of a card's attachments."""
    card = await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title="A")
    return f"{board.path}/cards/{card['id']}/attachments"


async def send(
    client: httpx.AsyncClient, path: str, content: bytes = CONTENT, name: str = "a.bin", mime_type: str = "text/plain"
) -> httpx.Response:
    return await client.post(path, files={"file": (name, content, mime_type)})


async def sent(client: httpx.AsyncClient, path: str, *args: Any, **named: Any) -> dict[str, Any]:
    answer = await send(client, path, *args, **named)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_file_is_sent_listed_downloaded_and_deleted(board: Board, path: str) -> None:
    file = await sent(board.ann, path, PNG + CONTENT, "moon.png", "image/png")

    assert {**file, "id": "", "createdAt": ""} == {
        "id": "",
        "cardId": path.split("/")[-2],
        "uploadedBy": board.ann_id,
        "originalName": "moon.png",
        "mimeType": "image/png",
        "size": len(PNG + CONTENT),
        "createdAt": "",
    }
    assert (await board.ann.get(path)).json() == [file]
    assert (await board.ann.get(path.rpartition("/")[0])).json()["attachmentCount"] == 1
    got = await board.ann.get(f"{path}/{file['id']}")
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, PNG + CONTENT, "image/png")
    assert got.headers["content-length"] == str(file["size"])
    gone = await board.ann.delete(f"{path}/{file['id']}")
    assert (gone.status_code, gone.json()) == (200, {"ok": True})
    assert (await board.ann.get(path)).json() == []
    assert refusal(await board.ann.get(f"{path}/{file['id']}")) == (404, "NOT_FOUND")
    await remove_leftovers()
    assert await collection(FileChunk).count_documents({}) == 0


async def test_every_download_says_how_little_it_may_do(board: Board, path: str) -> None:
    file = await sent(board.ann, path, PNG, "moon.png")

    headers = (await board.ann.get(f"{path}/{file['id']}")).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'; ")
    assert "script" not in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "private, no-cache"
    assert headers["content-disposition"] == 'inline; filename="moon.png"'


@pytest.mark.parametrize(
    ("content", "name", "mime_type"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a.pdf", "application/pdf"),
        (HTML, "page.html", "text/html"),
        (HTML, "photo.png", "image/png"),
        (HTML, "photo.jpg.html", "text/plain"),
        (HTML, "page", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "a.svg", "image/svg+xml"),
        (b"<?xml version='1.0'?><a/>", "a.xml", "application/xml"),
        (b"\x00asm\x01\0\0\0", "a.wasm", "application/wasm"),
    ],
)
async def test_what_runs_in_a_browser_is_served_to_be_saved(
    board: Board, path: str, content: bytes, name: str, mime_type: str
) -> None:
    file = await sent(board.ann, path, content, name, mime_type)

    got = await board.ann.get(f"{path}/{file['id']}")

    assert got.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert got.content == content


async def test_a_script_is_text(board: Board, path: str) -> None:
    file = await sent(board.ann, path, b"alert(1)", "a.js", "text/javascript")

    assert (await board.ann.get(f"{path}/{file['id']}")).headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\plan.txt", "plan.txt"),
        ("..\\..\\evil.txt", "evil.txt"),
        ("naïve — 計画.pdf", "naïve — 計画.pdf"),
        ('quo"te;.txt', "quo%22te;.txt"),
        ("a%2Fb.txt", "a%2Fb.txt"),
    ],
)
async def test_a_name_is_kept_without_its_folders(board: Board, path: str, name: str, kept: str) -> None:
    file = await sent(board.ann, path, name=name)

    header = (await board.ann.get(f"{path}/{file['id']}")).headers["content-disposition"]

    assert file["originalName"] == kept
    assert header.isascii()
    full = header.partition("filename*=UTF-8''")[2]
    assert unquote(full) == kept if full else f'filename="{kept}"' in header


@pytest.mark.parametrize("name", ["a\r\nb", "a\x00b", "a\x1b[31m", "..", "folder/"])
async def test_a_name_that_deceives_is_refused(board: Board, path: str, name: str) -> None:
    raw = name.encode()
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + raw + b'"\r\n\r\nx\r\n--b--\r\n'

    answer = await board.ann.post(path, content=body, headers={"content-type": "multipart/form-data; boundary=b"})

    assert refusal(answer) == (400, "BAD_USER_INPUT")
    assert (await board.ann.get(path)).json() == []


async def test_a_file_that_has_not_changed_is_not_sent_again(board: Board, path: str) -> None:
    file = f"{path}/{(await sent(board.ann, path))['id']}"
    tag = (await board.ann.get(file)).headers["etag"]

    for given in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = await board.ann.get(file, headers={"if-none-match": given})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag), given
    assert (await board.ann.get(file, headers={"if-none-match": '"other"'})).status_code == 200


async def test_ranges_of_a_file(board: Board, path: str) -> None:
    file, size = f"{path}/{(await sent(board.ann, path))['id']}", len(CONTENT)
    tag = (await board.ann.get(file)).headers["etag"]

    for given, start, stop in (
        ("bytes=0-0", 0, 1),
        ("bytes=300000-300009", 300_000, 300_010),
        ("bytes=511990-", 511_990, size),
        ("bytes=-10", size - 10, size),
        ("bytes=-9999999999", 0, size),
        ("bytes=100-9999999999", 100, size),
    ):
        answer = await board.ann.get(file, headers={"range": given})
        assert (answer.status_code, answer.content) == (206, CONTENT[start:stop]), given
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert answer.headers["content-length"] == str(stop - start)
    for given in (f"bytes={size}-", "bytes=-0", "bytes=999999999999-"):
        answer = await board.ann.get(file, headers={"range": given})
        assert (refusal(answer), answer.headers["content-range"]) == ((416, "BAD_USER_INPUT"), f"bytes */{size}")
    for given in (
        "bytes=0-1,2-3",
        "bytes=" + ",".join("0-" for _ in range(500)),
        "bytes=5-1",
        "bytes=-",
        "bytes=a-b",
        "lines=0-1",
        "bytes=0-1x",
        "bytes=" + "9" * 500 + "-",
    ):
        answer = await board.ann.get(file, headers={"range": given})
        assert (answer.status_code, len(answer.content)) == (200, size), given
    part = await board.ann.get(file, headers={"range": "bytes=0-1", "if-range": tag})
    whole = await board.ann.get(file, headers={"range": "bytes=0-1", "if-range": '"other"'})
    assert (part.status_code, whole.status_code) == (206, 200)


async def test_a_head_tells_the_same_without_the_bytes(board: Board, path: str) -> None:
    file = f"{path}/{(await sent(board.ann, path))['id']}"
    got = await board.ann.get(file)

    head = await board.ann.head(file)

    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(got.headers)


async def test_a_file_over_10_mb_is_refused_and_leaves_nothing(board: Board, path: str) -> None:
    for more in (1, 1024 * 1024):
        assert refusal(await send(board.ann, path, bytes(MAX_FILE + more))) == (413, "PAYLOAD_TOO_LARGE")

    assert (await board.ann.get(path)).json() == []
    assert await collection(FileChunk).count_documents({}) == 0


async def test_two_files_and_no_file_are_refused_and_leave_nothing(board: Board, path: str) -> None:
    two = await board.ann.post(path, files=[("file", ("a", b"a")), ("file", ("b", b"b"))])
    other = await board.ann.post(path, files={"document": ("a", b"a")})
    field = await board.ann.post(path, files={"x": (None, b"a")})
    json = await board.ann.post(path, json={"file": "a"})

    assert [refusal(one) for one in (two, other, field, json)] == [
        *[(400, "BAD_USER_INPUT")] * 3,
        (415, "BAD_USER_INPUT"),
    ]
    assert await collection(Attachment).count_documents({}) == await collection(FileChunk).count_documents({}) == 0


async def test_one_person_sends_a_bounded_number_of_files_at_once(
    api: Api, board: Board, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MAX_AT_ONCE", 2)

    answers = await asyncio.gather(*(send(board.ann, path) for _ in range(5)))
    later = await send(board.ann, path)

    assert sorted(one.status_code for one in answers) == [201, 201, 429, 429, 429]
    assert later.status_code == 201
    assert len((await board.ann.get(path)).json()) == 3


async def test_a_stranger_reaches_no_file(api: Api, board: Board, path: str) -> None:
    file = await sent(board.ann, path)
    stranger, nobody = await api.person("stranger@example.com"), api.client()

    answers = [
        await stranger.get(path),
        await send(stranger, path),
        await stranger.get(f"{path}/{file['id']}"),
        await stranger.delete(f"{path}/{file['id']}"),
        await stranger.get(f"/attachments/{file['id']}"),
    ]

    assert [refusal(one) for one in answers] == [(404, "NOT_FOUND")] * 5
    for answer in (await nobody.get(f"{path}/{file['id']}"), await nobody.get(f"/attachments/{file['id']}")):
        assert refusal(answer) == (401, "UNAUTHENTICATED")


async def test_a_file_is_reached_by_its_own_card_alone(board: Board, path: str) -> None:
    file = await sent(board.ann, path)
    other = await made(board.ann, f"{board.path}/cards", title="B")

    for method in ("GET", "DELETE"):
        answer = await board.ann.request(method, f"{board.path}/cards/{other['id']}/attachments/{file['id']}")
        assert refusal(answer) == (404, "NOT_FOUND")
    assert refusal(await board.ann.get(f"{path}/nothing")) == (400, "BAD_USER_INPUT")


async def test_a_link_is_good_for_whoever_has_it(api: Api, board: Board, path: str) -> None:
    first, second = await sent(board.ann, path), await sent(board.ann, path, b"Other")
    record = await collection(Attachment).find_one({"size": len(CONTENT)})
    assert record is not None
    link = link_to(api.ctx.services, record["_id"])
    query = link.partition("?")[2]
    nobody = api.client()

    assert (await nobody.get(link)).content == CONTENT
    assert (await nobody.head(link)).status_code == 200
    assert (await board.ann.get(f"/attachments/{first['id']}")).content == CONTENT
    for wrong in (
        f"/attachments/{second['id']}?{query}",
        link[:-1],
        link.replace("expires=", "expires=9"),
        f"/attachments/{first['id']}?expires=9999999999&signature=",
        f"/attachments/{first['id']}?signature=x",
    ):
        assert refusal(await nobody.get(wrong)) == (403, "FORBIDDEN"), wrong
    await board.ann.delete(f"{path}/{first['id']}")
    assert refusal(await nobody.get(link)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("size", [0, 1, 10])
def test_a_range_never_leaves_the_file(size: int) -> None:
    for first in ("", *map(str, range(12))):
        for last in ("", *map(str, range(12))):
            try:
                found = parse_range(f"bytes={first}-{last}", size)
            except UnsatisfiableError:
                continue
            assert found is None or 0 <= found[0] < found[1] <= size


def test_a_disposition_is_ascii_and_holds_the_name() -> None:
    assert disposition("a b.txt", shown=False) == 'attachment; filename="a b.txt"'
    assert disposition('é"\\.txt', shown=True) == "inline; filename=\"___.txt\"; filename*=UTF-8''%C3%A9%22%5C.txt"
