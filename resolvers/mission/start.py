"""Starting missions by an objective or from a card: who works on it is found where nobody is named."""

from bson import ObjectId

from auth.policies import mission as policy
from models import Agent, Card, Mission, Workspace
from models.base import collection
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.ids import Kind, kind_of
from models.records import AgentRecord, CardRecord, MissionRecord, WorkspaceMemberRecord
from realtime.log import Change, Committed
from resolvers.agent.built_in import SLUGS
from resolvers.inputs.mission import AgentRun, CardMissionStart
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD, WORKSPACE
from resolvers.kit.operation import operation
from resolvers.mission.board_run import CARD_PROMPT
from resolvers.mission.mission import Asked, insert_mission
from resolvers.state.mission_status import ACTIVE

WRITE = TokenScope.PILOTAGE_WRITE


@operation(
    "agentRun",
    inside=WORKSPACE,
    permission=policy.WRITE,
    scope=WRITE,
    includes=("missionCreate",),
    no_tool="run_agent asks the same of an agent",
)
async def run_agent(ctx: Context, _: WorkspaceMemberRecord, values: AgentRun) -> Committed[MissionRecord]:
    """Give an agent an objective, perhaps within a project.

    It is named by the user that it acts as, or by its own id.
    """
    named = values.agent_user_id
    by = "_id" if kind_of(named) is Kind.AGENT else "user_id"

    async def body(change: Change) -> MissionRecord:
        agent = await _agent(change, values.workspace_id, {by: named})
        if agent is None:
            raise NotFound("Agent")
        asked = Asked(values.objective, project_id=values.project_id, max_steps=values.max_steps)
        return await insert_mission(ctx, change, agent, asked)

    return await ctx.write(values.workspace_id, body)


@operation(
    "cardMissionStart",
    inside=CARD.reading("workspace_id", "project_id"),
    permission=policy.WRITE,
    scope=WRITE,
    includes=("missionCreate",),
)
async def start_card_mission(ctx: Context, card: CardRecord, values: CardMissionStart) -> Committed[MissionRecord]:
    """Start a mission about a card.

    Its agent is the one that is named, else the card's assignee, else the workspace's default, else its only one. A
    card has one mission at a time.
    """
    if card["project_id"] != values.project_id:
        raise NotFound("Card")
    workspace_id = card["workspace_id"]

    async def body(change: Change) -> MissionRecord:
        stored = await collection(Card).find_one({"_id": card["_id"]}, {"assignee_id": 1}, session=change.session)
        if stored is None:
            raise NotFound("Card")
        open_there = {"card_id": card["_id"], "status": {"$in": [status.value for status in ACTIVE]}}
        underway = await collection(Mission).find_one(open_there, {"_id": 1}, session=change.session)
        if underway is not None:
            raise Conflict("The card has a mission that is not finished", missionId=str(underway["_id"]))
        agent = await _agent_for(change, workspace_id, values.agent_id, stored.get("assignee_id"))
        return await insert_mission(ctx, change, agent, Asked(values.prompt or CARD_PROMPT, card_id=card["_id"]))

    return await ctx.write(workspace_id, body)


async def _agent_for(
    change: Change, workspace_id: ObjectId, named: ObjectId | None, assignee: ObjectId | None
) -> AgentRecord:
    if named is not None:
        agent = await _agent(change, workspace_id, {"_id": named})
        if agent is None:
            raise NotFound("Agent")
        return agent
    if assignee is not None and (agent := await _agent(change, workspace_id, {"user_id": assignee})):
        return agent
    workspace = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
    default = None if workspace is None else workspace.get("default_agent_id")
    if default is not None and (agent := await _agent(change, workspace_id, {"_id": default})):
        return agent
    inside = {"workspace_id": workspace_id, "deleted_at": None, "slug": {"$nin": SLUGS}}
    agents = await collection(Agent).find(inside, session=change.session).limit(2).to_list()
    if len(agents) != 1:
        raise Conflict("Say which agent is to work on it: the workspace has no default agent", field="agentId")
    return agents[0]


async def _agent(change: Change, workspace_id: ObjectId, named: dict[str, ObjectId]) -> AgentRecord | None:
    wanted = {**named, "workspace_id": workspace_id, "deleted_at": None}
    return await collection(Agent).find_one(wanted, session=change.session)
