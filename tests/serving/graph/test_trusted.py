"""The documents that the gateway knows: each fits the graph, is called by its id, and may be all that is taken."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import httpx
import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    validate,
    visit,
)
from typer.testing import CliRunner

from gateway.app import create_app
from gateway.cli.commands import app
from gateway.paths import operations_folder
from gateway.settings import Settings
from schema.graph import graph
from serving.graph.document_limits import DEFAULTS, check_written
from serving.graph.trusted import Trusted, trusted_documents
from tests.gateway.lab import Board, Lab, Person, make_board
from tests.serving.transports.websocket_lab import hear, say
from tests.serving.wire_lab import dial, on_port, sign_in

TRUSTED = trusted_documents(operations_folder())
BY_NAME = {one.name: one for one in TRUSTED}
VIEWER, BOARD, COMMENT = BY_NAME["viewer"].id, BY_NAME["project-board"].id, BY_NAME["comment"].id


def code_of(answer: httpx.Response) -> str:
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


@pytest.mark.parametrize("one", TRUSTED, ids=lambda one: one.name)
def test_a_trusted_document_is_one_operation_that_fits_the_graph_and_its_limits(one: Trusted) -> None:
    document = parse(one.text)

    assert validate(graph(), document) == []
    assert sum(isinstance(part, OperationDefinitionNode) for part in document.definitions) == 1
    DEFAULTS.check_document(document)
    assert check_written(document, DEFAULTS.code) is False
    assert DEFAULTS.check_cost(graph(), document).total > 0


class WithoutIds(Visitor):
    """Finds the selections of objects with an id that do not ask for it; a cache of a client cannot tell such apart."""

    def __init__(self, types: TypeInfo, fragments: dict[str, FragmentDefinitionNode]) -> None:
        super().__init__()
        self.types = types
        self.fragments = fragments
        self.found: list[str] = []

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        shape = self.types.get_type()
        while shape is not None and hasattr(shape, "of_type"):
            shape = shape.of_type
        has_id = isinstance(shape, GraphQLObjectType | GraphQLInterfaceType) and "id" in shape.fields
        if has_id and not self._asks(node.selection_set):
            self.found.append(f"{node.name.value}: {shape}")

    def _asks(self, selected: SelectionSetNode | None) -> bool:
        return any(
            one.name.value == "id"
            if isinstance(one, FieldNode)
            else isinstance(one, FragmentSpreadNode) and self._asks(self.fragments[one.name.value].selection_set)
            for one in (selected.selections if selected else ())
        )


@pytest.mark.parametrize("one", TRUSTED, ids=lambda one: one.name)
def test_every_object_that_has_an_id_is_asked_for_it(one: Trusted) -> None:
    document = parse(one.text)
    fragments = {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
    types = TypeInfo(graph())
    visitor = WithoutIds(types, fragments)

    visit(document, TypeInfoVisitor(types, visitor))

    assert visitor.found == []


def test_an_id_is_the_hash_of_the_file() -> None:
    assert len(TRUSTED) >= 10
    for one in TRUSTED:
        content = (operations_folder() / f"{one.name}.graphql").read_bytes()
        assert one.id == "sha256:" + sha256(content).hexdigest()


async def test_a_document_is_called_by_its_id_over_get_and_post(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    extension = {"persistedQuery": {"version": 1, "sha256Hash": BY_NAME["viewer"].digest}}

    answers = [
        await ann.http.get("/graphql", params={"documentId": VIEWER}),
        await ann.http.post("/graphql", json={"documentId": VIEWER}),
        await ann.http.post("/graphql", json={"extensions": extension}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.json()["data"]["viewer"]["id"] for answer in answers} == {ann.id}


async def test_variables_go_with_the_id(board: Board) -> None:
    await board.card("Write it down")

    answer = await board.ann.http.get(
        "/graphql", params={"documentId": BOARD, "variables": f'{{"projectId": "{board.project}"}}'}
    )

    column = answer.json()["data"]["project"]["columns"][0]
    assert [card["title"] for card in column["cards"]["nodes"]] == ["Write it down"]


async def test_an_answer_over_get_is_revalidated_until_it_changes(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    first = await ann.http.get("/graphql", params={"documentId": VIEWER})
    tag = first.headers["etag"]

    again = await ann.http.get("/graphql", params={"documentId": VIEWER}, headers={"if-none-match": f'"x", W/{tag}'})
    await ann.ask('mutation { userUpdate(input: {name: "Anna"}) { user { name } } }')
    changed = await ann.http.get("/graphql", params={"documentId": VIEWER}, headers={"if-none-match": tag})

    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Accept, Authorization, Cookie"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["cache-control"] == "private, no-cache"
    assert (changed.status_code, changed.json()["data"]["viewer"]["name"]) == (200, "Anna")


async def test_two_people_have_different_tags_and_a_refusal_has_none(lab: Lab) -> None:
    ann, ben = await lab.person("ann@example.com"), await lab.person("ben@example.com")
    tags = [(await one.http.get("/graphql", params={"documentId": VIEWER})).headers["etag"] for one in (ann, ben)]

    nobody = await lab.client().get("/graphql", params={"documentId": VIEWER}, headers={"if-none-match": tags[0]})

    assert tags[0] != tags[1]
    assert "etag" not in nobody.headers
    assert nobody.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_mutation_by_id_over_get_is_refused(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")

    answer = await ann.http.get("/graphql", params={"documentId": BY_NAME["read-notifications"].id})

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"documentId": "viewer"}, "documentId"),
        ({"documentId": "sha256:" + "A" * 64}, "documentId"),
        ({"documentId": 1}, "documentId"),
        ({"documentId": VIEWER, "query": "{ __typename }"}, "documentId"),
        ({"documentId": VIEWER, "query": " "}, "query"),
        ({"documentId": None}, "query"),
        ({"extensions": {"persistedQuery": None}}, "query"),
        ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "a" * 64}}}, "extensions.persistedQuery"),
        (
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "short"}}},
            "extensions.persistedQuery.sha256Hash",
        ),
    ],
)
async def test_a_malformed_id_is_named(lab: Lab, sent: dict[str, Any], field: str) -> None:
    answer = await lab.client().post("/graphql", json=sent)

    assert (answer.status_code, code_of(answer)) == (400, "BAD_USER_INPUT")
    assert answer.json()["errors"][0]["extensions"]["field"] == field


@pytest.fixture
async def strict(settings: Settings, lab: Lab) -> AsyncIterator[Lab]:
    """The same database behind a gateway that takes trusted documents alone."""
    chosen = replace(settings, trusted_documents_only=True)
    made = create_app(chosen, database=lab.app.state.database)
    async with made.router.lifespan_context(made):
        opened = Lab(made)
        yield opened
        for client in opened.clients:
            await client.aclose()


@pytest.fixture
async def ann(lab: Lab) -> Person:
    return await lab.person("ann@example.com")


UNKNOWN = {"version": 1, "sha256Hash": "0" * 64}


@pytest.mark.parametrize(
    "sent",
    [
        {"query": "{ viewer { id } }"},
        {"query": "{ __schema { types { name } } }"},
        {"query": BY_NAME["viewer"].text + " "},
        {"documentId": "sha256:" + "0" * 64},
        {"extensions": {"persistedQuery": UNKNOWN}},
    ],
)
async def test_where_only_trusted_documents_are_taken_others_are_forbidden(
    strict: Lab, ann: Person, sent: dict[str, Any]
) -> None:
    client = strict.client(ann.token)

    answer = await client.post("/graphql", json=sent)
    streamed = await client.post("/graphql", json=sent, headers={"accept": "text/event-stream"})

    for refused in (answer, streamed):
        assert (refused.status_code, code_of(refused)) == (403, "FORBIDDEN")
        assert refused.json()["errors"][0]["extensions"]["kind"] == "TRUSTED_DOCUMENTS_ONLY"


async def test_where_only_trusted_documents_are_taken_those_run_by_id_and_by_text(strict: Lab, lab: Lab) -> None:
    board = await make_board(await lab.person("ann@example.com"))
    client = strict.client(board.ann.token)
    card = await board.card("Ship")

    by_id = await client.post(
        "/graphql", json={"documentId": COMMENT, "variables": {"input": {"cardId": card, "content": "Done"}}}
    )
    by_text = await client.post("/graphql", json={"query": BY_NAME["viewer"].text})

    assert by_id.json()["data"]["commentCreate"]["comment"]["content"] == "Done"
    assert by_text.json()["data"]["viewer"]["id"] == board.ann.id


async def test_a_socket_takes_no_other_documents_either(strict: Lab, ann: Person) -> None:
    async with on_port(strict.app) as address, dial(address) as socket:
        await sign_in(socket, ann.token)
        await say(socket, "subscribe", id="1", payload={"query": "{ viewer { id } }"})
        refused = await hear(socket)
        await say(socket, "subscribe", id="2", payload={"documentId": VIEWER})
        answered = await hear(socket)
        assert (await hear(socket))["type"] == "complete"
        await say(socket, "subscribe", id="3", payload={"documentId": BY_NAME["notification-events"].id})
        ready = await hear(socket)

    assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")
    assert answered["payload"]["data"]["viewer"]["id"] == ann.id
    assert ready["payload"]["data"]["notifications"]["__typename"] == "StreamReady"


def test_the_command_prints_each_id_with_its_name() -> None:
    printed = CliRunner().invoke(app, ["operations"])

    assert json.loads(printed.stdout) == {one.id: one.name for one in TRUSTED}
