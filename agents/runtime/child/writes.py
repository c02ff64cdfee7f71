"""What the runs of a process write at every turn: those that come at the same time share a transaction."""

from collections.abc import Sequence
from functools import partial

from bson import ObjectId

from models.ids import inner_id
from realtime.change import Cause
from realtime.gathering import Gathering
from realtime.log import EventLog
from resolvers.mission.run import insist
from resolvers.mission.turns import Attempt, Kept, Request, Turn, begin_attempts, keep_turns

TOGETHER = 25
"""Runs that one transaction is for."""

Place = tuple[ObjectId, ObjectId, Cause | None]
"""The workspace that a change is told in, who makes it, and what has set it off."""


class Writes:
    """Those of one process. What fails for one fails for it alone."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._beginning = Gathering(partial(begin_attempts, log, inner_id()), TOGETHER)
        self._keeping: dict[Place, Gathering[Turn, Kept]] = {}

    async def begin_attempt(self, request: Request) -> Attempt:
        """Count a request to a model, and reserve what it may come to. Raises BudgetExhausted and RunLostError."""
        return await insist(lambda: self._beginning.ask(request))

    async def keep_turn(self, turn: Turn) -> Kept:
        """Keep a turn before its calls run. Raises RunLostError."""
        held = turn.held
        place = held.workspace_id, held.agent["user_id"], held.cause
        keeping = self._keeping.setdefault(place, Gathering(partial(self._keep, place), TOGETHER))
        try:
            return await insist(lambda: keeping.ask(turn))
        finally:
            if keeping.is_idle:
                self._keeping.pop(place, None)

    async def _keep(self, place: Place, turns: Sequence[Turn]) -> list[Kept]:
        workspace_id, actor_id, _ = place
        return (await self._log.write(workspace_id, actor_id, lambda change: keep_turns(change, turns))).value
