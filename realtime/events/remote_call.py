"""Events of calls of other servers' tools."""

from typing import Annotated, Any

from models.enums import TokenScope
from models.records import RemoteCallRecord
from realtime.events.base import Event, Shown, Topic


class RemoteCallEvent(
    Event, topics=(Topic.WORKSPACE, Topic.MISSION), token_scope=TokenScope.PILOTAGE_READ, abstract=True
):
    """An event that carries a call; routed by its mission's id."""

    remote_call: Annotated[RemoteCallRecord, Shown("The call as it was then.")]

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "mission_id", self.remote_call["mission_id"])


class RemoteCallCreated(RemoteCallEvent):
    """A tool of another server is about to be called."""


class RemoteCallUpdated(RemoteCallEvent):
    """A call was made, or it is known what became of it."""
