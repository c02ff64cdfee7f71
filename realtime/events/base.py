"""The events: closed models, one per thing that can change. Only operations append them (`realtime.log`).

An event carries the object as it was right after the change (a record, as stored), so that a replay shows history and
costs no read. `records` name the record fields, for encoding; ids of what is gone are carried alone.
"""

from bson import ObjectId
from pydantic import BaseModel, ConfigDict

from models.base import Record

Id = ObjectId

IDS_PER_EVENT = 1000
"""How many ids one event names; more are told in several."""


class Event(BaseModel):
    """What every event is. `type` (the class name) is stable: clients filter by it and the log holds it.

    `actor_id` is who caused it, where that is not the actor of the change that tells of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
    actor_id: Id | None = None
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
