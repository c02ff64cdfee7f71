"""Driving missions with an agent's own token: claim the next one, report on it, finish it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from bson import ObjectId

from auth.policies import mission as policy
from models import Mission, MissionRun, Workspace
from models.base import Record, collection, with_changes
from models.enums import MissionStatus, TokenScope
from models.errors import Conflict
from models.records import MissionRecord, WorkspaceMemberRecord
from realtime.events.mission import MissionOutputDelta, MissionProgressed
from realtime.log import Change, Committed
from realtime.told import EphemeralEvent
from resolvers.inputs.mission import MissionComplete, MissionFail, MissionReport
from resolvers.kit.context import Context
from resolvers.kit.nouns import MISSION, WORKSPACE
from resolvers.kit.operation import Caller, operation
from resolvers.mission.lease import leased, note_alive, renewed
from resolvers.mission.mission import check_own, find_mission
from resolvers.mission.report import Report, insert_reports, tell_reports
from resolvers.state.agent_there import is_paused
from resolvers.state.mission_status import change_status

WRITE = TokenScope.PILOTAGE_WRITE

CANDIDATES = 16
"""How many of an agent's queued missions one claim looks at, before it looks at all."""

_UNDER_WAY = (MissionStatus.RUNNING, MissionStatus.AWAITING_APPROVAL)


@operation(
    "missionClaim", opens=WORKSPACE.by("workspace_id"), permission=policy.DRIVE, scope=WRITE, caller=Caller.AGENT
)
async def claim_mission(ctx: Context, membership: WorkspaceMemberRecord) -> Committed[MissionRecord | None]:
    """With an agent's own token: start its oldest queued mission, or else one of the workspace's boards.

    Start the agent's oldest queued mission, else the oldest of the agent of the boards, which is this agent's then;
    None where none is queued, or the agent is paused. Many may ask at once: one gets it.
    """
    workspace_id = membership["workspace_id"]
    for agent_id in (ctx.subject.agent_id, await _board_agent_of(workspace_id)):
        queued = {"agent_id": agent_id, "status": MissionStatus.QUEUED.value}
        # Agents ask again and again: as long as nothing waits, that takes no turn among the workspace's changes.
        waiting = collection(Mission).find(queued, {"_id": 1}).sort("_id", 1).limit(CANDIDATES)
        candidates = [mission["_id"] for mission in await waiting.to_list()] if agent_id is not None else []
        if candidates:
            claimed = await ctx.write(workspace_id, partial(_claim, ctx, candidates, queued))
            if claimed.value is not None:
                return claimed
    return Committed(None, await ctx.services.hub.log.head(workspace_id))


@operation("missionReport", opens=MISSION.whole, permission=policy.DRIVE, scope=WRITE, caller=Caller.AGENT)
async def report_mission(ctx: Context, door: MissionRecord, values: MissionReport) -> Committed[MissionRecord]:
    """With an agent's own token: report what it does.

    Report on a mission that runs or awaits approval; `awaiting_approval` takes it from one to the other. One that runs,
    and that nothing is reported on for five minutes, waits to be claimed again; the third time in a row it fails.
    """
    check_own(ctx, door)
    if not values.activities and values.progress is None and values.awaiting_approval is None:
        # Text as it is being written, many times a second: nothing to store, so nothing to commit.
        _check_under_way(door)
        await note_alive(door)
        committed = Committed(door, await ctx.services.hub.log.head(door["workspace_id"]))
    else:

        async def body(change: Change) -> MissionRecord:
            return await _report(ctx, change, await find_mission(change, door["_id"]), values)

        committed = await ctx.write(door["workspace_id"], body)
    if values.output_delta is not None:
        delta = MissionOutputDelta(text=values.output_delta)
        event: EphemeralEvent = {
            "type": delta.type,
            "project_id": door["project_id"],
            "card_id": door["card_id"],
            "mission_id": door["_id"],
            "data": delta.data(),
        }
        ctx.services.hub.broadcast(door["workspace_id"], committed.cursor, event)
    return committed


@operation(
    "missionComplete",
    opens=MISSION.whole,
    permission=policy.DRIVE,
    scope=WRITE,
    caller=Caller.AGENT,
    tool="finish_mission",
)
async def complete_mission(ctx: Context, door: MissionRecord, values: MissionComplete) -> Committed[MissionRecord]:
    """With an agent's own token: end a mission well."""
    return await _finish(ctx, door, MissionStatus.COMPLETED, {"summary": values.summary})


@operation("missionFail", opens=MISSION.whole, permission=policy.DRIVE, scope=WRITE, caller=Caller.AGENT)
async def fail_mission(ctx: Context, door: MissionRecord, values: MissionFail) -> Committed[MissionRecord]:
    """With an agent's own token: give a mission up."""
    return await _finish(ctx, door, MissionStatus.FAILED, {"error": values.error})


async def _claim(ctx: Context, candidates: Sequence[ObjectId], queued: Record, change: Change) -> MissionRecord | None:
    if await is_paused(change, ctx.subject.agent_id):
        return None
    # None comes to stand before those that waited already; reading few is what keeps a long queue quick.
    mission = await _first(change, {"_id": {"$in": candidates}, **queued}) or await _first(change, queued)
    if mission is None:
        return None
    # Driven from outside from here on, whatever its agent is: the runtime leaves it alone.
    await collection(MissionRun).delete_one({"_id": mission["_id"]}, session=change.session)
    lease = {**leased(change.at), "lapses": mission.get("lapses") or 0}
    claimer_id = ctx.subject.agent_id
    taken = {} if mission["agent_id"] == claimer_id else {"agent_id": claimer_id, "claimed_from": mission["agent_id"]}
    return await change_status(change, mission, MissionStatus.RUNNING, {**lease, **taken})


async def _board_agent_of(workspace_id: ObjectId) -> ObjectId | None:
    """The agent whose missions any other may claim."""
    workspace = await collection(Workspace).find_one({"_id": workspace_id}, {"board_agent_id": 1})
    return None if workspace is None else workspace.get("board_agent_id")


async def _first(change: Change, where: Record) -> MissionRecord | None:
    return await collection(Mission).find_one(where, sort=[("_id", 1)], session=change.session)


async def _finish(
    ctx: Context, door: MissionRecord, to: MissionStatus, values: dict[str, Any]
) -> Committed[MissionRecord]:
    check_own(ctx, door)

    async def body(change: Change) -> MissionRecord:
        return await change_status(change, await find_mission(change, door["_id"]), to, values)

    return await ctx.write(door["workspace_id"], body)


async def _report(ctx: Context, change: Change, mission: MissionRecord, values: MissionReport) -> MissionRecord:
    _check_under_way(mission)
    changes: dict[str, Any] = {}
    if values.progress is not None and values.progress != mission["progress"]:
        changes["progress"] = values.progress
    reports = [Report(activity.kind, activity.content, activity.tool, activity.data) for activity in values.activities]
    added = await insert_reports(ctx, change, mission, reports)
    if added:
        changes["activity_count"] = mission["activity_count"] + len(added)
    to = _target(values.awaiting_approval) or MissionStatus(mission["status"])
    kept = {**changes, **renewed(mission, to, change.at)}
    if to != mission["status"]:
        after = await change_status(change, mission, to, kept)
    else:
        after = with_changes(mission, kept)
        if kept:
            await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": kept}, session=change.session)
        if changes and not added:
            change.append(after["workspace_id"], MissionProgressed(mission=after))
    tell_reports(change, after, added)
    return after


def _target(awaiting_approval: bool | None) -> MissionStatus | None:
    if awaiting_approval is None:
        return None
    return MissionStatus.AWAITING_APPROVAL if awaiting_approval else MissionStatus.RUNNING


def _check_under_way(mission: MissionRecord) -> None:
    if mission["status"] not in _UNDER_WAY:
        raise Conflict(
            f"A mission that is {mission['status']} takes no report: only one that is running or awaiting_approval",
            **{"from": mission["status"]},
        )
