"""The graph's types of events, and the unions of its subscriptions, made of the declarations in `realtime.events`."""

from collections.abc import Iterator
from functools import reduce
from inspect import get_annotations
from keyword import iskeyword
from operator import or_
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import strawberry
from pydantic.fields import FieldInfo
from typing_extensions import is_typeddict

from models.base import AnyRecord, Record
from realtime import events
from realtime.events import EVENTS, ROUTING, Id, Shown, Topic
from schema.events import by_hand
from schema.events.base import ActorRef, Event, actor, approved_by
from schema.node import reference
from schema.scalars import Cursor
from schema.selection import NEEDS

TOLD_BY = "orrery.event-key"
"""Metadata of an event's field: the key of the event's record that it is read from."""

ON_A_WORKSPACE = frozenset({Topic.PROJECT, Topic.WORKSPACE, Topic.QUEUE})
"""Whose events have an actor: a change by somebody."""


def _type_of(declared: Any, name: str, shown: Shown) -> Any:
    """The graph's type of what an event carries."""
    if declared is Record or is_typeddict(declared):
        return reference(shown.of or name.title().replace("_", ""))
    if shown.of == "Cursor":
        return Cursor
    if declared is Id:
        return strawberry.ID
    if get_origin(declared) is list:
        return list[_type_of(get_args(declared)[0], name, shown)]  # type: ignore[misc]
    if get_origin(declared) in (Union, UnionType):
        return reduce(or_, (_type_of(get_arg, name, shown) for get_arg in get_args(declared)))
    return declared


def _declared(event: type[events.Event]) -> Iterator[tuple[str, Any, Any, Shown | None]]:
    """Each field that an event declares beside the routing ids, or shows of these, in that order: its name, type,
    default and how it is shown."""
    classes = [cls for cls in reversed(event.__mro__) if issubclass(cls, events.Event) and cls is not events.Event]
    for name in dict.fromkeys(name for cls in classes for name in get_annotations(cls)):
        field = event.model_fields[name]
        shown = next((note for note in field.metadata if isinstance(note, Shown)), None)
        yield name, Id if name in ROUTING else field.annotation, _default(field), shown


def _default(field: FieldInfo) -> Any:
    return None if field.is_required() else field.get_default(call_default_factory=True)


def _fields_by_hand(event: type[events.Event]) -> dict[str, tuple[Any, Any]]:
    """The fields of `schema.events.by_hand`: by name, their types and definitions."""
    cls = getattr(by_hand, event.__name__, None)
    found: dict[str, tuple[Any, Any]] = {}
    for base in reversed(cls.__mro__) if cls else ():
        found |= {name: (type_, base.__dict__[name]) for name, type_ in get_annotations(base).items()}
    return found


def graph_type(event: type[events.Event]) -> type[Event]:
    """The graph's type of a declared event."""
    fields: dict[str, tuple[Any, Any]] = {}
    if event.topics & ON_A_WORKSPACE and event.topics != frozenset(Topic):
        fields["actor"] = ActorRef, actor()
        fields["approved_by"] = ActorRef, approved_by()
    by_hand = _fields_by_hand(event)
    for key, declared, default, shown in _declared(event):
        if shown is not None:
            name = shown.name or key
            named = name if iskeyword(name) else None
            field = strawberry.field(description=shown.description, name=named, metadata={TOLD_BY: (key, default)})
            fields[f"{name}_" if named else name] = _type_of(declared, key, shown), field
        for name in [name for name, (_, field) in by_hand.items() if key in field.metadata[NEEDS]]:
            fields[name] = by_hand.pop(name)
    fields |= by_hand
    made = type(
        event.__name__,
        (Event,),
        {
            "__annotations__": {name: type_ for name, (type_, _) in fields.items()},
            "__module__": __name__,
            **{name: field for name, (_, field) in fields.items()},
        },
    )
    return strawberry.type(made, description=event.description())


EVENT_TYPES = {name: graph_type(event) for name, event in EVENTS.items() if event.topics}
"""The graph's type of every event that some subscription tells of."""


def union_of(topic: Topic, description: str) -> Any:
    """The union of what a subscription to `topic` sends."""
    members = [EVENT_TYPES[name] for name in sorted(events.names_about(topic))]
    return Annotated[
        Union[*members], strawberry.union(f"{topic.title().removesuffix('s')}Event", description=description)
    ]


def build_event(record: AnyRecord) -> Event | None:
    """The event of a record of the log; None for one that no subscription shows."""
    type_ = EVENT_TYPES.get(record["type"])
    if type_ is None:
        return None
    flat: Record = {
        **{name: record.get(name) for name in (*ROUTING, "approved_by")},
        **record["data"],
    }
    if "order" in flat:
        for name in ("card", "column", "custom_field", "document"):  # the object knows its place then
            if name in flat:
                flat[name] = {**flat[name], "order": flat["order"]}
    values = {name: flat.get(key, default) for name, key, default in _TOLD[record["type"]]}
    return type_(record=flat, cursor=record["cursor"], at=record["at"], **values)


_TOLD = {
    name: [
        (field.python_name, *field.metadata[TOLD_BY])
        for field in type_.__strawberry_definition__.fields  # type: ignore[attr-defined]
        if TOLD_BY in field.metadata
    ]
    for name, type_ in EVENT_TYPES.items()
}
"""By the name of an event: the fields of its type, with the record's key of each and what stands for a missing one."""
