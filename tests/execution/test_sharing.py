"""An object reached by several parents is completed once, and its errors are those of all its places."""

import gc
from typing import Any

import pytest
from graphql import parse

from execution import Executor, execute_sync
from tests.execution.support import both, errors_of, schema_of

SDL = """
type Query { cards: [Card] }
type Card { user: User users: [User!] }
type User { name: String! loud: String friend: User }
"""
SCHEMA = schema_of(SDL)


class Counted:
    """An object that counts how often its name is read."""

    def __init__(self, name: str | None) -> None:
        self._name = name
        self.reads = 0
        self.friend: Any = None

    @property
    def name(self) -> str | None:
        self.reads += 1
        return self._name


def test_it_is_read_once() -> None:
    user = Counted("Ann")
    cards = [{"user": user, "users": [user, user]}] * 3
    result = execute_sync(SCHEMA, parse("{ cards { user { name } users { name } } }"), {"cards": cards})
    assert result.data == {"cards": [{"user": {"name": "Ann"}, "users": [{"name": "Ann"}] * 2}] * 3}
    assert user.reads == 2, "once per place in the document"


def test_its_errors_are_reported_at_every_place() -> None:
    user = {"name": None}
    other = {"name": "Ben"}
    cards = [{"user": user, "users": [other, user]}, None, {"user": other}, {"user": user, "users": None}]
    result = both(SCHEMA, "{ cards { user { name } users { name } } }", {"cards": cards})
    assert [path for _, path in errors_of(result)] == [
        ["cards", 0, "user", "name"],
        ["cards", 0, "users", 1, "name"],
        ["cards", 3, "user", "name"],
    ]


def test_objects_below_it_are_shared_too() -> None:
    friend = Counted("Cy")
    user = {"name": "Ann", "friend": friend}
    cards = [{"user": user}, {"user": dict(user)}]
    execute_sync(SCHEMA, parse("{ cards { user { friend { name } } } }"), {"cards": cards})
    assert friend.reads == 1


def test_a_resolver_below_is_called_for_every_place() -> None:
    def loud(_source: Any, info: Any) -> str:
        return str(info.path.as_list())

    user = {"name": "Ann", "friend": {"name": "Cy"}}
    schema = schema_of(SDL, User__loud=loud)
    result = both(schema, "{ cards { user { friend { loud } } } }", {"cards": [{"user": user}, None, {"user": user}]})
    assert result.errors is None


@pytest.mark.parametrize("option", ["field_resolver", "middleware"])
def test_a_resolver_of_the_request_is_called_for_every_place(option: str) -> None:
    def by_path(*args: Any, **_kwargs: Any) -> Any:
        source, info = args[-2:]
        return str(info.path.as_list()) if info.field_name == "name" else source.get(info.field_name)

    user = {"name": "Ann"}
    cards = [{"user": user}, {"user": user}]
    options: Any = {option: [by_path] if option == "middleware" else by_path}
    both(SCHEMA, "{ cards { user { name } } }", {"cards": cards}, **options)


def test_many_distinct_objects_with_repeats_among_them() -> None:
    users = [{"name": f"User {number}"} for number in range(200)]
    cards = [{"user": users[number % 150] if number % 7 else None} for number in range(400)]
    both(SCHEMA, "{ cards { user { name } } }", {"cards": cards})


def test_an_execution_leaves_no_rows_to_the_collector() -> None:
    class Kept:
        name = "n"
        alive = 0

        def __init__(self) -> None:
            Kept.alive += 1

        def __del__(self) -> None:
            Kept.alive -= 1

    gc.collect()
    gc.disable()
    try:
        execute_sync(SCHEMA, parse("{ cards { user { name } } }"), {"cards": [{"user": Kept()} for _ in range(5)]})
        # graphql-core's executor refers to itself, and to the root value.
        executor = Executor.build(SCHEMA, parse("{ cards { user { name } } }"), None)
        assert not isinstance(executor, list)
    finally:
        gc.enable()
    gc.collect()
    assert Kept.alive == 0
