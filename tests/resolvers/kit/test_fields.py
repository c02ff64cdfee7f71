"""Inputs, filters and orders follow from what models declare."""

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from bson import ObjectId
from pydantic import BaseModel, Field

from models.enums import Priority, ViewType
from models.errors import BadUserInput
from models.facts import CREATE, FILTER, SORT, UPDATE, WRITTEN, Facts
from models.limits import MARKDOWN, NAME
from resolvers.kit.fields import Filtered, fields_of, filtered_by, sorted_by, values_of
from resolvers.kit.input import Input, read_input


class Stone(BaseModel, arbitrary_types_allowed=True):
    """Something with a field of each kind that clients write."""

    name: Annotated[str, Facts("The name.", WRITTEN | FILTER | SORT, text=NAME)]
    name_key: str = ""
    note: Annotated[str | None, Facts("What is known of it.", WRITTEN, text=MARKDOWN)] = None
    cut_at: Annotated[datetime | None, Facts("When it was cut.", WRITTEN | SORT)] = None
    weight: Annotated[int, Facts("How heavy it is.", WRITTEN)] = 1
    share: Annotated[float, Facts("How much of it is used.", WRITTEN)] = 0.5
    view: Annotated[ViewType, Facts("How it is shown.", WRITTEN)] = ViewType.LIST
    priority: Annotated[Priority | None, Facts("How urgent it is.", WRITTEN)] = None
    wet: Annotated[bool, Facts("Whether it is wet.", UPDATE | FILTER, told={UPDATE: "Wet it."})] = False
    quarry_id: Annotated[ObjectId | None, Facts("Where it is from.", FILTER)] = None
    beside_ids: Annotated[list[ObjectId], Facts("What lies beside it.", FILTER)] = []
    marks: Annotated[list[str], Facts("A mark on it.", FILTER)] = []
    rank: Annotated[str, Facts("The place on the heap.", SORT)] = ""


@fields_of(Stone, CREATE)
class StoneCreate(Input):
    """A new stone."""

    weight: int = Field(7, description="How heavy it is; 7 by default.")


@fields_of(Stone, UPDATE)
class StoneUpdate(Input):
    """What changes of a stone."""


def told(model: type[Input]) -> dict[str, str | None]:
    """What each field of an input is."""
    return {name: field.description for name, field in model.model_fields.items()}


def test_a_creation_takes_what_is_declared_and_what_is_by_hand_wins() -> None:
    values = read_input(StoneCreate, {"name": " Slab ", "cutAt": "2026-05-01", "priority": "high"})

    assert values_of(values, Stone, CREATE) == {
        "name": "Slab",
        "note": None,
        "cut_at": datetime(2026, 5, 1, tzinfo=UTC),
        "weight": 7,
        "share": 0.5,
        "view": ViewType.LIST,
        "priority": Priority.HIGH,
    }


def test_an_update_takes_what_is_given_and_null_where_there_may_be_none() -> None:
    assert read_input(StoneUpdate, {}).given() == {}
    assert read_input(StoneUpdate, {"note": None, "wet": True}).given() == {"note": None, "wet": True}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"note": "[x](javascript:alert(1))"}, "note"),
        ({"cutAt": 7}, "cutAt"),
        ({"weight": "3"}, "weight"),
        ({"weight": 2**31}, "weight"),
        ({"weight": None}, "weight"),
        ({"share": "0.5"}, "share"),
        ({"share": float("nan")}, "share"),
        ({"view": "upside down"}, "view"),
        ({"wet": 1}, "wet"),
        ({"rank": "a"}, "rank"),
    ],
)
def test_a_declared_field_is_checked_by_its_type(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        read_input(StoneUpdate, values)

    assert refused.value.details["field"] == field


def test_inputs_say_of_limits_and_of_null_what_follows_from_the_field() -> None:
    assert told(StoneCreate) | {"view": None, "priority": None, "share": None} == {
        "name": "The name, 1 to 100 characters.",
        "note": "What is known of it, at most 5,000 characters.",
        "cut_at": "When it was cut.",
        "weight": "How heavy it is; 7 by default.",
        "share": None,
        "view": None,
        "priority": None,
    }
    assert told(StoneUpdate)["note"] == "What is known of it; null clears it."
    assert told(StoneUpdate)["wet"] == "Wet it."


def test_lists_are_filtered_and_sorted_by_what_is_declared_so() -> None:
    assert filtered_by(Stone) == {
        "name": Filtered("name", is_text=True),
        "wet": Filtered("wet"),
        "quarry": Filtered("quarry_id", is_id=True),
        "beside": Filtered("beside_ids", is_id=True, is_list=True),
        "mark": Filtered("marks", is_text=True, is_list=True),
    }
    assert sorted_by(Stone) == {"NAME": "name_key", "CUT_AT": "cut_at", "ORDER": "rank"}


def test_a_text_without_a_limit_is_not_written_by_declaration() -> None:
    class Endless(BaseModel):
        text: Annotated[str, Facts("A text.", WRITTEN)]

    with pytest.raises(TypeError, match="text is written, and has no bounds"):
        fields_of(Endless, CREATE)(StoneUpdate)
