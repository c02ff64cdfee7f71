"""`Idempotency-Key` on the routes: one effect, one answer."""

import asyncio

import pytest

from rest import endpoint
from tests.rest.conftest import PASSWORD, Api, Board

KEY = {"idempotency-key": "7f0c"}


async def test_the_same_request_again_has_the_answer_of_the_first(board: Board) -> None:
    address, card = f"{board.path}/columns/{board.todo}/cards", {"title": "Once"}

    answers = await asyncio.gather(*(board.ann.post(address, json=card, headers=KEY) for _ in range(100)))

    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert sum("idempotency-replayed" in one.headers for one in answers) == 99
    assert {one.headers["content-type"] for one in answers} == {"application/json"}
    found = (await board.ann.get(f"{board.path}/cards")).json()
    assert [one["title"] for one in found] == ["Once"]


async def test_another_body_or_path_is_a_conflict(board: Board) -> None:
    address = f"{board.path}/columns/{board.todo}/cards"
    await board.ann.post(address, json={"title": "A"}, headers=KEY)

    other_body = await board.ann.post(address, json={"title": "B"}, headers=KEY)
    other_path = await board.ann.post(f"{board.path}/cards", json={"title": "A"}, headers=KEY)

    for answer in (other_body, other_path):
        assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
        assert answer.json()["details"]["kind"] == "OTHER_REQUEST"


async def test_a_refusal_is_made_anew_and_a_malformed_key_is_refused(board: Board) -> None:
    address = f"{board.path}/columns/{board.todo}/cards"
    first = await board.ann.post(address, json={"title": ""}, headers=KEY)
    again = await board.ann.post(address, json={"title": ""}, headers=KEY)

    malformed = await board.ann.post(address, json={"title": "A"}, headers={"idempotency-key": "x" * 256})

    assert (first.status_code, again.status_code, again.json()) == (400, 400, first.json())
    assert "idempotency-replayed" not in again.headers
    assert (malformed.status_code, malformed.json()["details"]["field"]) == (400, "Idempotency-Key")


async def test_what_shows_a_token_is_done_once_and_not_shown_again(api: Api) -> None:
    body = {"email": "eve@example.com", "password": PASSWORD, "name": "Eve"}
    first = await api.client().post("/auth/register", json=body, headers=KEY)
    again = await api.client().post("/auth/register", json=body, headers=KEY)

    eve = api.client(first.json()["access_token"])
    tokens = [
        await eve.post("/api-tokens", json={"name": "T", "scopes": ["projects:read"]}, headers=KEY) for _ in range(2)
    ]

    assert (again.status_code, again.json()["details"]["kind"]) == (409, "NOT_KEPT")
    assert "set-cookie" not in again.headers
    assert [one.status_code for one in tokens] == [201, 409]


async def test_somebody_elses_key_is_another_one(board: Board, api: Api) -> None:
    ben = await api.person("ben@example.com")
    await board.ann.post("/organizations", json={"name": "Ours", "slug": "ours"}, headers=KEY)

    answer = await ben.post("/organizations", json={"name": "Ours too", "slug": "ours-too"}, headers=KEY)

    assert answer.status_code == 201


async def test_a_file_sent_again_is_attached_once(board: Board) -> None:
    # Given a file of more than what is held in memory, sent five times at once under one key
    card = (await board.ann.post(f"{board.path}/columns/{board.todo}/cards", json={"title": "A"})).json()
    address = f"{board.path}/cards/{card['id']}/attachments"
    file = {"file": ("a.bin", bytes(range(256)) * 5000, "application/octet-stream")}

    answers = await asyncio.gather(*(board.ann.post(address, files=file, headers=KEY) for _ in range(5)))

    # Then it is there once, whole, and all are told of it
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert sum("idempotency-replayed" in one.headers for one in answers) == 4
    [found] = (await board.ann.get(address)).json()
    assert (await board.ann.get(f"{address}/{found['id']}")).content == file["file"][1]


async def test_other_bytes_or_another_name_of_a_file_are_another_request(board: Board) -> None:
    card = (await board.ann.post(f"{board.path}/columns/{board.todo}/cards", json={"title": "A"})).json()
    address = f"{board.path}/cards/{card['id']}/attachments"
    await board.ann.post(address, files={"file": ("a.txt", b"text", "text/plain")}, headers=KEY)

    for other in (("a.txt", b"tent", "text/plain"), ("b.txt", b"text", "text/plain")):
        answer = await board.ann.post(address, files={"file": other}, headers=KEY)

        assert (answer.status_code, answer.json()["details"]["kind"]) == (409, "OTHER_REQUEST")
    assert len((await board.ann.get(address)).json()) == 1


async def test_a_stranger_sends_no_file_under_a_key(board: Board, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given what would receive a file
    async def receive(*_: object) -> None:
        raise AssertionError("a file was received")

    monkeypatch.setattr(endpoint, "spool", receive)
    card = (await board.ann.post(f"{board.path}/columns/{board.todo}/cards", json={"title": "A"})).json()
    ben, file = await api.person("ben@example.com"), {"file": ("a.txt", b"text", "text/plain")}

    # When somebody of another tenant sends one with a key
    for address in (f"{board.path}/cards/{card['id']}/attachments", f"{board.path.rpartition('/')[0]}/import/jobs"):
        answer = await ben.post(address, files=file, headers=KEY)

        # Then it is refused before it comes
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
