"""Skills of a workspace, and of its agents."""

from typing_extensions import TypedDict

import models
from models.ids import Kind
from models.records import SkillRecord
from resolvers.inputs.skill import SkillCreate, SkillUpdate
from resolvers.kit.nouns import SKILL
from resolvers.skill.assign import add_agent_skill, list_agent_skills, remove_agent_skill
from resolvers.skill.skill import create_skill, delete_skill, get_skill, list_skills, update_skill
from rest.present import presents, shown
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.agent import Agent, agent
from rest.stellary.present.base import Ok, ok

routes = Routes(
    "Skills", WORKSPACE + "/skills", about="Instructions for kinds of work, which agents are given.", place=430
)
of_agents = Routes("Skills", WORKSPACE + "/agents/{agentId}/skills")


@presents(models.Skill)
class Skill(TypedDict):
    """Instructions for a kind of work, which agents load when they need them."""


def skill(record: SkillRecord) -> Skill:
    return shown(Skill, record)


@routes.get("", "List the skills of a workspace", runs=list_skills)
async def find(call: Call) -> list[Skill]:
    workspace = await guards.workspace(call)
    return [skill(record) for record in await list_skills(call.ctx, workspace["_id"])]


@routes.post("", "Create a skill", runs=create_skill, given=["workspaceId"])
async def create(call: Call) -> Skill:
    workspace = await guards.workspace(call)
    return skill((await create_skill(call.ctx, call.body(SkillCreate, workspaceId=workspace["_id"]))).value)


@routes.get("/{skillId}", "Read a skill", runs=get_skill)
async def get(call: Call) -> Skill:
    found = await guards.of_workspace(call, SKILL, "skillId")
    return skill(await get_skill(call.ctx, found["_id"]))


@routes.patch("/{skillId}", "Change a skill", runs=update_skill)
async def update(call: Call) -> Skill:
    found = await guards.of_workspace(call, SKILL, "skillId")
    return skill((await update_skill(call.ctx, found["_id"], call.body(SkillUpdate))).value)


@routes.delete("/{skillId}", "Delete a skill and take it from every agent", runs=delete_skill)
async def delete(call: Call) -> Ok:
    found = await guards.of_workspace(call, SKILL, "skillId")
    await delete_skill(call.ctx, found["_id"])
    return ok()


@of_agents.get("", "List the skills of an agent", runs=list_agent_skills)
async def find_of_agent(call: Call) -> list[Skill]:
    found = await guards.agent(call)
    return [skill(record) for record in await list_agent_skills(call.ctx, found["_id"])]


@of_agents.post("/{skillId}", "Give an agent a skill", runs=add_agent_skill)
async def add(call: Call) -> Agent:
    """One that it has already changes nothing."""
    found = await guards.agent(call)
    return agent((await add_agent_skill(call.ctx, found["_id"], call.id("skillId", Kind.SKILL))).value)


@of_agents.delete("/{skillId}", "Take a skill from an agent", runs=remove_agent_skill)
async def remove(call: Call) -> Ok:
    found = await guards.agent(call)
    await remove_agent_skill(call.ctx, found["_id"], call.id("skillId", Kind.SKILL))
    return ok()
