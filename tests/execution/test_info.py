"""The info of a resolver: a path made on demand, and otherwise the tuple that graphql-core's is."""

import copy
from typing import Any

import pytest
from graphql import GraphQLResolveInfo, parse

from execution import Selection, execute
from execution.planner import selection_of
from tests.execution.support import schema_of

SDL = "type Query { cards: [Card] } type Card { title: String }"


@pytest.fixture
def infos() -> list[Any]:
    """The infos of two titles."""
    found: list[Any] = []
    schema = schema_of(SDL, Card__title=lambda _source, info: found.append(info))
    execute(schema, parse("{ cards { title } }"), {"cards": [{}, {}]}, "context")
    return found


def test_the_path_is_that_of_each_object(infos: list[Any]) -> None:
    assert [info.path.as_list() for info in infos] == [["cards", 0, "title"], ["cards", 1, "title"]]


def _fields(info: Any) -> list[Any]:
    return [getattr(info, name) for name in GraphQLResolveInfo._fields]


@pytest.mark.parametrize(
    "read",
    [
        list,
        lambda info: [info[at] for at in range(len(info))],
        lambda info: [info[at - len(info)] for at in range(len(info))],
        lambda info: list(info[:]),
        lambda info: list(info._asdict().values()),
        lambda info: list(info._replace()),
        lambda info: list(info.__add__(())),
        lambda info: list(copy.copy(info)),
        lambda info: list((lambda *items: items)(*info)),
        lambda info: list(reversed(info))[::-1],
    ],
)
def test_every_way_to_read_it_finds_what_its_names_say(infos: list[Any], read: Any) -> None:
    assert read(infos[1]) == _fields(infos[1])


def test_it_is_equal_to_the_plain_info_of_the_same_field_and_to_no_other(infos: list[Any]) -> None:
    plain = GraphQLResolveInfo(*_fields(infos[0]))
    assert infos[0] == plain
    assert plain == infos[0]
    assert infos[0] == infos[0]._replace()
    assert infos[0] != infos[1]
    assert infos[0].path in infos[0]
    assert infos[0].index(infos[0].path) == 4
    assert infos[0].count(infos[0].path) == 1


def test_it_shows_its_path_and_can_be_changed(infos: list[Any]) -> None:
    assert "path=Path(" in repr(infos[0])
    changed = infos[0]._replace(context="other")
    assert (changed.context, changed.path) == ("other", infos[0].path)
    assert infos[0].context == "context"


def test_what_is_selected_below_a_field_is_found_once_for_all_requests_of_a_document() -> None:
    found: list[Selection] = []
    schema = schema_of(SDL, Query__cards=lambda _source, info: found.append(selection_of(info)))
    document = parse("{ cards { title } }")

    for _ in range(2):
        execute(schema, document)

    assert found[0] is found[1]
    assert found[0].names == {"title"}
