"""Interfaces and unions: the runtime type, found synchronously or not, and every way in which it can be wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLSchema

from tests.execution.support import both, both_later, errors_of, schema_of

SDL = """
interface Pet { name: String }
type Dog implements Pet { name: String woofs: Boolean friend: Pet }
type Cat implements Pet { name: String meows: Boolean }
union Animal = Dog | Cat
type Person { name: String }
input Food { name: String }
type Query { pets: [Pet] pet: Pet animals: [Animal!]! must: Pet! }
"""
QUERY = """
{
  pets { __typename name ... on Dog { woofs friend { name __typename } } ... on Cat { meows } }
  animals { __typename ...Dogs ... on Pet { name } }
}
fragment Dogs on Dog { woofs }
"""
DOG = {"__typename": "Dog", "name": "Odie", "woofs": True, "friend": {"__typename": "Cat", "name": "Nermal"}}
CAT = {"__typename": "Cat", "name": "Garfield", "meows": False}


class Dog:
    """A dog with attributes."""

    name = "Rex"
    woofs = True
    friend = None

    def __init__(self) -> None:
        self.__typename = "Dog"


def _schema(resolve_type: Callable[..., Any] | None = None, **checks: Callable[..., Any]) -> GraphQLSchema:
    schema = schema_of(SDL)
    types: Any = schema.type_map
    types["Pet"].resolve_type = types["Animal"].resolve_type = resolve_type
    for name, check in checks.items():
        types[name].is_type_of = check
    return schema


def test_the_type_is_read_off_the_value() -> None:
    animals = [DOG, CAT, Dog()]
    result = both(_schema(), QUERY, {"pets": [DOG, None, CAT, CAT, Dog()], "animals": animals})
    assert result.errors is None


def test_the_type_is_resolved() -> None:
    schema = _schema(lambda value, _info, _type: "Dog" if "woofs" in value else "Cat")
    assert both(schema, QUERY, {"pets": [DOG, CAT, DOG], "animals": [CAT]}).errors is None


async def test_the_type_is_resolved_later() -> None:
    async def resolve(value: Any, _info: Any, _type: Any) -> str:
        if "name" not in value:
            raise LookupError("Nameless.")
        return "Dog" if "woofs" in value else "Cat"

    result = await both_later(_schema(resolve), QUERY, {"pets": [DOG, {}, CAT], "animals": [CAT]})
    assert errors_of(result) == [("Nameless.", ["pets", 1])]


def test_types_are_asked_whether_a_value_is_theirs() -> None:
    schema = _schema(Dog=lambda value, _info: "woofs" in value, Cat=lambda value, _info: "meows" in value)
    plain = [{"name": "Odie", "woofs": True}, {"name": "Garfield", "meows": True}, {"name": "Polly"}]
    result = both(schema, QUERY, {"pets": plain, "animals": plain[:2]})
    assert [path for _, path in errors_of(result)] == [["pets", 2]]


async def test_types_are_asked_later() -> None:
    async def is_dog(value: Any, _info: Any) -> bool:
        return "woofs" in value

    async def is_cat(value: Any, _info: Any) -> bool:
        return "meows" in value

    plain = [{"name": "Odie", "woofs": True}, {"name": "Garfield", "meows": True}]
    result = await both_later(_schema(Dog=is_dog, Cat=is_cat), QUERY, {"pets": plain, "animals": plain})
    assert result.errors is None


@pytest.mark.parametrize("answer", ["Person", "Food", "Nothing", None, 7, ValueError("Unsure.")], ids=str)
@pytest.mark.parametrize("root", [{"pets": [CAT, DOG], "animals": []}, {"pet": DOG}, {"must": DOG}], ids=str)
def test_a_wrong_type_is_an_error(answer: Any, root: Any) -> None:
    def resolve(_value: Any, _info: Any, _type: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    field = next(iter(root))
    result = both(_schema(resolve), f"{{ {field} {{ name }} }}", root)
    assert result.errors


@pytest.mark.parametrize("values", [[DOG, CAT, DOG], [DOG, DOG], [CAT, None, DOG]], ids=len)
def test_a_type_that_denies_its_value_is_an_error(values: Any) -> None:
    schema = _schema(Dog=lambda value, _info: value is not DOG)
    result = both(schema, "{ pets { name } }", {"pets": values})
    assert "Expected value of type 'Dog' but got" in errors_of(result)[0][0]


def test_a_type_resolver_of_the_request_is_used() -> None:
    result = both(_schema(), "{ pet { __typename } }", {"pet": {}}, type_resolver=lambda *_: "Cat")
    assert result.data == {"pet": {"__typename": "Cat"}}


def test_the_info_of_a_type_resolver_is_that_of_the_field() -> None:
    paths: list[Any] = []

    def resolve(_value: Any, info: Any, _type: Any) -> str:
        paths.append((info.path.as_list(), info.field_name, info.parent_type.name))
        return "Cat"

    both(_schema(resolve), "{ pets { name } }", {"pets": [dict(CAT), dict(CAT)]})
    assert paths == [(["pets"], "pets", "Query")] * 4
