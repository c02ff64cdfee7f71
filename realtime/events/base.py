"""The events: closed models, one per thing that can change. Only operations append them (`realtime.log`).

An event carries the object as it was right after the change (a record, as stored), so that a replay shows history and
costs no read; ids of what is gone are carried alone.

An event is declared once. From its class follow its name in the log, its type in the graph, the unions of the
subscriptions that tell of it and the names that they can be filtered by. The graph says the first paragraph of its
docstring, and shows the fields that are marked `Shown`; the others are for the log alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from inspect import cleandoc
from typing import Any, ClassVar

from bson import ObjectId
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import is_typeddict

from models.base import Record
from models.enums import TokenScope

Id = ObjectId

IDS_PER_EVENT = 1000
"""How many ids one event names; more are told in several."""


class Topic(StrEnum):
    """What a subscription watches."""

    PROJECT = "project"
    WORKSPACE = "workspace"
    MISSION = "mission"
    QUEUE = "queue"
    NOTIFICATIONS = "notifications"


IN_PROJECT = (Topic.PROJECT, Topic.WORKSPACE)
"""Of what happens in a project: its workspace tells of it too."""

EVENTS: dict[str, type["Event"]] = {}
"""Every event by its name."""


@dataclass(frozen=True, slots=True)
class Carried:
    """In the annotation of a field that the log alone has, where it is a record."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A record is taken as it is kept: what it holds is not looked at again."""
        return core_schema.dict_schema(core_schema.str_schema()) if is_typeddict(source) else handler(source)


@dataclass(frozen=True, slots=True)
class Shown(Carried):
    """In the annotation of a field that the graph shows, with its description there.

    `name` is what the graph calls it, where the log calls it otherwise; `of` is the graph's type, where neither the
    annotation nor the name tells it. A routing id that is shown is never null.
    """

    description: str
    name: str | None = None
    of: str | None = None


class Event(BaseModel):
    """What every event is. `type` (the class name) is stable: clients filter by it and the log holds it.

    `actor_id` is who caused it, where that is not the actor of the change that tells of it; `confined` says that its
    change was made by what is bound to a project (`Change.confined`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)
    topics: ClassVar[frozenset[Topic]] = frozenset()
    token_scope: ClassVar[TokenScope | None] = None
    actor_id: Id | None = None
    project_id: Id | None = None
    card_id: Id | None = None
    mission_id: Id | None = None
    confined: ClassVar[bool] = False

    def __init_subclass__(
        cls,
        topics: tuple[Topic, ...] | None = None,
        token_scope: TokenScope | None = None,
        abstract: bool = False,
        **config: Any,
    ) -> None:
        """`topics` are the subscriptions that tell of it; `token_scope` is what a token needs beside the scope of the
        workspace's; both are inherited. An `abstract` event is what others have in common."""
        super().__init_subclass__(**config)
        if topics is not None:
            cls.topics = frozenset(topics)
        if token_scope is not None:
            cls.token_scope = token_scope
        if not abstract:
            EVENTS[cls.__name__] = cls

    def confine(self) -> None:
        """Say of this one that its change was made by what is bound to a project."""
        object.__setattr__(self, "confined", True)

    @property
    def type(self) -> str:
        return type(self).__name__

    def data(self) -> Record:
        """What the log stores of it beside the routing ids."""
        return {name: getattr(self, name) for name in type(self).model_fields if name not in ROUTING}

    @classmethod
    def description(cls) -> str:
        """What the graph says of it."""
        return " ".join(cleandoc(cls.__doc__ or "").partition("\n\n")[0].split())


ROUTING = frozenset(Event.model_fields)


def names_about(topic: Topic) -> frozenset[str]:
    """The names of the events that a subscription to `topic` tells of."""
    return frozenset(name for name, event in EVENTS.items() if topic in event.topics)
