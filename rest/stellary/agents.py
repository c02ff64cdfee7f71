"""Agents of a workspace, and the missions that they are given."""

from resolvers.agent.agent import create_agent, delete_agent, get_agent, list_agents, update_agent
from resolvers.inputs.agent import AgentCreate, AgentUpdate
from resolvers.inputs.mission import MissionCreate
from resolvers.kit.page import Page, Window
from resolvers.mission.mission import create_mission, list_missions_of_agent
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.lists import MissionQuery, whole
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.agent import Agent, CreatedAgent, Mission, agent, mission
from rest.stellary.present.base import Ok, ok

routes = Routes(
    "Agents", WORKSPACE + "/agents", about="Service users of a workspace that carry out missions.", place=380
)


@routes.get("", "List the agents of a workspace", runs=list_agents)
async def find(call: Call) -> list[Agent]:
    workspace = await guards.workspace(call)
    return [agent(record) for record in await list_agents(call.ctx, workspace["_id"])]


@routes.post("", "Create an agent", runs=create_agent, given=["workspaceId"])
async def create(call: Call) -> CreatedAgent:
    """Its token is in this answer and never again."""
    workspace = await guards.workspace(call)
    created = (await create_agent(call.ctx, call.body(AgentCreate, workspaceId=workspace["_id"]))).value
    return {**agent(created.agent), "token": created.token}


@routes.get("/{agentId}", "Read an agent", runs=get_agent)
async def get(call: Call) -> Agent:
    found = await guards.agent(call)
    return agent(await get_agent(call.ctx, found["_id"]))


@routes.patch("/{agentId}", "Change an agent", runs=update_agent)
async def update(call: Call) -> Agent:
    found = await guards.agent(call)
    return agent((await update_agent(call.ctx, found["_id"], call.body(AgentUpdate))).value)


@routes.delete("/{agentId}", "Delete an agent", runs=delete_agent)
async def delete(call: Call) -> Ok:
    """Its tokens end, and its unfinished missions are cancelled."""
    found = await guards.agent(call)
    await delete_agent(call.ctx, found["_id"])
    return ok()


@routes.get(
    "/{agentId}/missions",
    "List the missions of an agent, the newest first",
    runs=list_missions_of_agent,
    query=MissionQuery,
)
async def find_missions(call: Call) -> list[Mission]:
    found = await guards.agent(call)
    wanted = call.query(MissionQuery)

    async def read(size: int, after: str | None) -> Page:
        return await list_missions_of_agent(call.ctx, found["_id"], Window.read(size, after), wanted.filter())

    return [mission(record) for record in await whole(read, wanted.limit)]


@routes.post("/{agentId}/missions", "Give an agent a mission", runs=create_mission, given=["agentId"])
async def give_mission(call: Call) -> Mission:
    """Perhaps about a card of its workspace; it is queued until the agent claims it."""
    found = await guards.agent(call)
    return mission((await create_mission(call.ctx, call.body(MissionCreate, agentId=found["_id"]))).value)
