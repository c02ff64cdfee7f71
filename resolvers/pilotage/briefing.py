"""Briefings: how a pilotage stands, told by an agent. One is a mission like any other."""

from auth.policies import mission as policy
from models.enums import TokenScope
from models.pilotage_enums import PilotageIntent
from models.records import AgentRecord, MissionRecord
from realtime.log import Committed
from resolvers.inputs.mission import MissionCreate
from resolvers.inputs.pilotage import BriefingCreate
from resolvers.kit.context import Context
from resolvers.kit.nouns import AGENT
from resolvers.kit.operation import operation
from resolvers.mission.mission import create_mission

_FOR = {
    PilotageIntent.WEEKLY_REVIEW: "the weekly review: what was reached, what is blocked and why, what is to be decided",
    PilotageIntent.DAILY_EXECUTION: "the day: what goes on, what comes next, what is in its way",
    PilotageIntent.SPRINT_PLANNING: "planning: what can begin, in which order, and what it depends on",
    PilotageIntent.CONTEXT_ONLY: "somebody who is new: what this workspace wants, and where it stands",
}
PROMPT = (
    "Write a briefing for {reader}. Read the state of the pilotage of this workspace (intent {intent}, detail "
    "detailed) and its dashboard, and keep to what they say. Change nothing. At most 300 words."
)


@operation("briefingCreate", inside=AGENT, permission=policy.WRITE, scope=TokenScope.PILOTAGE_WRITE)
async def create_briefing(ctx: Context, agent: AgentRecord, values: BriefingCreate) -> Committed[MissionRecord]:
    """Ask an agent how the pilotage of its workspace stands; its answer is the summary of the mission."""
    return await create_mission(ctx, MissionCreate(agent_id=agent["_id"], prompt=prompt_for(values.intent)))


def prompt_for(intent: PilotageIntent) -> str:
    """What whoever writes a briefing is asked."""
    return PROMPT.format(reader=_FOR[intent], intent=intent.value)
