"""Resolvers: the default one, resolvers of fields, what they are given, and what they may give."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLResolveInfo, parse
from graphql.pyutils import Undefined

from execution import execute_sync
from tests.execution.support import both, both_later, errors_of, schema_of

SDL = """
type Query {
  test(s: String, i: Int = 5, l: [Int!], o: Point): String
  thing: Thing
  things: [Thing]
}
type Thing { value(x: Int): String other: String thing: Thing from: String }
input Point { x: Int! y: Int = 3 }
"""
SCHEMA = schema_of(SDL)


class Bag(Mapping[str, Any]):
    """A mapping that is no dict."""

    def __init__(self, **entries: Any) -> None:
        self._entries = entries

    def __getitem__(self, key: str) -> Any:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class Thing:
    """A thing whose attribute fails."""

    other = "attribute"

    @property
    def value(self) -> str:
        raise ValueError("Broken.")


def test_keys_attributes_and_what_is_missing_are_read() -> None:
    values = [{"other": "key"}, Thing(), Bag(other="bag"), {}, object(), 7, None]
    result = both(SCHEMA, "{ things { other from } }", {"things": values})
    assert [thing and thing["other"] for thing in result.data["things"]] == [  # type: ignore[index]
        "key", "attribute", "bag", None, None, None, None
    ]  # fmt: skip


def test_a_default_dict_is_not_written_to() -> None:
    from collections import defaultdict

    value: Any = defaultdict(list)
    both(SCHEMA, "{ thing { other } }", {"thing": value})
    assert not value


def test_an_attribute_that_fails_is_an_error_of_its_object() -> None:
    result = both(SCHEMA, "{ things { value other } }", {"things": [Thing(), {"value": "v"}]})
    assert errors_of(result) == [("Broken.", ["things", 0, "value"])]


def test_callables_are_called_with_info_and_arguments() -> None:
    def value(info: GraphQLResolveInfo[Any], x: int = 0) -> str:
        return f"{info.path.as_list()} {x}"

    result = both(SCHEMA, "{ things { value(x: 4) } }", {"things": [{"value": value}, {"value": "plain"}]})
    assert result.data == {"things": [{"value": "['things', 0, 'value'] 4"}, {"value": "plain"}]}


@pytest.mark.parametrize(
    "document",
    [
        "{ test }",
        '{ test(s: "a", i: 1) }',
        "{ test(s: null, i: null, l: [1, 2], o: {x: 1}) }",
        "query ($s: String, $x: Int! = 9) { test(s: $s, o: {x: $x}) }",
        "{ test(i: 99999999999) }",
        "{ test(l: [1, null]) }",
        "{ test(o: {y: 1}) }",
    ],
)
def test_arguments_are_given_as_graphql_core_gives_them(document: str) -> None:
    schema = schema_of(SDL, Query__test=lambda _source, _info, **args: repr(sorted(args.items())))
    both(schema, document, variable_values={"s": "variable"})


def test_the_info_is_a_real_one() -> None:
    infos: list[GraphQLResolveInfo[Any]] = []

    def resolve(_source: Any, info: GraphQLResolveInfo[Any]) -> str:
        infos.append(info)
        return "x"

    schema = schema_of(SDL, Thing__other=resolve)
    root: dict[str, Any] = {"things": [{}, {}]}
    execute_sync(schema, parse("query Q { things { alias: other } }"), root, "context")
    core = both(schema, "query Q { things { alias: other } }", root, context_value="context")
    assert core.errors is None
    ours, theirs = infos[1], infos[3]
    assert isinstance(ours, GraphQLResolveInfo)
    assert ours.path == theirs.path
    assert ours.path.as_list() == ["things", 1, "alias"]
    assert [ours.field_name, ours.parent_type, ours.return_type, ours.context, ours.root_value] == [
        theirs.field_name, theirs.parent_type, theirs.return_type, theirs.context, theirs.root_value
    ]  # fmt: skip
    assert ours.operation.name is not None
    assert ours._replace(context="new").path == theirs.path


def test_an_object_may_change_the_arguments_that_it_is_given() -> None:
    def resolve(_source: Any, _info: Any, x: Any = None, **args: Any) -> str:
        found = [*args.get("l", [])]
        args.get("l", []).append(7)
        return f"{x} {found}"

    schema = schema_of("type Query { things: [Thing] } type Thing { value(l: [Int]): String }", Thing__value=resolve)
    result = both(schema, "{ things { value(l: [1]) } }", {"things": [{}, {}]})
    assert result.data == {"things": [{"value": "None [1]"}, {"value": "None [1]"}]}


@pytest.mark.parametrize(
    "answer",
    [None, Undefined, "text", GraphQLError("Told.", extensions={"code": "X"}), 5, object()],
    ids=lambda answer: type(answer).__name__,
)
def test_any_answer_is_completed(answer: Any) -> None:
    both(schema_of(SDL, Query__test=lambda *_args, **_kwargs: answer), "{ test thing { other } }")


async def test_answers_may_be_awaitable() -> None:
    async def resolve(source: Any, _info: Any) -> Any:
        return source["n"]

    async def thing(_info: Any) -> Any:
        return {"n": "inner"}

    schema = schema_of(SDL, Thing__other=resolve)
    root = {"things": [{"n": "a"}, {"n": "b"}], "thing": thing}
    result = await both_later(schema, "{ things { other } thing { other } }", root)
    assert result.data == {"things": [{"other": "a"}, {"other": "b"}], "thing": {"other": "inner"}}


def test_a_field_resolver_of_the_request_is_used() -> None:
    def resolve(source: Any, info: Any, **_args: Any) -> Any:
        return source if info.field_name == "thing" else info.field_name

    result = both(SCHEMA, "{ thing { value other } }", "root", field_resolver=resolve)
    assert result.data == {"thing": {"value": "value", "other": "other"}}


def test_middleware_wraps_every_resolver() -> None:
    def loud(resolve: Any, source: Any, info: Any, **args: Any) -> Any:
        value = resolve(source, info, **args)
        return value.upper() if isinstance(value, str) else value

    result = both(SCHEMA, "{ thing { other __typename } }", {"thing": {"other": "low"}}, middleware=[loud])
    assert result.data == {"thing": {"other": "LOW", "__typename": "THING"}}
