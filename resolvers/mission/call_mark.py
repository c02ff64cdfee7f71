"""What a call of a tool leaves in the transaction of its change: so the two happen together, and once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import orjson
from bson import ObjectId

from models.base import Record, with_changes
from models.enums import MissionCallState
from models.ids import Kind, kind_of
from models.records import MissionCallRecord
from realtime.log import Change
from resolvers.mission.calls import Settled, settle_call
from resolvers.mission.report import Report
from resolvers.mission.run import Held

T = TypeVar("T")


@dataclass(slots=True)
class CallMark:
    """Marks a call as done in the change that it makes, which commits only while its run is held. `marked` is what
    became of the call and its mission, where there was such a change."""

    held: Held
    call: MissionCallRecord
    report: Report
    marked: Settled | None = None
    reveals: bool = False

    def marking(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        """The change with the mark."""

        async def marked(change: Change) -> T:
            self.marked = None  # what another try has left was never committed
            mission = await self.held.fenced(change)
            value = await body(change)
            if (proposal_id := _proposed(value)) is not None and self.call["tool"] != "propose_action":
                waiting = {"state": MissionCallState.WAITING.value, "proposal_id": proposal_id}
                await settle_call(self.held, change, mission, self.call, waiting, None)
                return value
            done: Record = {"state": MissionCallState.DONE.value, "result": _told(value), "finished_at": change.at}
            after = await settle_call(self.held, change, mission, self.call, done, self.report)
            self.marked = Settled(with_changes(self.call, done), after)
            return value

        return marked


def _proposed(value: object) -> ObjectId | None:
    """The proposal that a call has become."""
    made = value.get("_id") if isinstance(value, Mapping) else None
    return made if isinstance(made, ObjectId) and kind_of(made) is Kind.PROPOSAL else None


def _told(value: object) -> str:
    """What the model is told where nobody is left who could tell it more."""
    made = {"id": str(value["_id"])} if isinstance(value, Mapping) and "_id" in value else {}
    return orjson.dumps({"status": "DONE", **made}).decode()
