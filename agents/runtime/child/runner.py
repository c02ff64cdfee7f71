"""The missions that one process works on: taken as they are due, held on to, and let go at once when they are lost."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from bson import ObjectId

from agents.runtime.child.loop import Loop
from agents.runtime.child.provider import Providers
from agents.runtime.child.talk import Talk, TalkWrites
from agents.runtime.child.toolbox import BEYOND_PROJECT, BEYOND_TALK, Toolbox
from agents.runtime.child.turn import Pace
from agents.runtime.child.writes import Writes
from models.ids import Kind, kind_of
from models.reach import unexpected
from realtime import loop as rounds
from realtime.background import end
from resolvers.conversation.run import take_conversation
from resolvers.kit.context import Services
from resolvers.mission.run import Held, due_runs, give_back, held_runs, hold_on, let_go, take
from resolvers.state.mission_wake import ENVIRONMENT, wake_waiting
from serving.graph.engine import GraphEngine

log = logging.getLogger("orrery.agents")

MAX_RUNS = 100
"""Missions that one process works on at a time."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: how often to look without being woken, and at most; how often to hold on to what is held,
    and when to try again what failed."""

    look: float = 0.5
    rest: float = 0.1
    hold: float = 10.0
    retry: float = 3.0


@dataclass(slots=True)
class Work:
    """The work on a mission; without a `fence` while it is about to be taken."""

    task: asyncio.Task[None]
    fence: int | None = None


class Runner:
    """Works on missions until it is stopped."""

    def __init__(
        self,
        services: Services,
        *,
        holder: str | None = None,
        pace: Pace | None = None,
        times: Times | None = None,
        make_engine: Callable[[], GraphEngine] | None = None,
    ) -> None:
        self.holder = holder or uuid4().hex
        self._services = services
        self._toolbox = Toolbox(make_engine)
        self._confined_tools = Toolbox(without=BEYOND_PROJECT)
        self._talk_tools = Toolbox(without=BEYOND_TALK)
        self._providers = Providers(services.outbound.client())
        self._writes = Writes(services.hub.log)
        self._talk_writes = TalkWrites(services.hub.log)
        self._pace = pace or Pace()
        self._times = times or Times()
        self._works: dict[ObjectId, Work] = {}
        self._hold_at = 0.0
        failed = rounds.Rest(self._times.look, is_woken=False)
        told = "missions could not be looked for; trying again"
        self._loop = rounds.Loop("runner", self._round, log=log, told=told, after_failure=failed)
        # Of what is changed here most is its own work, ten times a second while it has some.
        services.hub.on_change(self._hear, elsewhere_only=True)

    async def start(self) -> None:
        await wake_waiting(ENVIRONMENT)
        self._loop.start()

    async def stop(self) -> None:
        """Stop, and leave what is not finished to whoever comes next."""
        await self._loop.stop()
        for work in list(self._works.values()):
            await end(work.task)
        await let_go(self.holder, lost=False)
        await self._providers.client.aclose()

    @property
    def count(self) -> int:
        """How many missions it works on."""
        return len(self._works)

    def _hear(self, stream_id: ObjectId) -> None:
        if kind_of(stream_id) is Kind.WORKSPACE:
            self._loop.due.set()

    async def _round(self) -> rounds.Rest:
        await self._drop_lost()
        await self._hold()
        room = MAX_RUNS - len(self._works)
        if room > 0:
            due = [mission_id for mission_id in await due_runs(MAX_RUNS) if mission_id not in self._works]
            for mission_id in due[:room]:
                # Not awaited: in a busy workspace it waits for its turn, and what is lost here must not wait for that.
                task = asyncio.create_task(self._work(mission_id), name=f"mission-{mission_id}")
                self._works[mission_id] = Work(task)
        await asyncio.sleep(self._times.rest)
        return rounds.Rest(self._times.look)

    async def _work(self, mission_id: ObjectId) -> None:
        work, held = self._works[mission_id], None
        try:
            is_talk = kind_of(mission_id) is Kind.CONVERSATION
            held = await (take_conversation if is_talk else take)(self._services, mission_id, self.holder)
            if held is not None:
                work.fence = held.fence
                within = self._toolbox if held.ctx.subject.project_id is None else self._confined_tools
                loop, tools = (Talk, self._talk_tools) if is_talk else (Loop, within)
                writes = self._talk_writes if is_talk else self._writes
                await loop(held, self._services.models, self._providers, tools, writes, self._pace).run()
        except Exception as error:
            # It is taken again in a while; the third time in a row it fails.
            log.warning("the work on mission %s failed", mission_id, exc_info=unexpected(error))
            if held is not None:
                await self._give_back(held)
            else:
                await asyncio.sleep(self._times.retry)
        finally:
            del self._works[mission_id]
            self._loop.due.set()

    async def _give_back(self, held: Held) -> None:
        try:
            await give_back(held, timedelta(seconds=self._times.retry))
        except Exception as error:  # its lease ends by itself
            log.warning("the mission %s could not be given back", held.mission_id, exc_info=unexpected(error))

    async def _drop_lost(self) -> None:
        """End the work on what was cancelled, has ended, or was taken over: a model that speaks is cut off."""
        fences = {mission_id: work.fence for mission_id, work in self._works.items() if work.fence is not None}
        if not fences:
            return
        held = await held_runs(self.holder)
        for mission_id, fence in fences.items():
            work = self._works.get(mission_id)
            if held.get(mission_id) != fence and work is not None and work.fence == fence:
                work.task.cancel()

    async def _hold(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._works and now >= self._hold_at:
            self._hold_at = now + self._times.hold
            await hold_on(self.holder, self._works)


__all__ = ["MAX_RUNS", "Runner", "Times"]
