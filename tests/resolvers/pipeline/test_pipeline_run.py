"""Runs of pipelines: each step in its turn, once, with the rights of whoever runs it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from models import Card, Mission, MissionRun, Notification, PipelineRun, Proposal
from models.base import Record, collection, utc_now
from models.enums import MissionStatus, Role, TokenScope
from models.errors import Conflict, RateLimited
from models.ids import Kind, new_id
from models.language_model import LanguageModel, LanguageModels, Price
from models.records import MissionRecord, PipelineRunRecord, PipelineStepRecord, WorkspaceRecord
from realtime.log import Change
from resolvers.inputs.pipeline import PipelineCreate
from resolvers.inputs.proposal import ProposalApprove, ProposalReject
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.workspace_member import remove_workspace_member
from resolvers.mission.mission import cancel_mission
from resolvers.notification.follow import follow
from resolvers.pipeline import advance as module
from resolvers.pipeline.advance import advance, advance_some, shown
from resolvers.pipeline.pipeline import create_pipeline
from resolvers.pipeline.run import run_pipeline
from resolvers.proposal.decide import approve_proposal, reject_proposal
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again
from tests.resolvers.missions import Crew
from tests.resolvers.projects import Board, make_board


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace, columns=1)


def step(step_id: str, type_: str, *after: str, **values: Any) -> Record:
    return {"id": step_id, "type": type_, "after": list(after), **values}


async def begun(ctx: Context, workspace: WorkspaceRecord, *steps: Record, **values: Any) -> MissionRecord:
    given = {"workspaceId": workspace["_id"], "name": "Flow", "steps": list(steps), **values}
    pipeline = (await create_pipeline(again(ctx), read_input(PipelineCreate, given))).value
    return (await run_pipeline(again(ctx), pipeline["_id"])).value


async def gone_on(ctx: Context, mission: MissionRecord) -> tuple[MissionRecord, dict[str, str]]:
    """The mission of a run, and the states of its steps, once all is done that can be at once."""
    await collection(PipelineRun).update_one({"_id": mission["_id"], "due_at": {"$ne": None}}, due())
    await advance_some(ctx.services)
    run = await run_of(mission)
    found = await collection(Mission).find_one({"_id": mission["_id"]})
    assert found is not None
    return found, {each["step"]: each["state"] for each in run["runs"]}


def due() -> Record:
    return {"$set": {"due_at": utc_now()}}


async def run_of(mission: MissionRecord) -> PipelineRunRecord:
    run = await collection(PipelineRun).find_one({"_id": mission["_id"]})
    assert run is not None
    return run


def card_of(board: Board, title: str) -> Record:
    return {"projectId": str(board.project["_id"]), "title": title}


async def test_tools_run_in_their_order_and_conditions_ask_of_what_they_came_to(
    board: Board, owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a pipeline whose two branches depend on the card that its first step makes
    mission = await begun(
        owner,
        workspace,
        step("b", "TOOL", "is-a", tool="create_card", arguments=card_of(board, "B")),
        step("a", "TOOL", tool="cardCreate", arguments=card_of(board, "A")),
        step("is-a", "CONDITION", "a", condition={"step": "a", "path": "title", "equals": "A"}),
        step("is-c", "CONDITION", "a", condition={"step": "a", "path": "title", "equals": "C"}),
        step("c", "TOOL", "is-c", tool="cardCreate", arguments=card_of(board, "C")),
        step("is-read", "CONDITION", "read", condition={"step": "read", "path": "id", "negated": True}),
        step("read", "TOOL", "a", tool="project", arguments={"id": str(board.project["_id"])}),
    )

    # When it goes on
    done, states = await gone_on(owner, mission)

    # Then what holds is done, and what does not is left out
    assert (done["status"], done["progress"]) == ("completed", 1.0)
    assert states == {
        "b": "done",
        "a": "done",
        "is-a": "done",
        "is-c": "skipped",
        "c": "skipped",
        "is-read": "done",
        "read": "done",
    }
    cards = await collection(Card).find({"project_id": board.project["_id"]}).sort("_id", 1).to_list()
    assert [card["title"] for card in cards] == ["A", "B"]
    assert (await run_of(mission))["due_at"] is None


async def test_a_step_is_done_once_whoever_goes_on_with_a_run(
    board: Board, owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given two who go on with a run as it was at first
    mission = await begun(owner, workspace, step("a", "TOOL", tool="cardCreate", arguments=card_of(board, "A")))
    run = await run_of(mission)
    await advance(owner.services, run)
    await advance(owner.services, run)

    assert await collection(Card).count_documents({"project_id": board.project["_id"]}) == 1


async def test_a_step_that_waits_is_not_begun_again_by_who_comes_late(crew: Crew) -> None:
    # Given two who go on with a run as it was at first, which asks an agent and people
    atlas = await crew.hire()
    mission = await begun(
        crew.owner,
        crew.workspace,
        step("look", "AGENT", agentId=str(atlas.record["_id"]), text="Look around"),
        step("ok", "APPROVAL", text="Shall we?"),
    )
    run = await run_of(mission)
    await advance(crew.owner.services, run)
    await advance(crew.owner.services, run)

    assert await collection(Mission).count_documents({"agent_id": atlas.record["_id"]}) == 1
    assert await collection(Proposal).count_documents({"mission_id": mission["_id"]}) == 1


@pytest.mark.parametrize("error", [RateLimited("busy"), AutoReconnect("gone")], ids=["busy", "gone"])
async def test_what_passes_fails_no_step(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    mission = await begun(owner, workspace, step("a", "NOTIFY", text="Done"))

    async def failing(*_: Any) -> None:
        raise error

    monkeypatch.setattr(module, "_notify", failing)
    with pytest.raises(type(error)):
        await module._begin(again(owner), owner.services, await run_of(mission), 0, (await run_of(mission))["steps"][0])

    assert (await run_of(mission))["runs"][0]["state"] == "pending"


async def test_a_run_that_fails_hides_no_other(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two runs, one of which is looked at at a time, and the first of which fails
    first, second = [await begun(owner, workspace, step("a", "NOTIFY", text="Done")) for _ in range(2)]
    notify = module._notify

    async def failing(change: Change, run: PipelineRunRecord, of: PipelineStepRecord) -> None:
        if run["_id"] == first["_id"]:
            raise RateLimited("busy")
        await notify(change, run, of)

    monkeypatch.setattr(module, "_notify", failing)
    monkeypatch.setattr(module, "AT_ONCE", 1)
    for run, days in ((first, 2), (second, 1)):
        long_due = {"$set": {"due_at": utc_now() - timedelta(days=days)}}
        await collection(PipelineRun).update_one({"_id": run["_id"]}, long_due)
    with pytest.raises(RateLimited):
        await advance_some(owner.services)

    await advance_some(owner.services)

    assert [(await run_of(run))["runs"][0]["state"] for run in (first, second)] == ["pending", "done"]


async def test_a_run_goes_as_far_as_the_scopes_that_it_was_begun_with(
    board: Board, owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a run of a token that may not read missions
    narrow = TokenScope.PROJECTS_WRITE, TokenScope.PROJECTS_READ, TokenScope.PILOTAGE_WRITE
    token = Context(replace(owner.subject, scopes=frozenset(narrow)), owner.services)
    mission = await begun(
        token,
        workspace,
        step("card", "TOOL", tool="cardCreate", arguments=card_of(board, "A")),
        step("look", "TOOL", tool="mission", arguments={"id": str(new_id(Kind.MISSION))}),
    )

    done, states = await gone_on(owner, mission)

    assert states == {"card": "done", "look": "failed"}
    assert "pilotage:read" in (done["error"] or "")


async def test_no_model_works_on_a_run_though_people_have_made_an_agent_of_its_name(crew: Crew) -> None:
    await crew.hire("pipelines")
    spec = LanguageModel("scripted", "openai", "scripted", "http://127.0.0.1:1/v1", price=Price(1.0, 2.0, 0.5))
    services = replace(crew.owner.services, models=LanguageModels({spec.name: spec}, spec.name))

    mission = await begun(Context(crew.owner.subject, services), crew.workspace, step("a", "NOTIFY", text="Done"))

    assert await collection(MissionRun).count_documents({"_id": mission["_id"]}) == 0


async def test_an_agent_is_given_a_mission_and_its_end_is_that_of_the_step(crew: Crew) -> None:
    atlas = await crew.hire()
    mission = await begun(
        crew.owner,
        crew.workspace,
        step("look", "AGENT", agentId=str(atlas.record["_id"]), text="Look around"),
        step("well", "CONDITION", "look", condition={"step": "look", "path": "summary", "equals": "Fine"}),
    )
    waiting, states = await gone_on(crew.owner, mission)
    assert (waiting["status"], states) == ("running", {"look": "waiting", "well": "pending"})

    # When the agent has done it
    asked = await atlas.claim()
    assert asked is not None
    assert asked["charged_to"] == [mission["_id"], crew.owner.user_id, mission["agent_id"]]
    await atlas.complete(asked, "Fine")

    # Then the run goes on with what it said
    done, states = await gone_on(crew.owner, mission)
    assert (done["status"], states) == ("completed", {"look": "done", "well": "done"})


async def test_people_decide_on_a_step_by_a_proposal(crew: Crew) -> None:
    for decide, status, state in (("approve", "completed", "done"), ("reject", "failed", "failed")):
        mission = await begun(crew.owner, crew.workspace, step("ok", "APPROVAL", text="Shall we?"))
        waiting, _ = await gone_on(crew.owner, mission)
        assert waiting["status"] == "awaiting_approval"
        [proposal] = await collection(Proposal).find({"mission_id": mission["_id"]}).to_list()
        assert (proposal["explanation"], proposal["operation"]) == ("Shall we?", None)

        if decide == "approve":
            await approve_proposal(again(crew.owner), proposal["_id"], ProposalApprove())
        else:
            await reject_proposal(again(crew.owner), proposal["_id"], ProposalReject(reason="No"))

        done, states = await gone_on(crew.owner, mission)
        assert (done["status"], states) == (status, {"ok": state})


async def test_what_is_refused_fails_the_run_and_what_comes_after_does_not_begin(
    board: Board, owner: Context, workspace: WorkspaceRecord
) -> None:
    mission = await begun(
        owner,
        workspace,
        step("bad", "TOOL", tool="cardCreate", arguments={"projectId": str(board.project["_id"]), "title": ""}),
        step("next", "NOTIFY", "bad", text="Done"),
        step("aside", "TOOL", tool="cardCreate", arguments=card_of(board, "Aside")),
    )

    done, states = await gone_on(owner, mission)

    assert (done["status"], states) == ("failed", {"bad": "failed", "next": "pending", "aside": "done"})
    assert done["error"] is not None
    assert done["error"].startswith("bad: title")


async def test_members_are_told(crew: Crew, join: Join) -> None:
    bob = await join(crew.workspace, "bob")
    mission = await begun(crew.owner, crew.workspace, step("tell", "NOTIFY", text="All is well"))

    await gone_on(crew.owner, mission)
    await follow(crew.owner.services)

    assert await collection(Notification).count_documents({"user_id": bob.user_id}) == 1


async def test_a_cancelled_run_cancels_what_it_has_asked_for(crew: Crew) -> None:
    atlas = await crew.hire()
    mission = await begun(
        crew.owner, crew.workspace, step("look", "AGENT", agentId=str(atlas.record["_id"]), text="Look")
    )
    await gone_on(crew.owner, mission)

    await cancel_mission(again(crew.owner), mission["_id"])
    await gone_on(crew.owner, mission)

    statuses = [each["status"] async for each in collection(Mission).find({"agent_id": atlas.record["_id"]})]
    assert statuses == [MissionStatus.CANCELLED]
    assert (await run_of(mission))["due_at"] is None


async def test_a_run_has_the_rights_that_its_runner_has_then(crew: Crew, join: Join, board: Board) -> None:
    # Given runs of a member, who may not make queues, and who leaves
    bob = await join(crew.workspace, "bob", Role.MEMBER)
    queue = {"workspaceId": str(crew.workspace["_id"]), "name": "Mine"}
    refused = await begun(bob, crew.workspace, step("a", "TOOL", tool="queueCreate", arguments=queue))
    done, _ = await gone_on(crew.owner, refused)
    assert done["status"] == "failed"

    later = await begun(bob, crew.workspace, step("a", "TOOL", tool="cardCreate", arguments=card_of(board, "A")))
    await remove_workspace_member(again(crew.owner), crew.workspace["_id"], bob.user_id)
    gone, _ = await gone_on(crew.owner, later)
    assert (gone["status"], gone["error"]) == ("failed", module.LEFT)


@pytest.mark.parametrize(
    ("steps", "values", "reason"),
    [
        ([step("a", "AGENT", text="Look")], {}, "a says nothing of its agent"),
        ([step("a", "TOOL")], {}, "a says nothing of its tool"),
        ([step("a", "TOOL", tool="apiTokenCreate")], {}, "There is no tool apiTokenCreate"),
        ([step("a", "TOOL", tool="decide_proposals")], {}, "There is no tool decide_proposals"),
        ([step("a", "TOOL", tool="run_pipeline")], {}, "There is no tool run_pipeline"),
        ([step("a", "APPROVAL")], {}, "a says nothing of its text"),
        ([step("a", "CONDITION")], {}, "a says nothing of its condition"),
        ([], {"enabled": False}, "is disabled"),
    ],
)
async def test_what_is_not_whole_is_not_run(
    owner: Context, workspace: WorkspaceRecord, steps: list[Record], values: Record, reason: str
) -> None:
    with pytest.raises(Conflict, match=reason):
        await begun(owner, workspace, *steps, **values)


async def test_a_pipeline_without_steps_is_over_at_once(owner: Context, workspace: WorkspaceRecord) -> None:
    done, _ = await gone_on(owner, await begun(owner, workspace))

    assert (done["status"], done["summary"]) == ("completed", "There were no steps.")


def test_of_what_an_operation_made_a_step_keeps_what_is_short() -> None:
    assert shown({"_id": "1", "due_date": None, "labels": [1], "title": "x" * 600}) == {
        "id": "1",
        "dueDate": None,
        "title": "x" * 500,
    }
    assert shown([1, 2]) == {"count": 2}
