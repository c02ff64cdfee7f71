"""Events of projects, scopes, columns, labels and a project's members."""

from models.base import Record
from realtime.events.base import Event, Id


class ColumnCreated(Event):
    column: Record
    order: int


class ColumnUpdated(Event):
    column: Record
    order: int


class ColumnDeleted(Event):
    deleted_id: Id


class ScopeCreated(Event):
    scope: Record


class ScopeUpdated(Event):
    scope: Record


class ScopeDeleted(Event):
    deleted_id: Id


class LabelCreated(Event):
    label: Record


class LabelUpdated(Event):
    label: Record


class LabelDeleted(Event):
    """The label is taken off every card that had it; the cards' versions do not change."""

    deleted_id: Id


class ProjectCreated(Event):
    project: Record


class ProjectUpdated(Event):
    project: Record


class ProjectDeleted(Event):
    deleted_id: Id


class ProjectMemberAdded(Event):
    member: Record


class ProjectMemberRemoved(Event):
    user_id: Id
