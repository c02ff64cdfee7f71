"""Every route of the interface, held to its contract."""

import pkgutil
import re
from importlib import import_module
from typing import Any

import httpx
import pytest

from rest.app import TABLE
from tests.rest import contract as contracts
from tests.rest.contract.contract import SAME, Contract, Refused
from tests.rest.contract.reference import REFERENCE
from tests.rest.contract.shape import filled, misfits
from tests.rest.contract.stage import Stage
from tests.rest.told import told

OTHERS = [one.name for one in pkgutil.iter_modules(contracts.__path__) if not re.match("test_|conftest", one.name)]
MODULES = [import_module(f"tests.rest.contract.{name}") for name in OTHERS]
CONTRACTS: list[Contract] = [one for module in MODULES for one in getattr(module, "CONTRACTS", ())]
"""Those of all modules beside this one."""
each = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda one: one.name)


def test_each_route_has_one_contract_and_each_contract_a_route() -> None:
    names = [one.name for one in CONTRACTS]

    assert sorted(names) == sorted(f"{route.method} {route.path}" for route in TABLE)


def test_each_route_of_the_reference_has_a_contract() -> None:
    assert {one.name for one in CONTRACTS} >= REFERENCE
    assert len(REFERENCE) == 96


@each
async def test_a_route_answers_the_documented_request_as_documented(contract: Contract, stage: Stage) -> None:
    # Given
    if contract.given:
        await contract.given(stage)

    # When
    answer = await send(stage, contract)

    # Then
    assert answer.status_code == contract.wanted_status, answer.text
    if answer.status_code != 204:
        assert answer.headers["content-type"].partition(";")[0] == contract.gives
    if isinstance(contract.answers, bytes):
        assert answer.content == contract.answers
    elif isinstance(contract.answers, re.Pattern):
        assert contract.answers.match(answer.content)
    elif contract.answers is None:
        assert answer.content == b""
    else:
        assert misfits(answer.json(), contract.answers, stage.ids) == []
    await _then(stage, contract)


async def _then(stage: Stage, contract: Contract) -> None:
    for one in contract.then:
        found = await stage.send("GET", one.path, by=contract.by, path=contract.path)
        assert found.status_code == one.status, found.text
        assert misfits(found.json(), one.shape, stage.ids, f"GET {one.path}") == []


@each
async def test_a_route_refuses_bad_input_and_changes_nothing(contract: Contract, stage: Stage) -> None:
    await _refuses(stage, contract, contract.bad)


@each
async def test_a_route_denies_whoever_may_not_and_changes_nothing(contract: Contract, stage: Stage) -> None:
    await _refuses(stage, contract, contract.denied)


async def _refuses(stage: Stage, contract: Contract, refused: Refused) -> None:
    # Given
    if contract.given:
        await contract.given(stage)
        await stage.arrange()

    # When
    answer = await send(stage, contract, refused)

    # Then
    assert answer.status_code == refused.status, answer.text
    said = told(answer, contract.route)
    assert said.code == refused.code
    assert said.message
    if refused.at is not None:
        assert said.details["field"] == refused.at
    assert await stage.changes() == []


async def send(
    stage: Stage, contract: Contract, refused: Refused | None = None, path: dict[str, Any] | None = None
) -> httpx.Response:
    """The answer to the documented request, or to one that is refused, or that goes through other objects."""
    headers = contract.headers if refused is None else {**contract.headers, **refused.headers}
    sent: dict[str, Any] = {"by": contract.by, "path": {**contract.path, **(path or {})}}
    sent["headers"] = filled(headers, stage.ids)
    body, params, content = contract.sent, contract.params, contract.content
    if refused is not None:
        sent["by"] = contract.by if refused.by is SAME else refused.by
        sent["path"] = {**contract.path, **refused.path}
        body = body if refused.sent is SAME else refused.sent
        params = params if refused.params is SAME else refused.params
        if refused.content is not SAME:
            body, content = None, refused.content
    if body is not None:
        sent["json"] = body
    if params is not None:
        sent["params"] = filled(params, stage.ids)
    if content is not None:
        sent["content"] = content
        sent["headers"] = {"content-type": "application/json", **sent["headers"]}
    if contract.file is not None and content is None:
        sent["files"] = {"file": contract.file}
    return await stage.send(contract.method, contract.route, **sent)
