"""Skills of a workspace, and which agents have them."""

from typing import Any

import pytest

from models import Agent
from models.base import collection
from models.errors import Conflict, NotFound
from models.ids import Kind, new_id
from models.records import AgentRecord, SkillRecord, WorkspaceRecord
from resolvers.agent.agent import delete_agent
from resolvers.inputs.skill import MAX_AGENT_SKILLS, SkillCreate, SkillUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.skill.assign import add_agent_skill, list_agent_skills, load_skill, remove_agent_skill, skill_lines
from resolvers.skill.skill import create_skill, delete_skill, update_skill
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.missions import Crew


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


async def written(crew: Crew, slug: str = "triage", **values: Any) -> SkillRecord:
    given = {"slug": slug, "description": "When cards\ncome in", "instructions": "# Sort\nthem", **values}
    read = read_input(SkillCreate, {"workspaceId": crew.workspace["_id"], **given})
    return (await create_skill(again(crew.owner), read)).value


async def record_of(agent: AgentRecord) -> AgentRecord:
    found = await collection(Agent).find_one({"_id": agent["_id"]})
    assert found is not None
    return found


async def test_a_slug_is_unique_in_the_workspace(crew: Crew) -> None:
    await written(crew)
    other = await written(crew, "sort")

    with pytest.raises(Conflict, match=r"^slug: is taken"):
        await written(crew)
    with pytest.raises(Conflict, match=r"^slug: is taken"):
        await update_skill(again(crew.owner), other["_id"], SkillUpdate.of(slug="triage"))


async def test_an_agent_that_has_a_skill_already_is_given_nothing(crew: Crew) -> None:
    # Given an agent with a skill
    agent, skill = (await crew.hire()).record, await written(crew)
    once = (await add_agent_skill(again(crew.owner), agent["_id"], skill["_id"])).value
    told = await event_types(crew.workspace["_id"])

    # When it is given that again
    twice = (await add_agent_skill(again(crew.owner), agent["_id"], skill["_id"])).value

    # Then it is as it was, and nobody is told
    assert once == twice
    assert once["skill_ids"] == [skill["_id"]]
    assert await event_types(crew.workspace["_id"]) == told


async def test_an_agent_has_twenty_skills_at_most_and_deleted_ones_do_not_count(crew: Crew) -> None:
    # Given an agent that has as many as it may
    agent = (await crew.hire()).record
    skills = [await written(crew, f"skill-{number}") for number in range(MAX_AGENT_SKILLS + 1)]
    for skill in skills[:-1]:
        await add_agent_skill(again(crew.owner), agent["_id"], skill["_id"])

    # Then one more is refused, until another is deleted
    with pytest.raises(Conflict, match="at most 20 skills"):
        await add_agent_skill(again(crew.owner), agent["_id"], skills[-1]["_id"])
    await delete_skill(again(crew.owner), skills[0]["_id"])
    after = (await add_agent_skill(again(crew.owner), agent["_id"], skills[-1]["_id"])).value
    assert after["skill_ids"] == [skill["_id"] for skill in skills[1:]]


async def test_skills_of_elsewhere_are_given_to_nobody(crew: Crew, people: People) -> None:
    agent, skill = (await crew.hire()).record, await written(crew)
    for wrong in (new_id(Kind.SKILL), skill["_id"]):
        with pytest.raises(NotFound):
            await remove_agent_skill(again(crew.owner), agent["_id"], wrong)
    with pytest.raises(NotFound):
        await add_agent_skill(again(crew.owner), agent["_id"], new_id(Kind.SKILL))


async def test_a_deleted_agent_has_no_skills(crew: Crew) -> None:
    agent, skill = (await crew.hire()).record, await written(crew)
    await add_agent_skill(again(crew.owner), agent["_id"], skill["_id"])
    await delete_agent(again(crew.owner), agent["_id"])

    with pytest.raises(NotFound):
        await list_agent_skills(again(crew.owner), agent["_id"])
    with pytest.raises(NotFound):
        await add_agent_skill(again(crew.owner), agent["_id"], skill["_id"])


async def test_a_prompt_has_a_line_of_each_skill_and_its_text_is_loaded_by_name(crew: Crew) -> None:
    # Given an agent with two of three skills
    agent = (await crew.hire()).record
    skills = [await written(crew, slug, tools=tools) for slug, tools in (("triage", ["search"]), ("review", []))]
    await written(crew, "secret")
    for skill in skills:
        await add_agent_skill(again(crew.owner), agent["_id"], skill["_id"])
    atlas = await record_of(agent)

    # Then its prompt names those in a line each, and it can load their texts alone
    assert await skill_lines(atlas) == ["- triage: When cards come in", "- review: When cards come in"]
    assert await load_skill(atlas, "triage") == (
        "---\nname: triage\ndescription: When cards come in\nallowed-tools: search\n---\n\n# Sort\nthem"
    )
    with pytest.raises(NotFound):
        await load_skill(atlas, "secret")
