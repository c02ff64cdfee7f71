"""Which skills an agent has, and what its prompt tells of them.

An agent names its skills by id. One that is deleted is nobody's any more: whatever reads the names finds nothing there,
and the next change of an agent's skills forgets it.
"""

from collections.abc import Callable, Sequence

from bson import ObjectId

from auth.policies import mission as policy
from auth.policies import workspace as workspace_policy
from models import Agent, Skill
from models.base import AnyRecord, collection
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.ids import Kind, parse_id, raw
from models.records import AgentRecord, SkillRecord
from realtime.events.agent import AgentUpdated
from realtime.log import Change, Committed
from resolvers.agent.agent import existing
from resolvers.inputs.skill import MAX_AGENT_SKILLS
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import AGENT
from resolvers.kit.operation import edge, operation

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE


@operation(
    "agentSkills",
    opens=AGENT.by("agent_id").reading("skill_ids", "deleted_at"),
    permission=policy.READ,
    scope=READ,
    read_only=True,
)
async def list_agent_skills(ctx: Context, agent: AgentRecord) -> list[SkillRecord]:
    """The skills of an agent, in the order in which it got them."""
    return (await skills_of(ctx, [existing(agent)], None))[0]


@operation("agentSkillAdd", opens=AGENT.by("agent_id"), permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def add_agent_skill(ctx: Context, door: AgentRecord, skill_id: ObjectId | str) -> Committed[AgentRecord]:
    """Give an agent a skill of its workspace; at most 20.

    One that it has already changes nothing.
    """
    wanted = parse_id(skill_id, Kind.SKILL, field="skillId")

    def added(there: list[ObjectId]) -> list[ObjectId]:
        if wanted not in there and len(there) >= MAX_AGENT_SKILLS:
            raise Conflict(f"An agent has at most {MAX_AGENT_SKILLS} skills", limit=MAX_AGENT_SKILLS)
        return there if wanted in there else [*there, wanted]

    return await _edit(ctx, door, wanted, added)


@operation("agentSkillRemove", opens=AGENT.by("agent_id"), permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def remove_agent_skill(ctx: Context, door: AgentRecord, skill_id: ObjectId | str) -> Committed[AgentRecord]:
    """Take a skill from an agent.

    Raises NotFound for one that it does not have.
    """
    wanted = parse_id(skill_id, Kind.SKILL, field="skillId")

    def removed(there: list[ObjectId]) -> list[ObjectId]:
        if wanted not in there:
            raise NotFound("Skill")
        return [each for each in there if each != wanted]

    return await _edit(ctx, door, wanted, removed)


async def _edit(
    ctx: Context, door: AgentRecord, skill_id: ObjectId, edit: Callable[[list[ObjectId]], list[ObjectId]]
) -> Committed[AgentRecord]:
    """Change the skills of an agent, one of which is about `skill_id`, which has to be there."""

    async def body(change: Change) -> AgentRecord:
        agent = await collection(Agent).find_one({"_id": door["_id"], "deleted_at": None}, session=change.session)
        if agent is None:
            raise NotFound("Agent")
        before = agent.get("skill_ids", [])
        inside = {"_id": {"$in": [*before, skill_id]}, "workspace_id": door["workspace_id"]}
        found = await collection(Skill).find(inside, {"_id": 1}, session=change.session).to_list()
        known = {skill["_id"] for skill in found}
        if skill_id not in known:
            raise NotFound("Skill")
        after = edit([each for each in before if each in known])
        agent, differs = await set_fields(change, Agent, door["_id"], {"skill_ids": after})
        if differs:
            change.append(agent["workspace_id"], AgentUpdated(agent=agent))
        return agent

    return await ctx.write(door["workspace_id"], body)


@edge(scope=READ)
async def skills_of(ctx: Context, agents: Sequence[AnyRecord], fields: Fields) -> list[list[SkillRecord]]:
    """The skills of each agent, in the order in which it got them."""
    named = [agent.get("skill_ids", []) for agent in agents]
    wanted = None if fields is None else fields | {"slug"}  # the id alone would not tell that it is gone
    found = await by_ids(Skill, (skill_id for ids in named for skill_id in ids), wanted)
    skills = {raw(skill["_id"]): skill for skill in found.values()}
    return [[skill for skill_id in ids if (skill := skills.get(raw(skill_id))) is not None] for ids in named]


async def skill_lines(agent: AgentRecord) -> list[str]:
    """What the prompt of an agent says of its skills, a line each; their texts it loads itself (`load_skill`)."""
    found = await by_ids(Skill, agent.get("skill_ids", []), frozenset({"slug", "description"}))
    return [
        f"- {skill['slug']}: {' '.join(skill['description'].split())}"
        for skill_id in agent.get("skill_ids", [])
        if (skill := found.get(skill_id)) is not None
    ]


async def load_skill(agent: AgentRecord, slug: str) -> str:
    """The text of a skill of an agent, in the form of a SKILL.md; raises NotFound for one that it does not have."""
    mine = {"workspace_id": agent["workspace_id"], "slug": slug, "_id": {"$in": agent.get("skill_ids", [])}}
    skill = await collection(Skill).find_one(mine)
    if skill is None:
        raise NotFound("Skill")
    tools = f"allowed-tools: {' '.join(skill['tools'])}\n" if skill["tools"] else ""
    description = " ".join(skill["description"].split())
    return f"---\nname: {skill['slug']}\ndescription: {description}\n{tools}---\n\n{skill['instructions']}"
