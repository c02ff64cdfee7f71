"""What REST shows of a record follows from its model, or from the types of what is answered."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import pytest
from bson import ObjectId
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

from models.enums import Priority
from models.facts import GRAPH, SHOWN, TRANSFER, Facts
from rest.present import Id, Timestamp, presents, shown
from rest.stellary.present.project import counts_of_three
from rest.stellary.present.stats import shares_of_three

AT = datetime(2026, 5, 1, 12, 30, 0, 5000, tzinfo=UTC)
ONE, OTHER = ObjectId("0123456789abcdef01234567"), ObjectId("0123456789abcdef01234568")


class Stone(BaseModel, arbitrary_types_allowed=True):
    """Something with a field of each kind."""

    quarry_id: Annotated[ObjectId, Facts("Where it is from.")]
    cut_at: Annotated[datetime | None, Facts("When it was cut.", SHOWN | TRANSFER)] = None
    weight: Annotated[int, Facts("How heavy it is.")] = 1
    priority: Annotated[Priority | None, Facts("How urgent it is.")] = None
    beside_ids: Annotated[list[ObjectId], Facts("What lies beside it.")] = []
    hidden: Annotated[str, Facts("What REST does not show.", GRAPH)] = ""
    secret: str = ""


@presents(Stone)
class Shown(TypedDict):
    """A stone."""

    weight: str


@presents(Stone, door=TRANSFER)
class Exported(TypedDict):
    pass


@presents(Stone, only=("priority",), without=("id",))
class Urgency(TypedDict):
    pass


def test_a_priority_that_came_later_is_shown_as_the_nearest_that_clients_know() -> None:
    shares: list[dict[str, Any]] = [
        {"priority": Priority.HIGH, "count": 2, "open": 1},
        {"priority": None, "count": 2, "open": 2},
        {"priority": Priority.CRITICAL, "count": 1, "open": 1},
    ]
    counts: list[dict[str, Any]] = [{"priority": priority, "count": 1} for priority in (None, *Priority)]

    urgency: Any = shown(Urgency, {"priority": Priority.CRITICAL})
    assert urgency == {"priority": "high"}
    assert [(share["priority"], share["count"], share["open"]) for share in shares_of_three(shares)] == [
        (Priority.HIGH, 3, 2),
        (None, 2, 2),
    ]
    assert counts_of_three(counts) == {"none": 1, "low": 1, "medium": 1, "high": 2}


class Figures(TypedDict):
    """What no model declares."""

    start: Timestamp | None
    late: bool
    urgency: Literal["low", "medium", "high"] | None
    rows: list["Wall"]
    p85Days: int


class Wall(TypedDict):
    wallId: Id


@pytest.fixture
def stone() -> dict[str, Any]:
    return {
        "_id": ONE,
        "quarry_id": OTHER,
        "cut_at": AT,
        "weight": 3,
        "priority": 3,
        "beside_ids": [ONE],
        "hidden": "x",
        "secret": "y",
    }


def test_declared_fields_are_shown_as_json_holds_them(stone: dict[str, Any]) -> None:
    assert {**shown(Shown, stone), "weight": "3 kg"} == {
        "id": str(ONE),
        "quarryId": str(OTHER),
        "cutAt": "2026-05-01T12:30:00.005Z",
        "priority": "high",
        "besideIds": [str(ONE)],
        "weight": "3 kg",
    }


def test_what_is_by_hand_is_left_to_who_asks(stone: dict[str, Any]) -> None:
    assert "weight" not in shown(Shown, stone)


def test_a_record_of_before_has_what_a_field_is_without_it() -> None:
    assert {**shown(Shown, {"_id": ONE, "quarry_id": OTHER})} == {
        "id": str(ONE),
        "quarryId": str(OTHER),
        "cutAt": None,
        "priority": None,
        "besideIds": [],
    }


def test_a_record_without_what_every_one_has_is_an_error(stone: dict[str, Any]) -> None:
    del stone["quarry_id"]

    with pytest.raises(KeyError, match="quarry_id"):
        shown(Shown, stone)


def test_another_door_shows_its_own_fields(stone: dict[str, Any]) -> None:
    assert {**shown(Exported, stone)} == {"cutAt": "2026-05-01T12:30:00.005Z"}


def test_the_schema_tells_of_declared_fields_and_of_those_by_hand() -> None:
    schema = TypeAdapter(Shown).json_schema()

    assert set(schema["required"]) == {"id", "quarryId", "cutAt", "priority", "besideIds", "weight"}
    assert schema["properties"]["weight"]["type"] == "string"
    assert schema["properties"]["priority"]["anyOf"][0]["enum"] == ["low", "medium", "high"]
    assert schema["description"] == "A stone."


def test_what_presents_no_model_is_shown_by_its_types() -> None:
    figures = {
        "start": AT,
        "is_late": True,
        "urgency": Priority.LOW,
        "rows": [{"wall_id": ONE}],
        "p85_days": 4,
    }

    assert shown(Figures, figures) == {
        "start": "2026-05-01T12:30:00.005Z",
        "late": True,
        "urgency": "low",
        "rows": [{"wallId": str(ONE)}],
        "p85Days": 4,
    }
