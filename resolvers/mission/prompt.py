"""What people write to a mission while it goes on: prompts in between, and answers to its agent's questions."""

from bson import ObjectId

from auth.policies import mission as policy
from models import MissionActivity
from models.base import collection
from models.enums import MissionActivityKind, MissionReason, MissionStatus, MissionWait, TokenScope
from models.errors import Conflict
from models.records import CardRecord, MissionActivityRecord, MissionRecord
from realtime.log import Change, Committed
from resolvers.card.update import current_card
from resolvers.inputs.mission import CardMissionPrompt, MissionAnswer, MissionPrompt, MissionReview
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD, MISSION
from resolvers.kit.operation import Caller, operation
from resolvers.mission.board_run import CARD_PROMPT, begin_run, last_run, task_in_column
from resolvers.mission.handoff import task_of
from resolvers.mission.lease import leased
from resolvers.mission.mission import Asked, find_mission
from resolvers.mission.report import Report, add_reports
from resolvers.state.mission_status import ACTIVE, change_status
from resolvers.state.mission_wake import wake

WRITE = TokenScope.PILOTAGE_WRITE
LOOKS_AGAIN = (MissionWait.ANSWER, MissionWait.BUDGET, MissionWait.CREDENTIAL)
"""What a mission waits for that a person may have seen to by what they write."""
REVIEWED = (None, MissionWait.ANSWER)
"""What a mission waits for that somebody reviews."""

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


@operation("missionReview", opens=MISSION, permission=policy.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def review_mission(ctx: Context, door: MissionRecord, values: MissionReview) -> Committed[MissionRecord]:
    """Say yes to what an agent is about to do, or what is to be different; it goes on with that.

    Of a mission that waits for it: not for decisions on proposals, a budget or a key.
    """

    async def body(change: Change) -> MissionRecord:
        mission = await find_mission(change, door["_id"])
        waits = mission.get("waiting_for")
        if mission["status"] != MissionStatus.AWAITING_APPROVAL or waits not in REVIEWED:
            raise Conflict("The mission waits for no review", **{"from": mission["status"], "waitingFor": waits})
        said = "Approved: go on like that." if values.approved else "Not approved: change it first."
        after = await say(ctx, change, mission, "\n".join(filter(None, [said, values.feedback])))
        if waits is not None:  # the built-in runtime goes on by itself
            return after
        return await change_status(change, after, MissionStatus.RUNNING, leased(change.at))

    return await ctx.write(door["workspace_id"], body)


@operation(
    "cardMissionPrompt",
    opens=CARD,
    permission=policy.WRITE,
    scope=WRITE,
    includes=("missionCreate",),
    caller=Caller.NO_AGENT,
)
async def prompt_card(ctx: Context, door: CardRecord, values: CardMissionPrompt) -> Committed[MissionRecord]:
    """Write to the agent that works on a card. Where none does, one begins with that, and goes on from the last."""

    async def body(change: Change) -> MissionRecord:
        card = await current_card(change, door["_id"])
        if (active := card.get("active_mission_id")) is not None:
            return await say(ctx, change, await find_mission(change, active), values.text)
        last = await last_run(change, card["_id"])
        task = await task_in_column(change, card) or (CARD_PROMPT if last is None else task_of(last["prompt"]))
        before_id, agent_id = (None, None) if last is None else (last["_id"], last["agent_id"])
        asked = Asked(task, continues_id=before_id, reason=MissionReason.MESSAGE)
        # What is written is read like any other message, so that all are where clients look for them.
        return await say(ctx, change, await begin_run(ctx, change, card, asked, agent_id), values.text)

    return await ctx.write(door["workspace_id"], body)


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
        if answers and mission.get("waiting_for") != MissionWait.ANSWER:
            raise Conflict("The agent of this mission asks nothing")
        return await say(ctx, change, mission, text)

    return await ctx.write(door["workspace_id"], body)


async def say(ctx: Context, change: Change, mission: MissionRecord, text: str) -> MissionRecord:
    """Write to a mission that was read in this change and is not finished, and have it look where that may help."""
    said = Report(MissionActivityKind.PROMPT, text, author_id=ctx.user_id)
    after = await add_reports(ctx, change, mission, [said])
    if mission.get("waiting_for") in LOOKS_AGAIN:
        await wake(change, mission["_id"])
    return after
