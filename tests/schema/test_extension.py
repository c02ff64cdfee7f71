"""A type has fields that the modules of other types declare for it, each where it is said to stand."""

from collections import defaultdict
from typing import Annotated, Any

import pytest
import strawberry
from strawberry.types import get_object_definition

from schema import extension
from schema.extension import extend_types, extends


@strawberry.type
class Star:
    name: str
    size: int


StarRef = Annotated["Star", strawberry.lazy(__name__)]


@pytest.fixture(autouse=True)
def extensions_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    extend_types()
    monkeypatch.setattr(extension, "_EXTENSIONS", defaultdict(list))
    definition = get_object_definition(Star, strict=True)
    monkeypatch.setattr(definition, "fields", [*definition.fields])


def fields(module: str, *names: str) -> Any:
    """A class with these fields, as if from a module of the graph."""
    return type("OfStar", (), {"__annotations__": dict.fromkeys(names, int), "__module__": f"schema.{module}"})


def shown() -> list[str]:
    extend_types()
    return [field.python_name for field in get_object_definition(Star, strict=True).fields]


def test_a_field_stands_behind_the_own_ones_or_right_behind_the_one_that_is_named() -> None:
    extends(StarRef)(fields("comment", "comets"))
    extends(StarRef, after="name")(fields("label", "planets", "moons"))

    assert shown() == ["name", "planets", "moons", "size", "comets"]


def test_a_field_may_stand_behind_one_of_an_extension_whichever_is_imported_first() -> None:
    extends(StarRef, after="planets")(fields("mission", "rings"))
    extends(StarRef, after="name")(fields("label", "planets", "moons"))

    assert shown() == ["name", "planets", "rings", "moons", "size"]


def test_fields_at_one_place_stand_in_the_order_of_their_modules() -> None:
    for module in ("mission", "comment", "label"):
        extends(StarRef, after="name")(fields(module, f"{module}s"))

    assert shown() == ["name", "comments", "labels", "missions", "size"]


def test_what_is_to_stand_behind_a_field_that_is_not_there_is_refused() -> None:
    extends(StarRef, after="planets")(fields("mission", "rings"))

    with pytest.raises(LookupError, match="no field of Star is called planets"):
        shown()


def test_an_extension_is_of_the_type_once() -> None:
    extends(StarRef)(fields("comment", "comets"))

    assert shown() == shown() == ["name", "size", "comets"]
