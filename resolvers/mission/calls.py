"""What becomes of the calls of a run, and of the mission with them: each in one change that is fenced."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from bson import ObjectId

from models import Mission, MissionActivity, MissionCall, Proposal, RemoteCall
from models.base import Record, collection, with_changes
from models.enums import (
    MissionActivityKind,
    MissionCallState,
    MissionStatus,
    MissionWait,
    ProposalStatus,
    RemoteCallState,
)
from models.ids import Kind, kind_of
from models.records import (
    MissionActivityRecord,
    MissionCallRecord,
    MissionRecord,
    ProposalRecord,
    RemoteCallRecord,
)
from realtime.log import Change
from resolvers.mission.quoted import quoted
from resolvers.mission.report import Report
from resolvers.mission.run import Held, RunLostError, set_run
from resolvers.state.mission_wake import Seen, changed_since, wake_waiting

REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
"""After which a mission that may spend nothing more, or has no key, looks again: at first, and at most."""
UNREAD = "Something was said that you have not read: see to that, and finish then"
UNDECIDED = (ProposalStatus.PENDING, ProposalStatus.APPROVED)
"""Where a proposal stands while nothing has come of it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A call that has ended, and its mission as it was then."""

    call: MissionCallRecord
    mission: MissionRecord


async def settle_call(
    held: Held, change: Change, mission: MissionRecord, call: MissionCallRecord, changes: Record, told: Report | None
) -> MissionRecord:
    """Note within a change what became of a call, which was open until then; raises RunLostError where it was not."""
    open_call = {"_id": call["_id"], "finished_at": None}
    done = await collection(MissionCall).update_one(open_call, {"$set": changes}, session=change.session)
    if not done.matched_count:
        raise RunLostError
    return await held.report(change, mission, [told] if told else [])


async def settle(
    held: Held, call: MissionCallRecord, state: MissionCallState, result: str, told: Report | None = None
) -> Settled:
    """Keep what became of a call that has made no change."""

    async def body(change: Change, mission: MissionRecord) -> Settled:
        ended = _ended(change, state, result)
        return Settled(with_changes(call, ended), await settle_call(held, change, mission, call, ended, told))

    return (await held.write(body)).value


async def keep_plan(held: Held, call: MissionCallRecord, plan: str, progress: float) -> None:
    """Keep the plan of a mission, and how far it is, as a call says."""

    async def body(change: Change, mission: MissionRecord) -> None:
        changes = {"plan": plan, "progress": progress}
        await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": changes}, session=change.session)
        after = with_changes(mission, changes)
        await settle_call(held, change, after, call, _ended(change, MissionCallState.DONE, "noted"), None)

    await held.write(body)


async def ask_people(held: Held, call: MissionCallRecord, question: Report) -> None:
    """Put a question to people, and wait for the answer."""

    async def body(change: Change, mission: MissionRecord) -> None:
        waiting: Record = {"state": MissionCallState.WAITING.value}
        after = await settle_call(held, change, mission, call, waiting, question)
        await held.wait(change, after, MissionWait.ANSWER, None)

    await held.write(body)


async def said_since(mission_id: ObjectId, position: int, change: Change | None = None) -> list[MissionActivityRecord]:
    """What people wrote to a mission after a position."""
    after = {"mission_id": mission_id, "position": {"$gt": position}}
    session = None if change is None else change.session
    found = await collection(MissionActivity).find(after, session=session).sort("position", 1).to_list()
    return [activity for activity in found if activity.get("author_id") is not None]


async def take_answer(held: Held, call: MissionCallRecord) -> bool:
    """Give what people said since to a call that waits for it; whether they said anything. Else it waits on."""

    async def body(change: Change, mission: MissionRecord) -> bool:
        run = await held.run(change)
        said = await said_since(mission["_id"], run["read_until"], change)
        if not said:
            await held.wait(change, mission, MissionWait.ANSWER, None)
            return False
        answer = "\n".join(activity["content"] for activity in said)
        await set_run(change, held, {"read_until": said[-1]["position"]})
        await settle_call(held, change, mission, call, _ended(change, MissionCallState.DONE, answer), None)
        return True

    return (await held.write(body)).value


async def wait_for(held: Held, what: MissionWait, told: str, on: Seen) -> None:
    """Let the mission wait until somebody wakes it, or one of those that it waits `on` changes; else it looks again,
    each time after twice as long. What is `told` is reported where it is news."""

    async def body(change: Change, mission: MissionRecord) -> None:
        run = await held.run(change)
        waits = run.get("waits", 0)
        await set_run(change, held, {"told": told, "waits": waits + 1, "waits_on": list(on)})
        if run.get("told") != told:
            mission = await held.report(change, mission, [Report(MissionActivityKind.ERROR, told)])
        await held.wait(change, mission, what, change.at + min(REST * 2 ** min(waits, 10), LONGEST_REST))

    await held.write(body)
    # Whoever changed it before this was committed has not found the mission waiting.
    for changed in await changed_since(on):
        await wake_waiting(changed)


async def await_decision(held: Held, call: MissionCallRecord, told: str, *, goes_on: bool) -> None:
    """Let a call that became a proposal wait for the decision: the mission with it, unless it `goes_on` with what the
    model is `told`."""

    async def body(change: Change, mission: MissionRecord) -> None:
        if goes_on:
            late: Record = {"late": True, "result": told}
            await collection(MissionCall).update_one({"_id": call["_id"]}, {"$set": late}, session=change.session)
        elif not await _take_decision(held, change, mission, call["_id"]):
            await held.wait(change, mission, MissionWait.PROPOSALS, None)

    await held.write(body)


async def take_decision(held: Held, call: MissionCallRecord) -> bool:
    """Give what was decided to a call that waits for it; whether it was. Else the mission waits on."""

    async def body(change: Change, mission: MissionRecord) -> bool:
        if await _take_decision(held, change, mission, call["_id"]):
            return True
        await held.wait(change, mission, MissionWait.PROPOSALS, None)
        return False

    return (await held.write(body)).value


async def late_calls(held: Held) -> list[MissionCallRecord]:
    """The calls of which the model was told that they wait, and that it was not told of since, in order: with what was
    decided on them."""
    late = collection(MissionCall).find({"mission_id": held.mission_id, "late": True}).sort([("n", 1), ("index", 1)])
    calls = await late.to_list()
    unsettled = [call["_id"] for call in calls if call["finished_at"] is None]
    for call_id in unsettled:

        async def body(change: Change, mission: MissionRecord, call_id: ObjectId = call_id) -> None:
            await _take_decision(held, change, mission, call_id)

        await held.write(body)
    return await late.clone().to_list() if unsettled else calls


async def has_proposed(mission_id: ObjectId, change: Change | None = None) -> bool:
    """Whether people are to decide on what a mission proposes, or have, without its model having been told."""
    session = None if change is None else change.session
    late = {"mission_id": mission_id, "late": True}
    if await collection(MissionCall).find_one(late, {"_id": 1}, session=session) is not None:
        return True
    undecided = {"mission_id": mission_id, "status": {"$in": [status.value for status in UNDECIDED]}}
    return await collection(Proposal).find_one(undecided, {"_id": 1}, session=session) is not None


async def wait_on(held: Held) -> bool:
    """Let a mission whose model has concluded wait until all that it proposed is decided on; False where it is, or
    somebody said something since: the model is told then."""
    await late_calls(held)

    async def body(change: Change, mission: MissionRecord) -> bool:
        run = await held.run(change)
        if await said_since(mission["_id"], run["read_until"], change):
            return False
        count, due_at = await _undecided(held, change)
        if count:
            await held.wait(change, mission, MissionWait.PROPOSALS, due_at)
        return bool(count)

    return (await held.write(body)).value


async def _undecided(held: Held, change: Change) -> tuple[int, datetime | None]:
    """How many late calls there is no result of, and when to look again: at once where one was decided on just now, as
    nobody wakes the mission for that any more."""
    late = {"mission_id": held.mission_id, "late": True, "finished_at": None}
    calls = await collection(MissionCall).find(late, {"proposal_id": 1}, session=change.session).to_list()
    these = {"_id": {"$in": [call["proposal_id"] for call in calls]}}
    proposals = await collection(Proposal).find(these, session=change.session).to_list()
    is_open = [proposal for proposal in proposals if await _is_open(change, proposal)]
    return len(calls), None if len(is_open) == len(calls) else change.at


async def _is_open(change: Change, proposal: ProposalRecord) -> bool:
    """Whether nothing has come of a proposal yet."""
    if ProposalStatus(proposal["status"]) in UNDECIDED:
        return True
    remote = await _remote(change, proposal)
    return remote is not None and remote["finished_at"] is None


async def _remote(change: Change, proposal: ProposalRecord) -> RemoteCallRecord | None:
    """The call of another server that a proposal has come to: what that answers is what came of the proposal."""
    made = proposal["result"].get("id") if isinstance(proposal["result"], dict) else None
    if made is None or kind_of(ObjectId(made)) is not Kind.REMOTE_CALL:
        return None
    return await collection(RemoteCall).find_one({"_id": ObjectId(made)}, session=change.session)


async def _take_decision(held: Held, change: Change, mission: MissionRecord, call_id: ObjectId) -> bool:
    call = await collection(MissionCall).find_one({"_id": call_id}, session=change.session)
    if call is None or call["finished_at"] is not None:
        return True
    wanted = {"_id": call["proposal_id"]}
    proposal = await collection(Proposal).find_one(wanted, session=change.session)
    status = ProposalStatus.WITHDRAWN if proposal is None else ProposalStatus(proposal["status"])
    if proposal is not None and status in UNDECIDED:
        return False
    if proposal is not None and status is ProposalStatus.APPLIED:
        if (remote := await _remote(change, proposal)) is not None:
            if remote["finished_at"] is None:
                return False
            is_done = remote["state"] == RemoteCallState.DONE
            state = MissionCallState.DONE if is_done else MissionCallState.REFUSED
            text = quoted(remote["result"] or remote["error"] or "")
            await settle_call(held, change, mission, call, _ended(change, state, text), None)
            return True
        edited = {} if proposal["edited_arguments"] is None else {"done instead": proposal["edited_arguments"]}
        text = orjson.dumps({"status": "DONE", "result": proposal["result"], **edited}, default=str).decode()
        await settle_call(held, change, mission, call, _ended(change, MissionCallState.DONE, text), None)
        return True
    why = "" if proposal is None else proposal["reason"] or proposal["error"] or ""
    text = f"{status.name}: {why}" if why else status.name
    await settle_call(held, change, mission, call, _ended(change, MissionCallState.REFUSED, text), None)
    return True


async def conclude(
    held: Held,
    change: Change,
    mission: MissionRecord,
    to: MissionStatus,
    told: str,
    call: MissionCallRecord | None = None,
) -> bool:
    """End the mission within a change of its run, as its model says, perhaps by a call; whether it goes on all the
    same, as somebody has said something that the model has not read. While proposals of it wait for a decision, it
    waits too, and the model is told then."""
    run = await held.run(change)
    may_read = mission["step_count"] < mission["max_steps"]
    unread = may_read and bool(await said_since(mission["_id"], run["read_until"], change))
    count, due_at = await _undecided(held, change)
    if not count and not unread:
        await held.finish(change, mission, to, told)
        return False
    if call is not None:
        answer = UNREAD if unread else f"{count} proposals wait for a decision: you are told, and finish then"
        mission = await settle_call(held, change, mission, call, _ended(change, MissionCallState.DONE, answer), None)
    if not unread:
        await held.wait(change, mission, MissionWait.PROPOSALS, due_at)
    return unread


async def finish_by_call(held: Held, call: MissionCallRecord, to: MissionStatus, told: str) -> bool:
    """`conclude` by a call of its model."""

    async def body(change: Change, mission: MissionRecord) -> bool:
        return await conclude(held, change, mission, to, told, call)

    return (await held.write(body)).value


async def finish(held: Held, to: MissionStatus, told: str) -> None:
    """End the mission, with a summary or an error."""

    async def body(change: Change, mission: MissionRecord) -> None:
        await held.finish(change, mission, to, told)

    await held.write(body)


def _ended(change: Change, state: MissionCallState, result: str) -> Record:
    return {"state": state.value, "result": result, "finished_at": change.at}
