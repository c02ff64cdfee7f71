"""Events of agents and missions."""

from typing import Any

from models.base import Record
from models.enums import MissionStatus
from realtime.events.base import Event, Id


class AgentCreated(Event):
    agent: Record


class AgentUpdated(Event):
    agent: Record


class AgentDeleted(Event):
    deleted_id: Id


class MissionEvent(Event):
    """An event that carries a mission; routed by the mission's own ids.

    Without the prompt, which never changes: thousands of reports would repeat its 20 kB each. Whoever shows the event
    reads it (`resolvers.mission.prompt_of`).
    """

    mission: Record

    def model_post_init(self, _: Any) -> None:
        told = {name: value for name, value in self.mission.items() if name != "prompt"}
        object.__setattr__(self, "mission", told)
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
