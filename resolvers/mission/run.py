"""The runs of missions by the built-in runtime: taken for a time, and written to by whoever holds them alone.

Every change of a run, those that its calls of tools make too, goes through `fenced`: it writes to the run's document,
so that it commits only where the run has neither ended nor been taken over. Once a cancellation is committed, nothing
of the run is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import TypeVar

from bson import ObjectId
from pymongo import UpdateOne

from auth.subject import Subject
from models import Agent, Mission, MissionRun, Workspace
from models.base import R, Record, Recorded, collection, to_record, update_all, utc_now, with_changes
from models.enums import MissionActivityKind, MissionStatus, MissionWait, TokenScope
from models.errors import RateLimited
from models.ids import among
from models.records import (
    AgentRecord,
    MissionRecord,
    MissionRunRecord,
)
from realtime.change import Cause
from realtime.counts import COUNTS
from realtime.cursor import Cursor
from realtime.events.mission import MissionOutputDelta, MissionProgressed
from realtime.log import Change, Committed
from realtime.told import EphemeralEvent
from resolvers.agent.agent import TOKEN_SCOPES
from resolvers.content.prose import harmless
from resolvers.kit.context import Context, Services
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge
from resolvers.mission.losses import LEASE, mark_taken
from resolvers.mission.report import Report, insert_all_reports, insert_reports, tell_reports
from resolvers.state.agent_there import is_there
from resolvers.state.mission_status import ACTIVE, change_status
from resolvers.state.mission_wake import rests_paused

T = TypeVar("T")

RESTS = (0.25, 0.5, 1.0, 2.0)
"""Seconds between the tries of a change in a workspace that is busy."""
MAX_COUNTED = 1_000


class RunLostError(Exception):
    """The run has ended, or another holds it: nothing of this one is committed any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A run that was taken, with the context that its agent acts in."""

    ctx: Context
    agent: AgentRecord
    mission_id: ObjectId
    workspace_id: ObjectId
    organization_id: ObjectId
    fence: int
    cause: Cause | None = None
    project_id: ObjectId | None = None
    card_id: ObjectId | None = None

    @property
    def actor_id(self) -> ObjectId:
        """As whom it is done."""
        return ObjectId(self.agent["user_id"])

    @property
    def is_watched(self) -> bool:
        """Whether the workspace sees what the model is writing."""
        return True

    async def write(
        self,
        body: Callable[[Change, MissionRecord], Awaitable[T]],
        run_update: Mapping[str, Record] | None = None,
    ) -> Committed[T]:
        """Commit a change of the run, `run_update` before the body; raises RunLostError."""

        async def unfollowed(change: Change) -> T:
            return await body(change, await self.fenced(change, run_update))

        log, checked = self.ctx.services.hub.log, self.ctx.followed(unfollowed)
        return await insist(lambda: log.write(self.workspace_id, self.actor_id, checked))

    async def fenced(self, change: Change, run_update: Mapping[str, Record] | None = None) -> MissionRecord:
        """The mission as it stands, which is running and held here until this change is committed, and is held on to
        for another while; what the change tells of is its automation's doing, if one began it. Raises RunLostError."""
        await self._hold(change, run_update)
        mission = await collection(Mission).find_one({"_id": self.mission_id}, session=change.session)
        if mission is None or mission["status"] != MissionStatus.RUNNING:
            raise RunLostError
        change.cause = self.cause or change.cause
        return mission

    async def _hold(self, change: Change, run_update: Mapping[str, Record] | None) -> None:
        held = await collection(MissionRun).update_one(self.mine, held_on(run_update), session=change.session)
        if not held.matched_count or not await is_there(change, self.agent["_id"]):
            raise RunLostError

    async def read(self) -> MissionRecord:
        """The mission as it stands, outside of a change; raises RunLostError."""
        mission = await collection(Mission).find_one({"_id": self.mission_id})
        if mission is None:
            raise RunLostError
        return mission

    async def report(
        self, change: Change, mission: MissionRecord, reports: Sequence[Report], changes: Record | None = None
    ) -> MissionRecord:
        """Report within a change of the run, and change the mission; the mission as it is then."""
        [after] = await report_all(self, change, [(mission, reports, changes or {})])
        return after

    async def wait(self, change: Change, mission: MissionRecord, what: MissionWait, due_at: datetime | None) -> None:
        """Let the mission wait within a change, and look again at a moment, if at any."""
        await set_run(change, self, {"holder": None, "due_at": due_at})
        await change_status(change, mission, MissionStatus.AWAITING_APPROVAL, {"waiting_for": what.value})

    async def finish(self, change: Change, mission: MissionRecord, to: MissionStatus, told: str) -> None:
        """End the mission within a change, with a summary or an error."""
        values = {"error": told} if to is MissionStatus.FAILED else {"summary": told}
        await end(self.ctx, change, mission, to, **values)

    async def run(self, change: Change) -> MissionRunRecord:
        """The run as it stands within a change of it; raises RunLostError."""
        run = await collection(MissionRun).find_one(self.mine, session=change.session)
        if run is None:
            raise RunLostError
        return run

    @property
    def mine(self) -> Record:
        """Where its run is, while it holds that."""
        return {"_id": self.mission_id, "fence": self.fence}


def held_on(run_update: Mapping[str, Record] | None = None) -> Record:
    """An update of a run by whoever holds it, which is held on to for another while."""
    update = dict(run_update or {})
    update["$set"] = {"due_at": utc_now() + LEASE, **update.get("$set", {})}
    return update


async def insist(write: Callable[[], Awaitable[T]]) -> T:
    """What a write gives, tried again while its workspace is busy, or once whoever writes may call again: nothing was
    done then, and nobody waits for an answer."""
    for rest in RESTS:
        try:
            return await write()
        except RateLimited as error:
            await asyncio.sleep(max(error.retry_after if error.retry_after > 1 else 0, uniform(rest / 2, rest)))
    return await write()


async def all_fenced(
    change: Change, updates: Sequence[tuple[Held, Mapping[str, Record]]]
) -> list[tuple[MissionRecord, MissionRunRecord]]:
    """`Held.fenced` of several runs, each with its update: the missions and the runs as they were before. What the
    change tells of has the cause that they share."""
    ids = [held.mission_id for held, _ in updates]
    runs = await _found(change, MissionRun, ids)
    missions = await _found(change, Mission, ids)
    for held, _ in updates:
        run, mission = runs.get(held.mission_id), missions.get(held.mission_id)
        if run is None or run["fence"] != held.fence or not await is_there(change, held.agent["_id"]):
            raise RunLostError
        if mission is None or mission["status"] != MissionStatus.RUNNING:
            raise RunLostError
        change.cause = held.cause
    await update_all(MissionRun, [UpdateOne(held.mine, held_on(update)) for held, update in updates], change)
    return [(missions[mission_id], runs[mission_id]) for mission_id in ids]


async def _found(change: Change, model: type[Recorded[R]], ids: Sequence[ObjectId]) -> dict[ObjectId, R]:
    found = await collection(model).find({"_id": among(ids)}, session=change.session).to_list()
    return {record["_id"]: record for record in found}


async def insert_run(change: Change, mission: MissionRecord) -> None:
    """Let the runtime work on a new mission."""
    run = MissionRun(
        id=mission["_id"],
        workspace_id=mission["workspace_id"],
        agent_id=mission["agent_id"],
        due_at=change.at,
        created_at=change.at,
    )
    await collection(MissionRun).insert_one(to_record(run), session=change.session)


async def is_run(mission_id: ObjectId) -> bool:
    """Whether the runtime works on a mission, or it has ended."""
    if await collection(MissionRun).find_one({"_id": mission_id}, {"_id": 1}) is not None:
        return True
    found = await collection(Mission).find_one({"_id": mission_id}, {"status": 1})
    return found is None or found["status"] not in ACTIVE


async def due_runs(most: int) -> list[ObjectId]:
    """Some of the missions that somebody has to work on: new ones, and those whose holder went away."""
    due = collection(MissionRun).find({"due_at": {"$lte": utc_now()}}, {"_id": 1})
    return [run["_id"] for run in await due.sort("due_at", 1).limit(most).to_list()]


async def waiting_runs() -> tuple[int, float]:
    """How many missions somebody has to work on and nobody does, 1,000 at most, and for how many seconds the one has
    waited that waits longest."""
    now = utc_now()
    due = {"due_at": {"$lte": now}, "holder": None}
    first = await collection(MissionRun).find(due, {"due_at": 1}).sort("due_at", 1).limit(1).to_list()
    if not first or first[0]["due_at"] is None:
        return 0, 0.0
    count = await collection(MissionRun).count_documents(due, limit=MAX_COUNTED)
    return count, (now - first[0]["due_at"]).total_seconds()


async def take(services: Services, mission_id: ObjectId, holder: str) -> Held | None:
    """Begin to work on a mission, or go on with it, where it is still due; None where there is nothing to do."""
    run = await collection(MissionRun).find_one({"_id": mission_id})
    agent = None if run is None else await collection(Agent).find_one({"_id": run["agent_id"]})
    if run is None or agent is None:
        return None
    workspace = await collection(Workspace).find_one({"_id": run["workspace_id"]}, {"organization_id": 1})
    if workspace is None:
        return None
    ctx = Context(agent_subject(agent), services)

    async def body(change: Change) -> Held | None:
        due = {"_id": mission_id, "due_at": {"$lte": change.at}}
        run = await collection(MissionRun).find_one(due, session=change.session)
        mission = await collection(Mission).find_one({"_id": mission_id}, session=change.session)
        if run is None:
            return None
        if mission is None or mission["status"] not in ACTIVE:
            await collection(MissionRun).delete_one({"_id": mission_id}, session=change.session)
            return None
        if mission["status"] == MissionStatus.QUEUED and await rests_paused(change, run):
            return None
        given = await mark_taken(change, run, holder)
        if given is None:
            return None
        if given.problem is not None:
            await end(ctx, change, mission, MissionStatus.FAILED, error=given.problem)
            return None
        if mission["status"] != MissionStatus.RUNNING:
            await change_status(change, mission, MissionStatus.RUNNING)
        within = mission["project_id"] if mission.get("confined") else None
        return Held(
            Context(agent_subject(agent, within), services),
            agent,
            mission_id,
            mission["workspace_id"],
            workspace["organization_id"],
            given.fence,
            Cause(**cause) if (cause := mission.get("cause")) is not None else None,
            mission["project_id"],
            mission["card_id"],
        )

    taken = (await services.hub.log.write(run["workspace_id"], agent["user_id"], body)).value
    if taken is not None and run["holder"] is not None:
        COUNTS.add("leases_lost", "runtime")
    return taken


def agent_subject(agent: AgentRecord, within: ObjectId | None = None) -> Subject:
    """Who asks where an agent works by itself: what its own token would be, perhaps inside one project."""
    return Subject(
        user_id=agent["user_id"],
        scopes=frozenset(TOKEN_SCOPES),
        agent_id=agent["_id"],
        workspace_id=agent["workspace_id"],
        project_id=within,
        calls_a_minute=agent.get("rate_limit"),
    )


async def end(
    ctx: Context, change: Change, mission: MissionRecord, to: MissionStatus, *, summary: str = "", error: str = ""
) -> None:
    """End a mission, and report how."""
    kind = MissionActivityKind.ERROR if error else MissionActivityKind.RESPONSE
    told = harmless(error or summary)
    added = await insert_reports(ctx, change, mission, [Report(kind, told)]) if told else []
    mission = with_changes(mission, {"activity_count": mission["activity_count"] + len(added)})
    tell_reports(change, mission, added)
    values: Record = {"error": told} if error else {"summary": told or None}
    await change_status(change, mission, to, {**values, "activity_count": mission["activity_count"]})


async def give_back(held: Held, rest: timedelta) -> None:
    """Leave a run whose work has failed to whoever comes after a rest."""
    mine = {"_id": held.mission_id, "fence": held.fence}
    left = {"$set": {"holder": None, "due_at": utc_now() + rest}, "$inc": {"failures": 1}}
    await collection(MissionRun).update_one(mine, left)


async def hold_on(holder: str, missions: Collection[ObjectId]) -> None:
    """Hold on to the runs that a process works on, and has not written to for a third of a lease: each write does."""
    ending = {"holder": holder, "due_at": {"$lt": utc_now() + LEASE * 2 / 3}}
    for run in await collection(MissionRun).find(ending, {"_id": 1}).to_list():
        if run["_id"] in missions:
            until = {"$set": {"due_at": utc_now() + LEASE}}
            await collection(MissionRun).update_one({"_id": run["_id"], **ending}, until)


async def held_runs(holder: str) -> dict[ObjectId, int]:
    """The missions that a process works on, with their fences."""
    found = collection(MissionRun).find({"holder": holder}, {"fence": 1})
    return {run["_id"]: run["fence"] for run in await found.to_list()}


async def let_go(holder: str, *, lost: bool) -> None:
    """Leave all runs of a process to whoever asks next; `lost` says that it went away by itself."""
    changes: Record = {"due_at": utc_now(), **({} if lost else {"holder": None})}
    for mission_id in await held_runs(holder):
        await collection(MissionRun).update_one({"_id": mission_id, "holder": holder}, {"$set": changes})


async def keep_output(held: Held, attempt: int, text: str) -> None:
    """Keep what the model has written so far, for whoever comes later."""
    mine = {"_id": held.mission_id, "fence": held.fence, "attempt": attempt}
    await collection(MissionRun).update_one(mine, {"$set": {"output": text}})


def tell_delta(held: Held, after: Cursor, attempt: int, offset: int, text: str) -> None:
    """Show those who watch what the model is writing: `text` follows on `offset` characters of the attempt."""
    if not held.is_watched:
        return
    delta = MissionOutputDelta(attempt=attempt, offset=offset, text=text)
    event: EphemeralEvent = {
        "type": delta.type,
        "project_id": held.project_id,
        "card_id": held.card_id,
        "mission_id": held.mission_id,
        "data": delta.data(),
    }
    held.ctx.services.hub.broadcast(held.workspace_id, after, event)


async def read_run(held: Held) -> tuple[MissionRecord, MissionRunRecord]:
    """The mission and its run; raises RunLostError."""
    run = await collection(MissionRun).find_one({"_id": held.mission_id, "fence": held.fence})
    if run is None:
        raise RunLostError
    return await held.read(), run


async def set_run(change: Change, held: Held, changes: Record) -> None:
    """Change a run within a change of it."""
    mine = {"_id": held.mission_id, "fence": held.fence}
    await collection(MissionRun).update_one(mine, {"$set": changes}, session=change.session)


async def report_all(
    held: Held, change: Change, told: Sequence[tuple[MissionRecord, Sequence[Report], Record]]
) -> list[MissionRecord]:
    """Report on several missions of the workspace of one within a change of their runs, and change each; as they are
    then."""
    reports = [(mission, theirs) for mission, theirs, _ in told]
    added = await insert_all_reports(held.ctx, change, held.workspace_id, reports)
    changes = [
        {**values, "activity_count": mission["activity_count"] + len(theirs)}
        for (mission, _, values), theirs in zip(told, added, strict=True)
    ]
    missions = [with_changes(mission, values) for (mission, _, _), values in zip(told, changes, strict=True)]
    updates = [
        UpdateOne({"_id": mission["_id"]}, {"$set": values}) for mission, values in zip(missions, changes, strict=True)
    ]
    await update_all(Mission, updates, change)
    for mission, theirs in zip(missions, added, strict=True):
        if theirs:
            tell_reports(change, mission, theirs)
        else:
            change.append(mission["workspace_id"], MissionProgressed(mission=mission))
    return missions


@edge(scope=TokenScope.PILOTAGE_READ)
async def output_of(ctx: Context, missions: Sequence[MissionRecord], fields: Fields) -> list[Record | None]:
    """What the model of each mission is writing, a few seconds old; None where none does."""
    runs = await by_ids(MissionRun, [mission["_id"] for mission in missions])
    found = (runs.get(mission["_id"]) for mission in missions)
    return [
        None if run is None or not run["output"] else {"attempt": run["attempt"], "text": run["output"]}
        for run in found
    ]
