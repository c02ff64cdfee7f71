"""Documents that clients register by their hash (Apollo's automatic persisted queries)."""

from hashlib import sha256
from typing import Any

import httpx
import pytest

from models.errors import Forbidden
from serving.graph import persisted
from serving.graph.persisted import Persisted, PersistedQueryNotFoundError
from serving.transports.protocol import OperationRequest
from tests.gateway.lab import Lab

TYPE = "{ __typename }"
NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"


def named(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}


def request(text: str, query: str = "") -> OperationRequest:
    return OperationRequest(query, extensions=named(text))


def error_of(answer: httpx.Response) -> tuple[str, str]:
    error = answer.json()["errors"][0]
    return error["message"], error["extensions"]["code"]


async def test_an_unknown_hash_asks_for_the_text_which_then_is_known(lab: Lab) -> None:
    http, text = lab.client(), "query Unregistered { __typename }"

    first = await http.post("/graphql", json={"extensions": named(text)})
    both = await http.post("/graphql", json={"query": text, "extensions": named(text)})
    then = await http.post("/graphql", json={"extensions": named(text)})
    by_id = await http.post("/graphql", json={"documentId": "sha256:" + named(text)["persistedQuery"]["sha256Hash"]})

    assert (first.status_code, *error_of(first)) == (200, "PersistedQueryNotFound", NOT_FOUND)
    assert both.json() == then.json() == by_id.json() == {"data": {"__typename": "Query"}}


async def test_an_empty_text_beside_a_hash_is_none(lab: Lab) -> None:
    http, text = lab.client(), "query Registered { __typename }"
    await http.post("/graphql", json={"query": text, "extensions": named(text)})

    known = await http.post("/graphql", json={"query": "", "extensions": named(text)})
    unknown = await http.post("/graphql", json={"query": "", "extensions": named("{ a }")})
    nothing = await http.post("/graphql", json={"query": "", "extensions": {}})

    assert known.json() == {"data": {"__typename": "Query"}}
    assert error_of(unknown)[1] == NOT_FOUND
    assert (nothing.status_code, error_of(nothing)[1]) == (400, "BAD_USER_INPUT")


async def test_an_unknown_hash_is_a_bad_request_for_clients_that_read_the_new_media_type(lab: Lab) -> None:
    answer = await lab.client().post(
        "/graphql", json={"extensions": named("{ a }")}, headers={"accept": "application/graphql-response+json"}
    )

    assert (answer.status_code, error_of(answer)[1]) == (400, NOT_FOUND)


async def test_a_hash_of_another_text_is_refused_and_registers_nothing(lab: Lab) -> None:
    http = lab.client()

    answer = await http.post("/graphql", json={"query": TYPE, "extensions": named("{ viewer { id } }")})
    then = await http.post("/graphql", json={"extensions": named("{ viewer { id } }")})

    assert (answer.status_code, error_of(answer)[1]) == (400, "BAD_USER_INPUT")
    assert error_of(then)[1] == NOT_FOUND


async def test_an_invalid_document_is_not_kept(lab: Lab) -> None:
    http = lab.client()

    await http.post("/graphql", json={"query": "{ nope }", "extensions": named("{ nope }")})

    assert error_of(await http.post("/graphql", json={"extensions": named("{ nope }")}))[1] == NOT_FOUND


def test_the_least_recently_used_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persisted, "MAX_KEPT", 2)
    known = Persisted()
    for text in ("a", "b"):
        known.register(request(text, text))
    known.text_of(request("a"))

    known.register(request("c", "c"))

    assert [known.text_of(request(text)) for text in ("a", "c")] == ["a", "c"]
    with pytest.raises(PersistedQueryNotFoundError):
        known.text_of(request("b"))


def test_the_bytes_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persisted, "MAX_KEPT_BYTES", 10)
    known = Persisted()

    for text in ("a" * 6, "b" * 6):
        known.register(request(text, text))

    assert known.text_of(request("b" * 6)) == "b" * 6
    with pytest.raises(PersistedQueryNotFoundError):
        known.text_of(request("a" * 6))


def test_a_gateway_of_trusted_documents_registers_none() -> None:
    known = Persisted(only=True)

    known.register(request(TYPE, TYPE))

    with pytest.raises(Forbidden):
        known.text_of(request(TYPE))
