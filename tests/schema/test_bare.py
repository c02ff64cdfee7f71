"""Types of the graph declare a shape, and nothing is written for each of them."""

import dataclasses

import pytest
import strawberry
from strawberry import UNSET
from strawberry.types.base import StrawberryObjectDefinition

from resolvers.inputs.label import LabelCreate
from schema.graph import graph
from schema.inputs.derived import input_type
from schema.query import Query


@strawberry.input
class Paint:
    """What a wall is painted with."""

    colour: str
    coats: int | None = strawberry.field(default=2)
    note: str | None = UNSET
    layers: list[str] = strawberry.field(default_factory=list)


def test_no_type_has_a_function_of_its_own() -> None:
    # Given
    definitions = [one.extensions.get("strawberry-definition") for one in graph().type_map.values()]
    types = {one.origin for one in definitions if isinstance(one, StrawberryObjectDefinition)}
    ours = {one for one in types if one.__module__.startswith("schema.")}
    assert {Query, input_type(LabelCreate)} <= ours

    # When
    made = {vars(one)["__init__"] for one in ours}

    # Then
    assert len(made) == 1
    assert [one for one in ours if vars(one).get("__eq__") or vars(one).get("__repr__")] == []


@pytest.mark.parametrize(("given", "coats", "note"), [({}, 2, UNSET), ({"coats": 1, "note": "matt"}, 1, "matt")])
def test_an_input_has_what_was_given_and_the_defaults_of_the_rest(
    given: dict[str, object], coats: int, note: object
) -> None:
    # When
    paint = Paint(colour="blue", **given)  # type: ignore[arg-type]

    # Then
    assert (paint.colour, paint.coats, paint.note, paint.layers) == ("blue", coats, note, [])
    assert paint.layers is not Paint(colour="red").layers
    assert [field.name for field in dataclasses.fields(paint)] == ["colour", "coats", "note", "layers"]
    assert Paint.__doc__ == "What a wall is painted with."


@pytest.mark.parametrize(
    ("given", "told"), [({}, "made with colour"), ({"colour": "blue", "gloss": True}, "has no gloss")]
)
def test_what_is_missing_or_none_of_a_type_is_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        Paint(**given)  # type: ignore[arg-type]
