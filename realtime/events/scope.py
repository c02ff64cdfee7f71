"""Events of scopes."""

from typing import Annotated

from models.records import ScopeRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class ScopeCreated(Event, topics=IN_PROJECT):
    """A scope was created."""

    scope: Annotated[ScopeRecord, Shown("The scope as it was then.")]


class ScopeUpdated(Event, topics=IN_PROJECT):
    """A scope changed."""

    scope: Annotated[ScopeRecord, Shown("The scope as it was then.")]


class ScopeDeleted(Event, topics=IN_PROJECT):
    """A scope was deleted with its columns, cards and documents."""

    deleted_id: Annotated[Id, Shown("The id of the scope.", name="scope_id")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None
