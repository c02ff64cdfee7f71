"""What follows the changes of workspaces, in one gateway process for all of them: notifications, automations, runs of
pipelines.

It is woken by every change that its work is about, here or in another process. A lease says whose work it is, so that
processes do not do it twice in vain; that nothing is done twice does not depend on it (`resolvers.notification.follow`,
`resolvers.automation.run`).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bson import ObjectId

from models.ids import Kind, kind_of
from realtime.lease import Tenure
from realtime.loop import Loop, Rest
from resolvers.automation.follow import Automations
from resolvers.automation.trim import trim_traces
from resolvers.kit.context import Services
from resolvers.mission.trim import trim_reports
from resolvers.notification.follow import follow_some
from resolvers.notification.trim import trim_some
from resolvers.pipeline.advance import advance_some
from resolvers.proposal.trim import expire_proposals, trim_proposals

NOTIFICATIONS = "notifications"
AUTOMATIONS = "automations"
PIPELINES = "pipelines"

Some = Callable[[], Awaitable[bool]]
"""Does some of a work; whether there may be more."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a follower does: `name` is that of the lease. `is_about` tells of each stream that changes whether that may
    be something to do; `trims` delete what is kept long enough, now and then."""

    name: str
    follow: Some
    is_about: Callable[[ObjectId], bool]
    trims: Sequence[Some]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look without being woken, how long the work is held without a sign of life, how long to
    rest at most after some of it, when to try again what failed, how often to look for what is too much, and how
    long stopping waits for what is being written."""

    poll: float = 1.5
    lease: float = 5.0
    rest: float = 0.2
    retry: float = 0.5
    trim: float = 600.0
    stop: float = 5.0


def notifications(services: Services) -> Work:
    """Writing the notifications of what was done."""
    trims = [partial(trim, services) for trim in (trim_some, trim_reports, expire_proposals, trim_proposals)]
    return Work(NOTIFICATIONS, partial(follow_some, services), _is_workspace, trims)


def _is_workspace(stream_id: ObjectId) -> bool:
    return kind_of(stream_id) is Kind.WORKSPACE


def automations(services: Services) -> Work:
    """Running the automations that are set off by what was done."""
    followed = Automations(services)
    return Work(AUTOMATIONS, followed.follow_some, followed.hears, [partial(trim_traces, services)])


def pipelines(services: Services) -> Work:
    """Going on with the runs of pipelines."""
    return Work(PIPELINES, partial(advance_some, services), _is_workspace, ())


class Follower:
    """The follower of one process, which works while it holds the lease."""

    def __init__(self, services: Services, work: Work, *, pace: Pace | None = None) -> None:
        self._work = work
        self._pace = pace or Pace()
        self._tenure = Tenure(work.name, self._pace.lease)
        self._trim_at = 0.0
        self._loop = Loop(
            f"follower-{work.name}",
            self._round,
            log=logging.getLogger(f"orrery.{work.name}"),
            told=f"{work.name} wait",
            after_failure=Rest(self._pace.retry, is_woken=False),
            patience=self._pace.stop,
        )
        services.hub.on_change(self._hear)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Finish what is being written, leave the rest to another process, and stop."""
        if await self._loop.stop():
            await self._tenure.give_up()

    def _hear(self, stream_id: ObjectId) -> None:
        if self._work.is_about(stream_id):
            self._loop.due.set()

    async def _round(self) -> Rest:
        began = asyncio.get_running_loop().time()
        is_ours = await self._tenure.hold()
        if is_ours and (await self._work.follow() or await self._trim()):
            # As long as it took: under load the database is others' for half of the time, and more is done at once.
            took = asyncio.get_running_loop().time() - began
            return Rest(min(took, self._pace.rest), is_woken=False)
        # Who has nothing to do waits for the next look at the lease.
        return Rest(self._pace.poll, is_woken=is_ours)

    async def _trim(self) -> bool:
        """Delete some of what is too much, where it is time to look for that; whether there may be more."""
        now = asyncio.get_running_loop().time()
        if now < self._trim_at:
            return False
        for trim in self._work.trims:
            if await trim():
                return True
        self._trim_at = now + self._pace.trim
        return False
