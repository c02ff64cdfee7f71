"""What people write to a mission while it goes on: prompts in between, and answers to its agent's questions."""

from bson import ObjectId

from auth.policies import mission as policy
from models import Mission, MissionActivity
from models.base import collection, with_changes
from models.enums import MissionActivityKind, MissionWait, TokenScope
from models.errors import Conflict
from models.records import MissionActivityRecord, MissionRecord
from realtime.log import Change, Committed
from resolvers.inputs.mission import MissionAnswer, MissionPrompt
from resolvers.kit.context import Context
from resolvers.kit.nouns import MISSION
from resolvers.kit.operation import Caller, operation
from resolvers.mission.mission import find_mission
from resolvers.mission.report import Report, insert_reports, tell_reports
from resolvers.state.mission_status import ACTIVE
from resolvers.state.mission_wake import wake

WRITE = TokenScope.PILOTAGE_WRITE
LOOKS_AGAIN = (MissionWait.ANSWER, MissionWait.BUDGET, MissionWait.CREDENTIAL)
"""What a mission waits for that a person may have seen to by what they write."""

LOOKED_THROUGH = 100


@operation("missionPrompt", opens=MISSION, permission=policy.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def prompt_mission(ctx: Context, door: MissionRecord, values: MissionPrompt) -> Committed[MissionRecord]:
    """Tell the agent of a mission something while it works.

    It reads it before its next turn; for decisions it goes on waiting, for anything else it looks again.
    """
    return await _say(ctx, door, values.text, answers=False)


@operation("missionAnswer", opens=MISSION, permission=policy.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def answer_mission(ctx: Context, door: MissionRecord, values: MissionAnswer) -> Committed[MissionRecord]:
    """Answer the question of an agent, which goes on then."""
    return await _say(ctx, door, values.answer, answers=True)


async def question_of(mission_id: ObjectId) -> MissionActivityRecord | None:
    """What the agent of a mission, whose door was passed, has asked last, if it was among its last reports."""
    latest = collection(MissionActivity).find({"mission_id": mission_id}).sort("position", -1).limit(LOOKED_THROUGH)
    asked = [report for report in await latest.to_list() if report["kind"] == MissionActivityKind.ELICITATION]
    return asked[0] if asked else None


async def _say(ctx: Context, door: MissionRecord, text: str, *, answers: bool) -> Committed[MissionRecord]:
    async def body(change: Change) -> MissionRecord:
        mission = await find_mission(change, door["_id"])
        if mission["status"] not in ACTIVE:
            raise Conflict(
                f"A mission that is {mission['status']} reads nothing any more", **{"from": mission["status"]}
            )
        asked = mission.get("waiting_for") == MissionWait.ANSWER
        if answers and not asked:
            raise Conflict("The agent of this mission asks nothing")
        report = Report(MissionActivityKind.PROMPT, text, author_id=ctx.user_id)
        added = await insert_reports(ctx, change, mission, [report])
        changes = {"activity_count": mission["activity_count"] + len(added)}
        await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": changes}, session=change.session)
        after = with_changes(mission, changes)
        tell_reports(change, after, added)
        if mission.get("waiting_for") in LOOKS_AGAIN:
            await wake(change, mission["_id"])
        return after

    return await ctx.write(door["workspace_id"], body)
