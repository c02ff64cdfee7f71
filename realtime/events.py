"""The events: closed models, one per thing that can change. Only operations append them (`realtime.log`).

An event carries the object as it was right after the change (a record, as stored), so that a replay shows history and
costs no read. `records` name the record fields, for encoding; ids of what is gone are carried alone.
"""

from typing import Any

from bson import ObjectId
from pydantic import BaseModel, ConfigDict

from models.base import Record
from models.enums import MissionStatus

Id = ObjectId

IDS_PER_EVENT = 1000
"""How many ids one event names; more are told in several."""


class Event(BaseModel):
    """What every event is. `type` (the class name) is stable: clients filter by it and the log holds it."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
    project_id: Id | None = None
    card_id: Id | None = None
    mission_id: Id | None = None

    @property
    def type(self) -> str:
        return type(self).__name__

    def data(self) -> Record:
        """What the log stores of it beside the routing ids."""
        return {name: getattr(self, name) for name in type(self).model_fields if name not in ROUTING}


ROUTING = frozenset(Event.model_fields)


class CardEvent(Event):
    """An event that carries a card; routed by the card's own ids."""

    card: Record

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "project_id", self.card["project_id"])
        object.__setattr__(self, "card_id", self.card["_id"])


class CardCreated(CardEvent):
    """`order` is the card's place in its column at that moment."""

    order: int


class CardUpdated(CardEvent):
    """`changed_fields` are names of the graph (`dueDate`)."""

    changed_fields: list[str]


class CardMoved(CardEvent):
    """`order` is the card's new place in its column."""

    from_column_id: Id | None
    to_column_id: Id | None
    order: int


class CardArchived(CardEvent):
    archived: bool


class CardDeleted(Event):
    deleted_id: Id


class CommentAdded(Event):
    comment: Record


class CommentDeleted(Event):
    deleted_id: Id


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


class WorkspaceCreated(Event):
    workspace: Record


class WorkspaceUpdated(Event):
    workspace: Record


class WorkspaceDeleted(Event):
    deleted_id: Id


class WorkspaceMemberAdded(Event):
    member: Record


class WorkspaceMemberUpdated(Event):
    member: Record


class WorkspaceMemberRemoved(Event):
    user_id: Id


class InvitationCreated(Event):
    invitation_id: Id
    email: str


class AgentCreated(Event):
    agent: Record


class AgentUpdated(Event):
    agent: Record


class AgentDeleted(Event):
    deleted_id: Id


class MissionEvent(Event):
    """An event that carries a mission; routed by the mission's own ids."""

    mission: Record

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "project_id", self.mission["project_id"])
        object.__setattr__(self, "card_id", self.mission["card_id"])
        object.__setattr__(self, "mission_id", self.mission["_id"])


class MissionStatusChanged(MissionEvent):
    """`from_status` is null for a mission that was just created."""

    from_status: MissionStatus | None
    to_status: MissionStatus


class MissionProgressed(MissionEvent):
    """The progress changed, and nothing else that an event tells of."""


class MissionActivityAdded(MissionEvent):
    """`mission` is as it was after the whole report that the activity came with."""

    activity: Record


class OrganizationCreated(Event):
    organization: Record


class OrganizationUpdated(Event):
    organization: Record


class OrganizationDeleted(Event):
    deleted_id: Id


class OrganizationMemberAdded(Event):
    member: Record


class OrganizationMemberUpdated(Event):
    member: Record


class OrganizationMemberRemoved(Event):
    user_id: Id


class UserCreated(Event):
    """The account was registered, or made for an agent; `user` never carries the password's hash."""

    user: Record


class UserUpdated(Event):
    """The account changed; `user` never carries the password's hash."""

    user: Record


class PasswordChanged(Event):
    """Every other session of the user ended with it."""


class SessionStarted(Event):
    session_id: Id


class SessionEnded(Event):
    session_id: Id


class ApiTokenCreated(Event):
    token_id: Id
    name: str


class ApiTokenRevoked(Event):
    token_id: Id


class NotificationReceived(Event):
    notification: Record
    activity: Record


class NotificationsRead(Event):
    ids: list[Id]
    unread_count: int


class NotificationsDeleted(Event):
    """They went with their project, or with the membership of its workspace; `unread_count` are left."""

    ids: list[Id]
    unread_count: int
