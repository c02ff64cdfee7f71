"""What events share, and how the record of one becomes an instance of its type."""

from datetime import datetime
from typing import Any, TypeVar

import strawberry

from models.base import Record
from resolvers.activity import actor_of
from schema.loading import edge
from schema.references import UserRef
from schema.scalars import Cursor

E = TypeVar("E", bound=type["Event"])

KEY = "orrery.event-key"
"""Metadata of an event's field: the key of the event's record that it is read from, where that is another."""

EVENT_TYPES: dict[str, type["Event"]] = {}
"""By the name that the log holds."""


@strawberry.interface(description="Something that happened, or that a subscriber has to know about its stream.")
class Event:
    """`record` is flat: who and where beside what the event carries."""

    record: strawberry.Private[Record]
    cursor: Cursor = strawberry.field(description="Where it stands in its stream; pass it as `after` to resume.")
    at: datetime = strawberry.field(description="When it happened.")


def event(description: str) -> Any:
    """Make a class a type of events, under its own name."""

    def enter(cls: E) -> E:
        made = strawberry.type(cls, description=description)
        EVENT_TYPES[cls.__name__] = made
        return made

    return enter


def carried(description: str, *, key: str | None = None, name: str | None = None) -> Any:
    """A field with what the event carries, under `key` where its record calls it otherwise."""
    return strawberry.field(description=description, name=name, metadata={KEY: key} if key else None)


def actor() -> Any:
    """The edge to whoever caused an event."""
    return edge(actor_of, needs=("actor_id",), description="Who did it; null where nobody is known.")


ActorRef = UserRef | None


def build_event(record: Record) -> Event | None:
    """The event of a record of the log; None for one that no subscription shows."""
    type_ = EVENT_TYPES.get(record["type"])
    if type_ is None:
        return None
    flat: Record = {
        **{name: record.get(name) for name in ("actor_id", "project_id", "card_id", "mission_id")},
        **record["data"],
    }
    if "order" in flat:
        for name in ("card", "column", "custom_field", "document"):  # the object knows its place then
            if name in flat:
                flat[name] = {**flat[name], "order": flat["order"]}
    values = {
        field.python_name: flat.get(field.metadata.get(KEY, field.python_name))
        for field in type_.__strawberry_definition__.fields  # type: ignore[attr-defined]
        if field.init and field.python_name not in ("cursor", "at")
    }
    return type_(record=flat, cursor=record["cursor"], at=record["at"], **values)
