"""What an answer is read by is asked for before anything changes."""

import dis
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from models import Scope
from models.base import collection
from models.enums import TokenScope
from resolvers.kit.operation import CATALOGUE, Operation
from rest.app import TABLE
from rest.routing import Route
from tests.rest.conftest import Api, Board, made
from tests.rest.told import told

AS_FAR = {("PATCH", "/auth/me")}
"""What answers with as much as the token may read."""
BY_RUN = {operation.run: operation for operation in CATALOGUE.values()}


@pytest.mark.parametrize("interface", ["/api/", ""])
def test_a_change_declares_what_its_answer_is_read_by_where_that_takes_another_scope(interface: str) -> None:
    undeclared = {
        f"{route.method} {route.path}": sorted(operation.name for operation in missing)
        for route in TABLE
        if not route.is_safe and not route.anonymous and route.path.startswith(interface)
        if (route.method, route.path) not in AS_FAR
        if (missing := _other_scopes(route) - set(route.reads))
    }

    assert undeclared == {}


def test_nothing_is_declared_that_no_answer_is_read_by() -> None:
    idle = {
        f"{route.method} {route.path}": sorted(operation.name for operation in set(route.reads) - _all_called(route))
        for route in TABLE
        if set(route.reads) - _all_called(route)
    }

    assert idle == {}


async def test_a_token_that_may_not_read_the_answer_changes_nothing(api: Api, board: Board) -> None:
    token = await made(board.ann, "/api-tokens", name="CI", scopes=[TokenScope.PROJECTS_WRITE.value])

    answer = await api.client(token["token"]).post(f"/api/projects/{board.project_id}/boards", json={"name": "Second"})

    assert (answer.status_code, told(answer).code) == (403, "FORBIDDEN")
    assert await collection(Scope).count_documents({"name": "Second"}) == 0


def _other_scopes(route: Route) -> set[Operation]:
    """The operations that only read, of all that a handler may call, whose scope is not the route's own."""
    return {
        operation
        for operation in _all_called(route)
        if operation.read_only and operation.scope not in (None, route.operation.scope)
    }


def _all_called(route: Route) -> set[Operation]:
    """The operations that a handler may call."""
    return set(_called(inspect.unwrap(route.handler), set()))


def _called(function: FunctionType | Any, seen: set[Any]) -> Iterator[Operation]:
    if function in seen:
        return
    seen.add(function)
    for code in _codes(function.__code__):
        for value in _named(code, function.__globals__):
            if inspect.isfunction(value) and value in BY_RUN:
                yield BY_RUN[value]
            elif inspect.isfunction(value) and value.__module__.startswith("rest."):
                yield from _called(inspect.unwrap(value), seen)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _named(code: CodeType, known: dict[str, Any]) -> Iterator[Any]:
    used: dict[str, set[str]] = {}
    for instruction in dis.get_instructions(code):
        used.setdefault(instruction.opname, set()).add(str(instruction.argval))
    attributes = used.get("LOAD_ATTR", set()) | used.get("LOAD_METHOD", set())
    for value in (known.get(name) for name in used.get("LOAD_GLOBAL", ())):
        if isinstance(value, ModuleType) and value.__name__.startswith("rest."):
            yield from (getattr(value, name, None) for name in attributes)
        else:
            yield value
