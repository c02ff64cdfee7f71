"""The turns of a conversation: counted before they are asked for, and kept with the answer that they are."""

from models import MissionCall, MissionStep
from models.base import Record, collection, insert_all
from models.records import MissionRecord, UsageRecordRecord
from realtime.log import Change
from resolvers.conversation.run import Talking
from resolvers.mission.turns import Attempt, Kept, Request, Turn
from resolvers.usage.usage import Asked, reserve, settle


async def begin_attempt(request: Request) -> Attempt:
    """Count a request to a model, and reserve what it may come to. Raises BudgetExhausted and RunLostError."""
    held = request.held

    async def body(change: Change, mission: MissionRecord) -> tuple[int, UsageRecordRecord]:
        run = await held.run(change)
        asked = Asked(mission, held.organization_id, request.worst, request.model, request.credential_id)
        [reserved] = await reserve(change, [asked])
        return run["attempt"], reserved

    committed = await held.write(body, {"$inc": {"attempt": 1}, "$set": {"output": ""}})
    return Attempt(*committed.value, committed.cursor)


async def keep_turn(turn: Turn, held: Talking) -> Kept:
    """Keep a turn with what it used, the calls that it asks for, and the answer where it is one."""

    async def body(change: Change, mission: MissionRecord) -> MissionRecord:
        await collection(MissionStep).insert_one(turn.step, session=change.session)
        if turn.usage.amount.tokens:  # of one that nobody was told of, what was reserved stays so
            await settle(change, [(turn.reserved, turn.usage)])
        await insert_all(MissionCall, list(turn.calls), change)
        changes: Record = {"step_count": turn.step["n"], "model": turn.step["model"]}
        return await held.report(change, mission, turn.reports, changes)

    kept: Record = {"output": "", "losses": 0, "failures": 0, "waits": 0, **turn.run_changes}
    mission = (await held.write(body, {"$set": kept})).value
    return Kept(mission) if turn.last_word is None else Kept(mission, await held.rest())
