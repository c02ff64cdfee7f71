"""Events of missions."""

from typing import Annotated, Any

from models.enums import MissionStatus, TokenScope
from models.records import MissionActivityRecord, MissionRecord
from realtime.events.base import Event, Shown, Topic


class MissionEvent(Event, topics=(Topic.WORKSPACE, Topic.MISSION), token_scope=TokenScope.PILOTAGE_READ, abstract=True):
    """An event that carries a mission; routed by the mission's own ids.

    Without the prompt, which never changes: thousands of reports would repeat its 20 kB each. Whoever shows the event
    reads it (`resolvers.mission.mission.prompt_of`).
    """

    mission: Annotated[MissionRecord, Shown("The mission as it was then.")]

    def model_post_init(self, _: Any) -> None:
        told = {name: value for name, value in self.mission.items() if name != "prompt"}
        object.__setattr__(self, "mission", told)
        object.__setattr__(self, "project_id", self.mission["project_id"])
        object.__setattr__(self, "card_id", self.mission["card_id"])
        object.__setattr__(self, "mission_id", self.mission["_id"])


class MissionStatusChanged(MissionEvent):
    """A mission was created, or came to another status."""

    from_status: Annotated[MissionStatus | None, Shown("Where it stood; null for a new one.", name="from")]
    to_status: Annotated[MissionStatus, Shown("Where it stands.", name="to")]


class MissionProgressed(MissionEvent):
    """A mission came further.

    Its progress changed, and nothing else that an event tells of.
    """


class MissionActivityAdded(MissionEvent):
    """An agent reported something."""

    mission: Annotated[MissionRecord, Shown("The mission as it was after the whole report.")]
    activity: Annotated[MissionActivityRecord, Shown("What was reported.", of="MissionActivity")]


class MissionOutputDelta(Event, topics=(Topic.MISSION,)):
    """Text that an agent is writing. It is not kept, so it is never replayed.

    The built-in runtime numbers the requests to its model, and says where in what that one wrote the text stands.
    """

    attempt: Annotated[int | None, Shown("Which request to its model writes it; a new one begins anew.")] = None
    offset: Annotated[int | None, Shown("How many characters of the attempt are before it.")] = None
    text: Annotated[str, Shown("What follows on the text so far.")]
