"""An event is declared once, in `realtime.events`: the graph follows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType
from pydantic import Field

from models.records import CardRecord
from realtime.events import EVENTS, Id, Shown, Topic, names_about
from realtime.events.base import IN_PROJECT, Event
from realtime.events.notification import NotificationsRead
from schema.events.declared import build_event, graph_type
from schema.graph import graph

ROOT = Path(__file__).parents[2]


@pytest.fixture
def flagged() -> Iterator[type[Event]]:
    class CardFlagged(Event, topics=IN_PROJECT):
        """A card was flagged.

        This is for whoever reads the code.
        """

        deleted_id: Annotated[Id, Shown("The id of the card.", name="card_id")]
        card: Annotated[CardRecord, Shown("The card as it was then.")]
        colours: Annotated[list[str], Shown("Its flags.")] = Field(default_factory=list)
        reason: Annotated[str | None, Shown("Why, if that is known.")] = None
        secret: str = ""

    yield CardFlagged
    del EVENTS["CardFlagged"]


def test_a_declared_event_is_a_type_of_the_graph_and_is_told_to_its_topics(flagged: type[Event]) -> None:
    definition = graph_type(flagged).__strawberry_definition__  # type: ignore[attr-defined]

    assert definition.description == "A card was flagged."
    assert {field.python_name: field.description for field in definition.fields} == {
        "cursor": "Where it stands in its stream; pass it as `after` to resume.",
        "at": "When it happened.",
        "actor": "Who did it; null where nobody is known.",
        "approved_by": "Who has approved of it, where an agent had proposed it.",
        "card_id": "The id of the card.",
        "card": "The card as it was then.",
        "colours": "Its flags.",
        "reason": "Why, if that is known.",
    }
    assert "CardFlagged" in names_about(Topic.PROJECT) & names_about(Topic.WORKSPACE)
    assert "CardFlagged" not in names_about(Topic.NOTIFICATIONS)


@pytest.mark.parametrize("topic", list(Topic))
def test_a_union_has_what_is_told_of_its_topic_with_the_description_of_the_declaration(topic: Topic) -> None:
    union = graph().type_map[f"{topic.title().removesuffix('s')}Event"]
    assert isinstance(union, GraphQLUnionType)

    assert {type_.name for type_ in union.types} == names_about(topic)
    assert {type_.name: type_.description for type_ in union.types} == {
        type_.name: EVENTS[type_.name].description() for type_ in union.types
    }
    assert all(type_.description and all(field.description for field in type_.fields.values()) for type_ in union.types)


def test_an_event_that_is_told_to_nobody_is_no_type_of_the_graph() -> None:
    untold = {name for name, event in EVENTS.items() if not event.topics}

    assert "SessionStarted" in untold
    assert untold & {name for name, type_ in graph().type_map.items() if isinstance(type_, GraphQLObjectType)} == set()


def test_an_event_that_was_logged_before_it_had_a_field_has_its_default() -> None:
    record = {"type": "NotificationsRead", "cursor": "c", "at": None, "data": {"unread_count": 1}}

    event = build_event(record)

    assert event is not None
    assert {name: getattr(event, name) for name in NotificationsRead.model_fields if hasattr(event, name)} == {
        "ids": [],
        "all": False,
        "unread_count": 1,
    }


def test_no_event_is_declared_twice() -> None:
    rooms = ("models", "auth", "realtime", "resolvers", "schema", "rest", "agents", "gateway")
    texts = [file.read_text() for room in rooms for file in (ROOT / room).rglob("*.py") if file.name != "by_hand.py"]
    declared = [name for text in texts for name in re.findall(r"^\s*class (\w+)\b", text, re.M) if name in EVENTS]

    assert sorted(declared) == sorted(EVENTS)
