"""A model as the planner of drafts, and agents that read up on their skills."""

from dataclasses import replace

import orjson
import pytest

from models import ProjectDraft
from models.base import collection
from models.enums import MissionStatus
from models.language_model import LanguageModels
from models.records import WorkspaceRecord
from resolvers.inputs.project_draft import ProjectDraftCreate, ProjectDraftRefine
from resolvers.inputs.skill import SkillCreate
from resolvers.kit.context import Context
from resolvers.project_draft.plan import generate_roadmap, outcome, refine_project_draft
from resolvers.project_draft.project_draft import create_project_draft
from resolvers.skill.assign import add_agent_skill
from resolvers.skill.skill import create_skill
from resolvers.transfer.draft import execute_project_draft
from tests.agents.lab import desk, mission_of, told, working
from tests.agents.model_server import Json, Turn
from tests.resolvers.lab import again

pytestmark = pytest.mark.usefixtures("nothing_due")

DONE = Turn("", (("finish", {"summary": "Planned"}),))


async def test_a_model_asks_and_plans_by_the_planners_tools(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a model that asks a question, and then writes a roadmap
    drafts: list[str] = []

    def script(request: Json, before: int) -> Turn:
        if before:
            return DONE
        offered = {tool["function"]["name"] for tool in request["tools"]}
        assert {"ask_project_draft", "update_project_draft"} <= offered
        if "Write its roadmap" in orjson.dumps(request["messages"]).decode():
            phases = [{"name": "Alpha", "deliverables": [{"title": "Retries", "priority": "high"}]}]
            return Turn("", (("update_project_draft", {"id": drafts[0], "roadmap": phases}),))
        question = {"kind": "single", "text": "Which bank?", "options": ["North", "South"]}
        return Turn("", (("ask_project_draft", {"id": drafts[0], "readiness": 40, "questions": [question]}),))

    async with desk(owner, workspace, script) as at, working(at.owner.services):
        brief = ProjectDraftCreate.of(workspace_id=workspace["_id"], name="Checkout", description="Fewer failures")
        draft = (await create_project_draft(again(at.owner), brief)).value
        drafts.append(str(draft["_id"]))

        # When a draft is refined, answered, and planned
        refining = (await refine_project_draft(again(at.owner), draft["_id"], ProjectDraftRefine())).value
        asked = await outcome(refining)
        assert asked is not None
        await at.ended(asked["mission_id"])  # type: ignore[arg-type]
        planning = (await generate_roadmap(again(at.owner), draft["_id"])).value
        planned = await outcome(planning)
        assert planned is not None
        mission = await at.ended(planned["mission_id"])  # type: ignore[arg-type]
        executed = (await execute_project_draft(again(at.owner), draft["_id"])).value

    # Then what it asked and wrote is in the draft, which becomes a project
    assert [question["text"] for question in asked["questions"]] == ["Which bank?"]
    assert (asked["readiness"], asked["stage"]) == (40, "refinement")
    assert [phase["name"] for phase in planned["roadmap"]] == ["Alpha"]
    assert mission["status"] == MissionStatus.COMPLETED
    assert executed["project_id"] is not None


async def test_without_a_model_the_built_in_planner_is_nobody(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a workspace whose planner was made while there was a model
    async with desk(owner, workspace, lambda _request, _before: DONE) as at:
        brief = ProjectDraftCreate.of(workspace_id=workspace["_id"], name="Checkout")
        draft = (await create_project_draft(again(at.owner), brief)).value
        other = (await create_project_draft(again(at.owner), brief)).value
        await generate_roadmap(again(at.owner), draft["_id"])
        without = Context(at.owner.subject, replace(at.owner.services, models=LanguageModels()))

        # Then nobody plans once there is none any more
        with pytest.raises(Exception, match="Nobody plans here"):
            await generate_roadmap(again(without), other["_id"])
    kept = await collection(ProjectDraft).find_one({"_id": other["_id"]})
    assert kept is not None
    assert kept["mission_id"] is None


async def test_an_agent_reads_a_skill_when_it_needs_it(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given an agent with a skill, and a model that reads it
    def script(request: Json, before: int) -> Turn:
        text = orjson.dumps(request["messages"]).decode()
        if before == 0:
            assert "- polish: When lenses are dull" in text
            return Turn("", (("load_skill", {"skill": "polish"}), ("load_skill", {"skill": "cook"})))
        assert "Use the soft cloth" in text
        assert "NOT_FOUND" in text
        return DONE

    async with desk(owner, workspace, script) as at, working(at.owner.services):
        values = SkillCreate.of(
            workspace_id=workspace["_id"],
            slug="polish",
            description="When lenses are dull",
            instructions="Use the soft cloth",
        )
        skill = (await create_skill(again(at.owner), values)).value
        await add_agent_skill(again(at.owner), at.agent["_id"], skill["_id"])
        mission_id = await at.ask()
        mission = await at.ended(mission_id)

    assert (mission["status"], mission["summary"]) == ("completed", "Planned"), await told(mission_id)
    assert (await mission_of(mission_id))["step_count"] == 2
