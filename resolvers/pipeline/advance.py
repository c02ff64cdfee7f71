"""Runs of pipelines go on: each step begins once those that it comes after have ended well, and is done once.

What a step does carries a mark (`resolvers.kit.mark`): that it has begun is written in the transaction of what it does.
So whoever goes on with a run after a crash finds it done, or not begun.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from bson import ObjectId

from auth.subject import Subject
from models import Activity, Mission, PipelineRun, Proposal, WorkspaceMember
from models.base import Record, collection, timestamp, to_record, utc_now, with_changes
from models.enums import ActivityType, MissionStatus, PipelineStepType, ProposalStatus, TokenScope
from models.errors import OrreryError
from models.fanout import Audience
from models.pipeline_run import PipelineStepState
from models.reach import LATER
from models.records import MissionRecord, PipelineRunRecord, PipelineStepRecord
from realtime.change import Cause
from realtime.events.mission import MissionProgressed
from realtime.log import Change
from resolvers.activity.activity import record_activities
from resolvers.kit.call import call
from resolvers.kit.context import Context, Services
from resolvers.pipeline.condition import holds
from resolvers.pipeline.run import operation_name
from resolvers.proposal.create import Draft, propose
from resolvers.state.mission_status import ACTIVE, change_status

T = TypeVar("T")
log = logging.getLogger("orrery.pipelines")

AT_ONCE = 10
PERIOD = timedelta(seconds=1)
"""How often a run looks for what it waits for."""
APPROVAL = "pipeline_approval"
"""What a proposal of a step is called, which nothing is done for."""

_ENDED = {PipelineStepState.DONE, PipelineStepState.SKIPPED}
_APPROVED = (ProposalStatus.APPROVED, ProposalStatus.APPLIED)
LEFT = "Whoever ran it is not in the workspace any more"
UNEXPECTED = "Something went wrong on our side"


class _Over(Exception):  # noqa: N818
    """The step is not where it was any more, or the run is over."""


@dataclass(slots=True)
class StepMark:
    """That a step has begun, in the transaction of what it does. `after` tells what becomes of it by what was done."""

    run: PipelineRunRecord
    place: int
    after: Callable[[Any], Record]
    reveals: bool = False

    def marking(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        async def marked(change: Change) -> T:
            mission = await _require(change, self.run, self.place)
            if (cause := mission.get("cause")) is not None:
                change.cause = Cause(**cause)
            value = await body(change)
            await _set_step(change, self.run["_id"], self.place, self.after(value))
            return value

        return marked


async def advance_some(services: Services) -> bool:
    """Go on with the runs that are due; whether there were as many as one takes at a time.

    One that fails is put off, so that it hides no other; what it raised is raised."""
    due = collection(PipelineRun).find({"due_at": {"$lte": utc_now()}}).sort("due_at", 1).limit(AT_ONCE)
    runs = await due.to_list()
    results = await asyncio.gather(*(_go_on(services, run) for run in runs), return_exceptions=True)
    failed = [(run, result) for run, result in zip(runs, results, strict=True) if isinstance(result, BaseException)]
    for run, _ in failed:
        still = {"_id": run["_id"], "due_at": run["due_at"]}
        await collection(PipelineRun).update_one(still, {"$set": {"due_at": utc_now() + PERIOD}})
    for _, error in failed:
        raise error
    return len(runs) == AT_ONCE


async def _go_on(services: Services, run: PipelineRunRecord) -> None:
    """Advance a run for as long as anything of it moves."""
    for _ in range(2 * len(run["steps"]) + 1):
        now = await collection(PipelineRun).find_one({"_id": run["_id"]})
        if now is None or now["due_at"] is None or not await advance(services, now):
            return


async def advance(services: Services, run: PipelineRunRecord) -> bool:
    """Begin the steps of a run whose turn has come, look for those that others are at, and end it with the last;
    whether anything moved."""
    mission = await collection(Mission).find_one({"_id": run["_id"]})
    if mission is None or mission["status"] not in ACTIVE:
        await _leave(services, run)
        return False
    if mission["status"] == MissionStatus.QUEUED:
        await _set_status(services, run, MissionStatus.RUNNING)
    ctx = await _of_creator(services, run)
    if ctx is None:
        await _end(services, run, MissionStatus.FAILED, LEFT)
        return False
    states = {each["step"]: PipelineStepState(each["state"]) for each in run["runs"]}
    moved = False
    for place, step in enumerate(run["steps"]):
        state = states[step["id"]]
        before = [states[other] for other in step["after"]]
        if state is PipelineStepState.WAITING:
            moved |= await _look(services, run, place)
        elif state is PipelineStepState.PENDING and PipelineStepState.SKIPPED in before:
            moved |= await _note(services, run, place, {"state": PipelineStepState.SKIPPED.value})
        elif state is PipelineStepState.PENDING and all(each is PipelineStepState.DONE for each in before):
            moved |= await _begin(ctx, services, run, place, step)
    if not moved:
        await _rest(services, run)
    return moved


async def _begin(
    ctx: Context, services: Services, run: PipelineRunRecord, place: int, step: PipelineStepRecord
) -> bool:
    """Do what a step is for; what is refused fails it. Raises what another attempt may not meet."""
    try:
        with suppress(_Over):
            await _do(ctx, services, run, place, step)
    except LATER:
        raise
    except OrreryError as error:
        return await _note(services, run, place, _failure(error.message))
    except Exception:
        log.exception("the step %s of the run %s failed", step["id"], run["_id"])
        return await _note(services, run, place, _failure(UNEXPECTED))
    return True


async def _do(ctx: Context, services: Services, run: PipelineRunRecord, place: int, step: PipelineStepRecord) -> None:
    def marked(after: Callable[[Any], Record]) -> Context:
        return Context(ctx.subject, ctx.services, marks=(StepMark(run, place, after),), mission_id=run["_id"])

    match PipelineStepType(step["type"]):
        case PipelineStepType.AGENT:
            asked = {"agentId": str(step["agent_id"]), "prompt": step["text"]}
            await call(marked(lambda mission: _waits(mission_id=mission["_id"])), "missionCreate", asked)
        case PipelineStepType.TOOL:
            name = operation_name(step["tool"] or "")
            made = await call(marked(lambda value: _done(shown(value))), name, step["arguments"])
            # What only reads changes nothing, and so is marked by nothing.
            await _note(services, run, place, _done(shown(made)))
        case PipelineStepType.APPROVAL:
            asked = {"run": str(run["_id"]), "step": step["id"], "text": step["text"]}
            draft = Draft(APPROVAL, None, asked, asked, [])
            waiting = marked(lambda proposal: _waits(proposal_id=proposal["_id"]))
            await propose(waiting, run["workspace_id"], draft, step["text"], run["_id"])
        case PipelineStepType.CONDITION:
            results = {each["step"]: each["result"] for each in run["runs"]}
            is_so = holds(step["condition"], results)
            await _note(services, run, place, _done(True) if is_so else {"state": PipelineStepState.SKIPPED.value})
        case PipelineStepType.NOTIFY:
            told = marked(lambda _: _done(None))
            await told.write(run["workspace_id"], lambda change: _notify(change, run, step))


async def _look(services: Services, run: PipelineRunRecord, place: int) -> bool:
    """Whether what a step waits for has come about."""
    step = run["runs"][place]
    if step["mission_id"] is not None:
        mission = await collection(Mission).find_one({"_id": step["mission_id"]})
        if mission is None or mission["status"] in (MissionStatus.FAILED, MissionStatus.CANCELLED):
            told = "its mission was cancelled" if mission is None else mission["error"] or "its mission was cancelled"
            return await _note(services, run, place, _failure(told))
        if mission["status"] == MissionStatus.COMPLETED:
            result = {"missionId": str(mission["_id"]), "status": "completed", "summary": mission["summary"]}
            return await _note(services, run, place, _done(result))
        return False
    proposal = await collection(Proposal).find_one({"_id": step["proposal_id"]})
    if proposal is not None and proposal["status"] == ProposalStatus.PENDING:
        return False
    if proposal is None or proposal["status"] not in _APPROVED:
        return await _note(services, run, place, _failure("it was not approved"))
    return await _note(services, run, place, _done({"approved": True}))


def shown(value: Any) -> Any:
    """What is kept of what an operation made, as JSON: of a record what is no list and no long text."""
    made = getattr(value, "value", value)
    if isinstance(made, Mapping):
        return {_name(key): _plain(child) for key, child in made.items() if not isinstance(child, (list, dict))}
    return _plain(made) if not isinstance(made, (list, tuple)) else {"count": len(made)}


def _name(key: str) -> str:
    first, *rest = key.removeprefix("_").split("_")
    return first + "".join(word.title() for word in rest)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value[:500]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return timestamp(value) if hasattr(value, "astimezone") else str(value)[:500]


async def _notify(change: Change, run: PipelineRunRecord, step: PipelineStepRecord) -> None:
    told = Activity(
        workspace_id=run["workspace_id"],
        type=ActivityType.PIPELINE_NOTICE,
        actor_id=None,
        meta={"message": step["text"], "pipelineId": str(run["pipeline_id"]), "missionId": str(run["_id"])},
        created_at=change.at,
    )
    await record_activities(change, [to_record(told)], Audience.MEMBERS)


def _done(result: Any) -> Record:
    return {"state": PipelineStepState.DONE.value, "result": result}


def _waits(**ids: ObjectId) -> Record:
    return {"state": PipelineStepState.WAITING.value, **ids}


def _failure(error: str) -> Record:
    return {"state": PipelineStepState.FAILED.value, "error": error[:500]}


async def _require(change: Change, before: PipelineRunRecord, place: int) -> MissionRecord:
    """The mission of a run. Raises _Over where that is over, and unless a step is still as it was `before`: another
    process may have gone on with it."""
    mine = {"_id": before["_id"]}
    run = await collection(PipelineRun).find_one(mine, session=change.session)
    mission = await collection(Mission).find_one(mine, session=change.session)
    if run is None or mission is None or mission["status"] not in ACTIVE:
        raise _Over
    if run["runs"][place]["state"] != before["runs"][place]["state"]:
        raise _Over
    return mission


async def _set_step(change: Change, run_id: ObjectId, place: int, values: Record) -> None:
    changes: Record = {f"runs.{place}.{name}": value for name, value in values.items()}
    await collection(PipelineRun).update_one({"_id": run_id}, {"$set": changes}, session=change.session)


async def _note(services: Services, run: PipelineRunRecord, place: int, values: Record) -> bool:
    """Write what has become of a step that nothing else was written for; whether it was as it is in `run`."""

    async def body(change: Change) -> bool:
        try:
            await _require(change, run, place)
        except _Over:
            return False
        await _set_step(change, run["_id"], place, values)
        return True

    return (await services.hub.log.write(run["workspace_id"], None, body)).value


async def _rest(services: Services, run: PipelineRunRecord) -> None:
    """Nothing moved: the run is over, or waits."""
    failed = next((each for each in run["runs"] if each["state"] == PipelineStepState.FAILED), None)
    waiting = [each for each in run["runs"] if each["state"] == PipelineStepState.WAITING]
    if failed is not None and not waiting:
        await _end(services, run, MissionStatus.FAILED, f"{failed['step']}: {failed['error']}")
    elif all(each["state"] in _ENDED for each in run["runs"]):
        await _end(services, run, MissionStatus.COMPLETED, None)
    else:
        for_people = bool(waiting) and all(each["proposal_id"] is not None for each in waiting)
        to = MissionStatus.AWAITING_APPROVAL if for_people else MissionStatus.RUNNING
        await _set_status(services, run, to)
        await collection(PipelineRun).update_one({"_id": run["_id"]}, {"$set": {"due_at": utc_now() + PERIOD}})


async def _set_status(services: Services, run: PipelineRunRecord, to: MissionStatus) -> None:
    """Let the mission of a run stand where its steps do, with how far it is."""
    progress = sum(each["state"] in _ENDED for each in run["runs"]) / max(len(run["runs"]), 1)

    async def body(change: Change) -> None:
        mission = await collection(Mission).find_one({"_id": run["_id"]}, session=change.session)
        if mission is None or mission["status"] not in ACTIVE:
            return
        if mission["status"] != to:
            await change_status(change, mission, to, {"progress": progress})
        elif mission["progress"] != progress:
            changes = {"$set": {"progress": progress}}
            await collection(Mission).update_one({"_id": run["_id"]}, changes, session=change.session)
            change.append(run["workspace_id"], MissionProgressed(mission=with_changes(mission, {"progress": progress})))

    await services.hub.log.write(run["workspace_id"], None, body)


async def _end(services: Services, run: PipelineRunRecord, to: MissionStatus, error: str | None) -> None:
    async def body(change: Change) -> None:
        mission = await collection(Mission).find_one({"_id": run["_id"]}, session=change.session)
        if mission is not None and mission["status"] in ACTIVE:
            told = ", ".join(f"{each['step']} {PipelineStepState(each['state']).name.lower()}" for each in run["runs"])
            said = {"error": error} if error is not None else {"summary": told or "There were no steps."}
            await change_status(change, mission, to, said)
        await _close(change, run)

    await services.hub.log.write(run["workspace_id"], None, body)


async def _leave(services: Services, run: PipelineRunRecord) -> None:
    """The run was cancelled, or its mission is gone: what its steps have asked of agents is cancelled too."""

    async def body(change: Change) -> None:
        ids = [each["mission_id"] for each in run["runs"] if each["mission_id"] is not None]
        asked = collection(Mission).find({"_id": {"$in": ids}}, session=change.session)
        for mission in await asked.to_list():
            if mission["status"] in ACTIVE:
                await change_status(change, mission, MissionStatus.CANCELLED)
        await _close(change, run)

    await services.hub.log.write(run["workspace_id"], None, body)


async def _close(change: Change, run: PipelineRunRecord) -> None:
    await collection(PipelineRun).update_one({"_id": run["_id"]}, {"$set": {"due_at": None}}, session=change.session)


async def _of_creator(services: Services, run: PipelineRunRecord) -> Context | None:
    """A request of whoever began the run, with the scopes that they did so with, in its workspace alone; None where
    they are not in it any more."""
    inside = {"workspace_id": run["workspace_id"], "user_id": run["created_by"]}
    if await collection(WorkspaceMember).find_one(inside, {"_id": 1}) is None:
        return None
    scopes = frozenset(map(TokenScope, run.get("scopes") or ()))
    subject = Subject(user_id=run["created_by"], scopes=scopes, workspace_id=run["workspace_id"])
    return Context(subject, services)
