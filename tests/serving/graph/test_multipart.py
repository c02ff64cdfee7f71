"""Files in GraphQL requests: the multipart request specification, who may send them, and what is refused."""

import asyncio
import json
import pkgutil
from importlib import import_module
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from auth.authenticate import CSRF_COOKIE, CSRF_HEADER, SESSION_COOKIE
from gateway.leftovers import Leftovers
from models import Attachment, FileChunk, FileLeftover
from models.base import collection
from resolvers import inputs
from resolvers.files.door import DOORS
from resolvers.kit.input import Input
from resolvers.kit.upload import MAX_FILE, Upload
from serving.graph.operation_files import Form
from tests.gateway.lab import PASSWORD, Board, Lab
from tests.stubs import stubs

CREATE = """
mutation ($input: AttachmentCreateInput!) {
  attachmentCreate(input: $input) { attachment { id name mimeType size url card { id attachmentCount } } cursor }
}
"""
TWO = """
mutation ($a: AttachmentCreateInput!, $b: AttachmentCreateInput!) {
  a: attachmentCreate(input: $a) { attachment { name sha256 } }
  b: attachmentCreate(input: $b) { attachment { name sha256 } }
}
"""
LOGIN = "mutation ($input: AuthLoginInput!) { authLogin(input: $input) { accessToken } }"

Files = list[tuple[str, Any]]


def form(operations: Any, map: Any, *files: tuple[str, bytes]) -> Files:
    """The parts of a request: each file under its number."""
    parts: Files = [("operations", (None, json.dumps(operations))), ("map", (None, json.dumps(map)))]
    return parts + [(str(place), (name, content)) for place, (name, content) in enumerate(files)]


def creation(card: str, query: str = CREATE) -> dict[str, Any]:
    return {"query": query, "variables": {"input": {"cardId": card, "file": None}}}


ONE = {"0": ["variables.input.file"]}
FILE = {"0": ["variables.f"]}


async def send(http: httpx.AsyncClient, files: Files, **headers: str) -> httpx.Response:
    return await http.post("/graphql", files=files, headers={name.replace("_", "-"): headers[name] for name in headers})


def code_of(answer: httpx.Response) -> str:
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


async def test_a_file_is_attached_and_read_by_its_link(lab: Lab, board: Board) -> None:
    card, content = await board.card("Lens"), bytes(range(256)) * 9000

    answer = await send(board.ann.http, form(creation(card), ONE, ("../moon.bin", content)))

    made = answer.json()["data"]["attachmentCreate"]
    attachment = made["attachment"]
    assert (attachment["name"], attachment["size"], attachment["mimeType"]) == (
        "moon.bin",
        len(content),
        "application/octet-stream",
    )
    assert attachment["card"] == {"id": card, "attachmentCount": 1}
    assert made["cursor"]
    read = await lab.client().get(attachment["url"])
    assert (read.status_code, read.content) == (200, content)
    assert (await lab.client().get(attachment["url"].partition("?")[0])).status_code == 401
    assert (await board.ann.http.get(attachment["url"].partition("?")[0])).content == content


async def test_several_files_may_come_each_for_a_field(board: Board) -> None:
    card = await board.card("Lens")
    operations = {"query": TWO, "variables": {name: {"cardId": card, "file": None} for name in "ab"}}
    each = {"1": ["variables.a.file"], "0": ["variables.b.file"]}

    made = (await send(board.ann.http, form(operations, each, ("x", b"X"), ("y", b"Y")))).json()["data"]

    assert [made[name]["attachment"]["name"] for name in "ab"] == ["y", "x"]


TWICE = [
    "mutation ($f: Upload!, $c: ID!) { a: attachmentCreate(input: {cardId: $c, file: $f}) { cursor } "
    "b: attachmentCreate(input: {cardId: $c, file: $f}) { cursor } }",
    "mutation ($f: Upload!, $c: ID!) { ...A ... { b: attachmentCreate(input: {cardId: $c, file: $f}) { cursor } } } "
    "fragment A on Mutation { a: attachmentCreate(input: {cardId: $c, file: $f}) { cursor } }",
]


@pytest.mark.parametrize("query", TWICE, ids=["aliases", "fragments"])
async def test_a_file_that_is_sent_once_is_stored_once(board: Board, query: str) -> None:
    card = await board.card("Lens")
    operations = {"query": query, "variables": {"f": None, "c": card}}
    two = {"query": TWO, "variables": {name: {"cardId": card, "file": None} for name in "ab"}}
    both = {"0": ["variables.a.file", "variables.b.file"]}

    answers = [
        await send(board.ann.http, form(operations, {"0": ["variables.f"]}, ("x", b"X"))),
        await send(board.ann.http, form(two, both, ("x", b"X"))),
    ]

    assert [(one.status_code, code_of(one)) for one in answers] == [(400, "BAD_USER_INPUT")] * 2
    assert await collection(Attachment).count_documents({}) == 0


START = "mutation ($f: Upload!, $w: ID!) { projectImportStart(input: {workspaceId: $w, file: $f}) { cursor } }"


async def test_a_file_for_something_of_a_stranger_is_refused_before_it_is_received(
    lab: Lab, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def receive(*_: Any) -> None:
        raise AssertionError("a file of a stranger was received")

    stranger, card = await lab.person("mallory@example.com"), await board.card("Lens")
    two = {"query": TWO, "variables": {name: {"cardId": card, "file": None} for name in "ab"}}
    monkeypatch.setattr(Form, "receive", receive)

    answers = [
        await send(stranger.http, form(creation(card), ONE, ("a", b"a"))),
        await send(stranger.http, form(two, {"0": ["variables.a.file"], "1": ["variables.b.file"]}, ("a", b"a"))),
        await send(
            stranger.http, form({"query": START, "variables": {"f": None, "w": board.workspace}}, FILE, ("a", b"{"))
        ),
    ]

    assert [(one.status_code, code_of(one)) for one in answers] == [(404, "NOT_FOUND")] * 3


def test_every_operation_that_takes_a_file_has_a_door() -> None:
    takes = {
        name
        for module in pkgutil.iter_modules(inputs.__path__)
        for name, model in vars(import_module(f"resolvers.inputs.{module.name}")).items()
        if isinstance(model, type) and issubclass(model, Input) and Upload in _types(model)
    }

    assert takes == {"AttachmentCreate", "ProjectImportStart"}
    assert {f"{name[0].upper()}{name[1:]}" for name in DOORS} == takes


def _types(model: type[Input]) -> set[Any]:
    return {one.annotation for one in model.model_fields.values()}


async def test_a_file_sent_again_under_its_key_is_attached_once(board: Board) -> None:
    card = await board.card("Lens")
    parts, key = form(creation(card), ONE, ("x", b"X")), {"idempotency_key": "once"}

    first, again = [await send(board.ann.http, parts, **key) for _ in range(2)]
    other = await send(board.ann.http, form(creation(card), ONE, ("x", b"Y")), **key)

    assert again.content == first.content
    assert (again.headers["idempotency-replayed"], code_of(other)) == ("true", "CONFLICT")
    assert await collection(Attachment).count_documents({}) == 1


async def test_a_page_of_another_origin_sends_no_file_with_a_session(lab: Lab, board: Board) -> None:
    # Given what a browser has of Ann's session
    card = await board.card("Lens")
    body = {"query": LOGIN, "variables": {"input": {"email": board.ann.email, "password": PASSWORD}}}
    cookies = (await lab.client().post("/graphql", json=body)).cookies
    browser = lab.client(cookies={SESSION_COOKIE: cookies[SESSION_COOKIE], CSRF_COOKIE: cookies[CSRF_COOKIE]})
    parts = form(creation(card), ONE, ("a", b"a"))

    # When it sends a form without, and with, what only our own pages can read
    forged = [await send(browser, parts), await send(browser, parts, **{CSRF_HEADER: "wrong"})]
    own = await send(browser, parts, **{CSRF_HEADER: cookies[CSRF_COOKIE]})

    # Then
    assert [code_of(one) for one in forged] == ["FORBIDDEN"] * 2
    assert own.json()["data"]["attachmentCreate"]["attachment"]["size"] == 1
    assert await collection(Attachment).count_documents({}) == 1


async def test_nobody_sends_files_before_signing_in(lab: Lab) -> None:
    operations = {"query": LOGIN, "variables": {"input": {"email": "ann@example.com", "password": None}}}

    answer = await send(lab.client(), form(operations, {"0": ["variables.input.password"]}, ("a", b"a")))

    assert (answer.status_code, code_of(answer)) == (401, "UNAUTHENTICATED")


async def test_a_file_elsewhere_than_in_an_upload_is_refused(board: Board) -> None:
    query = "mutation ($input: CommentCreateInput!) { commentCreate(input: $input) { cursor } }"
    operations = {"query": query, "variables": {"input": {"cardId": await board.card("Lens"), "content": None}}}

    answer = await send(board.ann.http, form(operations, {"0": ["variables.input.content"]}, ("a", b"a")))

    assert (answer.status_code, code_of(answer)) == (400, "BAD_USER_INPUT")


async def test_an_upload_is_no_value_of_json(board: Board) -> None:
    card = await board.card("Lens")

    for given in (None, "a.txt", {"name": "a"}, 1):
        refused = await board.ann.refused(CREATE, input={"cardId": card, "file": given})
        assert refused["extensions"]["code"] == "BAD_USER_INPUT"
    literal = f'mutation {{ attachmentCreate(input: {{cardId: "{card}", file: "x"}}) {{ cursor }} }}'
    assert (await board.ann.refused(literal))["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(board: Board) -> None:
    card = await board.card("Lens")

    answer = await send(board.ann.http, form(creation(card), ONE, ("a", bytes(MAX_FILE + 1))))

    assert (answer.status_code, code_of(answer)) == (413, "PAYLOAD_TOO_LARGE")
    for model in (Attachment, FileChunk, FileLeftover):
        assert await stubs(model).count_documents({}) == 0


async def test_a_strangers_card_takes_no_file(lab: Lab, board: Board) -> None:
    stranger = await lab.person("mallory@example.com")

    answer = await send(stranger.http, form(creation(await board.card("Lens")), ONE, ("a", b"a")))

    assert (answer.status_code, code_of(answer)) == (404, "NOT_FOUND")
    assert await collection(FileChunk).count_documents({}) == 0


@pytest.mark.parametrize(
    "map",
    [
        {},
        [],
        {"0": []},
        {"0": "variables.input.file"},
        {"0": [1]},
        {"0": ["variables"]},
        {"0": ["query"]},
        {"0": ["variables.input.cardId"]},
        {"0": ["variables.input.other"]},
        {"0": ["variables.input.file.more"]},
        {"0": ["variables.input.file", "variables.input.file"]},
        {"0": ["variables.input.file"], "1": ["variables.input.file"]},
        {"0": ["variables" + ".input" * 1000]},
        {"0": ["variables.__class__"]},
        {str(place): ["variables.input.file"] for place in range(6)},
        {"1": ["variables.input.file"]},
    ],
)
async def test_a_map_that_leads_nowhere_is_refused(board: Board, map: Any) -> None:
    answer = await send(board.ann.http, form(creation(await board.card("Lens")), map, ("a", b"a")))

    assert (answer.status_code, code_of(answer)) == (400, "BAD_USER_INPUT")
    assert await collection(FileChunk).count_documents({}) == 0


async def test_parts_in_another_order_or_number_are_refused(board: Board) -> None:
    good = form(creation(await board.card("Lens")), ONE, ("a", b"a"))
    operations, map, file = good
    odd: list[Files] = [
        [map, operations, file],
        [file, operations, map],
        [operations, map],
        [operations, file],
        [operations],
        [*good, file],
        [*good, ("1", ("b", b"b"))],
        [operations, map, ("0", (None, b"a"))],
        [("operations", ("o.json", operations[1][1])), map, file],
        [("operations", (None, "[]")), map, file],
        [("operations", (None, "{")), map, file],
        [("operations", (None, '{"query": "{ __typename }"}')), map, file],
        [operations, ("map", (None, "x" * 100_000)), file],
        [operations, map, *([file] * 1000)],
    ]

    answers = [await send(board.ann.http, parts) for parts in odd]

    assert [(one.status_code, code_of(one)) for one in answers if one.status_code != 413] == [
        (400, "BAD_USER_INPUT")
    ] * (len(odd) - 1)
    assert await collection(Attachment).count_documents({}) == 0


@pytest.mark.parametrize("query", ["query ($input: String) { __typename }", "subscription ($input: ID!) { x }"])
async def test_only_a_mutation_takes_files(board: Board, query: str) -> None:
    answer = await send(board.ann.http, form(creation("", query), ONE, ("a", b"a")))

    assert (answer.status_code, code_of(answer)) == (400, "BAD_USER_INPUT")


async def test_a_body_that_breaks_off_changes_nothing(board: Board) -> None:
    request = board.ann.http.build_request(
        "POST", "/graphql", files=form(creation(await board.card("Lens")), ONE, ("a", b"abc"))
    )
    whole = request.read()

    answer = await board.ann.http.post(
        "/graphql", content=whole[:-10], headers={"content-type": request.headers["content-type"]}
    )

    assert (answer.status_code, code_of(answer)) == (400, "BAD_USER_INPUT")
    assert await collection(Attachment).count_documents({}) == 0


async def test_a_deleted_attachment_goes_with_its_bytes_soon(board: Board, gateway: Starlette) -> None:
    leftovers = Leftovers(gateway.state.services)
    await leftovers.start()
    made = await send(board.ann.http, form(creation(await board.card("Lens")), ONE, ("a", b"abc")))
    attachment = made.json()["data"]["attachmentCreate"]["attachment"]["id"]

    deleted = await board.ann.ask("mutation ($id: ID!) { attachmentDelete(id: $id) { deletedId } }", id=attachment)

    assert deleted == {"attachmentDelete": {"deletedId": attachment}}
    for _ in range(250):
        if not await collection(FileLeftover).count_documents({}):
            break
        await asyncio.sleep(0.02)
    await leftovers.stop()
    assert await collection(FileChunk).count_documents({}) == 0
