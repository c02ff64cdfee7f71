"""Drafts of projects: texts, questions with answers, roadmaps, and the projects that they become."""

from base64 import b64encode
from typing import Any

import pytest

from models import Card, Column, Project, ProjectDraft
from models.base import collection
from models.errors import BadUserInput, Conflict, NotConfigured
from models.records import ProjectDraftRecord, WorkspaceRecord
from resolvers.inputs.project_draft import (
    MAX_ROUNDS,
    ProjectDraftAsk,
    ProjectDraftCreate,
    ProjectDraftRefine,
    ProjectDraftUpdate,
)
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.mission.mission import cancel_mission
from resolvers.project_draft import plan
from resolvers.project_draft.plan import generate_roadmap, outcome, refine_project_draft
from resolvers.project_draft.project_draft import (
    ask_project_draft,
    create_project_draft,
    list_project_drafts,
    update_project_draft,
)
from resolvers.project_draft.prompt import MOST
from resolvers.transfer.draft import execute_project_draft
from tests.resolvers.lab import People, again, event_types, events
from tests.resolvers.missions import Crew, stored

TEXT = "Payments fail when the bank is slow, and nobody is told. Retry them."
ROADMAP = [
    {"name": "Find", "deliverables": [{"title": "Figures"}]},
    {
        "name": "Fix",
        "deliverables": [
            {"title": "Retries", "description": "Thrice", "priority": "high", "checklist": ["Wait", "Try"]},
            {"title": "Mails"},
        ],
    },
]
QUESTIONS = [
    {"kind": "text", "text": "By when?"},
    {"kind": "single", "text": "Which bank?", "options": ["North", "South"]},
    {"kind": "multiple", "text": "Which cards?", "options": ["Red", "Blue"]},
    {"kind": "scale", "text": "How urgent?"},
    {"kind": "boolean", "text": "Is there a test bank?"},
]


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


async def drafted(crew: Crew, **values: Any) -> ProjectDraftRecord:
    given = {"workspaceId": crew.workspace["_id"], "name": "Checkout", **values}
    return (await create_project_draft(again(crew.owner), read_input(ProjectDraftCreate, given))).value


async def changed(crew: Crew, draft: ProjectDraftRecord, **values: Any) -> ProjectDraftRecord:
    return (await update_project_draft(again(crew.owner), draft["_id"], read_input(ProjectDraftUpdate, values))).value


async def asked(ctx: Context, draft: ProjectDraftRecord, *questions: Any, readiness: int = 40) -> ProjectDraftRecord:
    values = read_input(ProjectDraftAsk, {"readiness": readiness, "questions": list(questions)})
    return (await ask_project_draft(again(ctx), draft["_id"], values)).value


async def answered(crew: Crew, draft: ProjectDraftRecord, answers: Any) -> ProjectDraftRecord:
    values = read_input(ProjectDraftRefine, {"answers": answers})
    return (await refine_project_draft(again(crew.owner), draft["_id"], values)).value


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (TEXT, TEXT),
        ("aGVsbG8=", "aGVsbG8="),
        (b64encode(TEXT.encode()).decode(), TEXT),
        (f"data:text/plain;base64,{b64encode(b'hi').decode()}", "hi"),
        ({"name": "Brief", "content": TEXT}, TEXT),
    ],
)
def test_a_context_document_is_text_or_base64_of_text(workspace: WorkspaceRecord, sent: Any, kept: str) -> None:
    given = {"workspaceId": workspace["_id"], "name": "Checkout", "contextDocuments": [sent]}

    assert read_input(ProjectDraftCreate, given).context_documents[0].content == kept


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        ([b64encode(bytes(range(128, 256))).decode()], "no text"),
        (["data:text/plain;base64,??"], "is no base64"),
        (["x " * 300_000, "y " * 300_000], "at most 1 MB together"),
        ([5], "must be an object"),
    ],
)
def test_other_context_documents_are_refused(workspace: WorkspaceRecord, documents: Any, reason: str) -> None:
    with pytest.raises(BadUserInput, match=f"^contextDocuments.*{reason}"):
        read_input(
            ProjectDraftCreate,
            {"workspaceId": workspace["_id"], "name": "Checkout", "contextDocuments": documents},
        )


def test_a_roadmap_has_500_deliverables_at_most(workspace: WorkspaceRecord) -> None:
    phases = [
        {"name": "One", "deliverables": [{"title": "D"}] * 300},
        {"name": "Two", "deliverables": [{"title": "D"}] * 201},
    ]

    with pytest.raises(BadUserInput, match=r"^roadmap: must have at most 500 deliverables"):
        read_input(ProjectDraftUpdate, {"roadmap": phases})


async def test_events_of_a_draft_carry_none_of_its_long_parts(crew: Crew) -> None:
    draft = await drafted(crew, contextDocuments=[TEXT])
    await changed(crew, draft, roadmap=ROADMAP)

    for event in (await events(crew.workspace["_id"]))[-2:]:
        assert event["type"].startswith("ProjectDraft")
        assert not {"context_documents", "questions", "roadmap"} & event["data"]["project_draft"].keys()


async def test_a_roadmap_becomes_columns_and_cards_once(crew: Crew) -> None:
    # Given a roadmap that was written by hand
    draft = await drafted(crew, description="Fewer failures")
    with pytest.raises(Conflict, match="has no roadmap"):
        await execute_project_draft(again(crew.owner), draft["_id"])
    assert (await changed(crew, draft, roadmap=ROADMAP))["stage"] == "roadmap"

    # When it is executed
    done = (await execute_project_draft(again(crew.owner), draft["_id"])).value

    # Then the project has a column for each phase, with a card for each deliverable in its order
    project = await collection(Project).find_one({"_id": done["project_id"]})
    assert project is not None
    assert (done["stage"], project["name"], project["description"]) == ("executed", "Checkout", "Fewer failures")
    inside = {"project_id": project["_id"]}
    columns = await collection(Column).find(inside).sort("rank", 1).to_list()
    assert [column["name"] for column in columns] == ["Find", "Fix"]
    cards = await collection(Card).find({**inside, "column_id": columns[1]["_id"]}).sort("rank", 1).to_list()
    assert [(card["title"], card["priority"], len(card["checklist"])) for card in cards] == [
        ("Retries", 3, 2),
        ("Mails", None, 0),
    ]

    # And all else is refused from then on, with the project
    for refused in (
        execute_project_draft(again(crew.owner), draft["_id"]),
        changed(crew, draft, name="Other"),
        answered(crew, draft, {}),
        generate_roadmap(again(crew.owner), draft["_id"]),
        asked(crew.owner, draft),
    ):
        with pytest.raises(Conflict) as conflict:
            await refused
        assert conflict.value.details["projectId"] == str(project["_id"])
    assert await collection(Project).count_documents({"workspace_id": crew.workspace["_id"]}) == 1


async def test_without_anybody_who_plans_all_else_goes_on(crew: Crew) -> None:
    draft = await asked(crew.owner, await drafted(crew), *QUESTIONS)
    told = await event_types(crew.workspace["_id"])

    with pytest.raises(NotConfigured, match="written by hand"):
        await answered(crew, draft, {"r1q1": "Soon"})
    with pytest.raises(NotConfigured, match="written by hand"):
        await generate_roadmap(again(crew.owner), draft["_id"])

    assert await event_types(crew.workspace["_id"]) == told
    assert (await changed(crew, draft, roadmap=ROADMAP))["stage"] == "roadmap"


async def test_the_planner_is_told_all_and_asks_by_its_tools(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a draft with a long text, and a planner
    planner = await crew.hire("planner", autonomyMode="autonomous")
    long = "A line of a text that is very long.\n" * 5000
    draft = await drafted(crew, contextDocuments=[{"name": "Long", "content": long}, TEXT])

    # When it is refined
    refining = await answered(crew, draft, {})

    # Then the planner has a mission that tells of it, as far as it is not too much
    mission = await planner.claim()
    assert mission is not None
    assert (mission["_id"], refining["stage"]) == (refining["mission_id"], "framing")
    prompt = (await stored(mission))["prompt"]
    assert f"> {TEXT}" in prompt
    assert "Document Long, the first" in prompt
    assert len(prompt) <= MOST

    # And what it asks is the answer, for whoever waits
    monkeypatch.setattr(plan, "PATIENCE", 0.0)
    assert await outcome(refining) is None
    await asked(planner.ctx, draft, *QUESTIONS)
    done = await outcome(refining)
    assert done is not None
    assert (done["stage"], done["readiness"], done["round"]) == ("refinement", 40, 1)
    assert [question["id"] for question in done["questions"]] == ["r1q1", "r1q2", "r1q3", "r1q4", "r1q5"]


async def test_answers_have_to_fit_their_questions(crew: Crew) -> None:
    await crew.hire("planner", autonomyMode="autonomous")
    draft = await asked(crew.owner, await drafted(crew), *QUESTIONS)
    wrong = {"r1q1": 5, "r1q2": "East", "r1q3": "Red", "r1q4": 6, "r1q5": "yes", "r2q1": "?"}

    for question_id, answer in wrong.items():
        with pytest.raises(BadUserInput, match=r"^answers"):
            await answered(crew, draft, {question_id: answer})

    answers = ["Soon", "South", ["Red", "Blue"], 5, True]
    listed = [{"questionId": f"r1q{place}", "answer": answer} for place, answer in enumerate(answers, 1)]
    draft = await answered(crew, draft, listed)
    assert [question["answer"] for question in draft["questions"]] == answers


async def test_one_mission_at_a_time_and_one_that_comes_to_nothing_is_told(crew: Crew) -> None:
    planner = await crew.hire("planner", autonomyMode="autonomous")
    draft = (await generate_roadmap(again(crew.owner), (await drafted(crew))["_id"])).value
    with pytest.raises(Conflict, match="is at work") as busy:
        await generate_roadmap(again(crew.owner), draft["_id"])
    assert busy.value.details["missionId"] == str(draft["mission_id"])

    mission = await planner.claim()
    assert mission is not None
    await planner.fail(mission, error="Out of ideas")
    with pytest.raises(Conflict, match="come to nothing: Out of ideas"):
        await outcome(draft)

    draft = (await generate_roadmap(again(crew.owner), draft["_id"])).value
    await cancel_mission(again(crew.owner), draft["mission_id"] or "")
    with pytest.raises(Conflict, match="has changed nothing"):
        await outcome(draft)


async def test_there_are_four_rounds_of_questions_at_most(crew: Crew) -> None:
    draft = await drafted(crew)
    for number in range(1, MAX_ROUNDS + 1):
        draft = await asked(crew.owner, draft, QUESTIONS[0])
        assert draft["questions"][-1]["id"] == f"r{number}q1"

    with pytest.raises(Conflict, match="at most 4 rounds"):
        await asked(crew.owner, draft, QUESTIONS[0])
    assert (await asked(crew.owner, draft, readiness=90))["readiness"] == 90


async def test_drafts_are_listed_with_the_newest_first(crew: Crew) -> None:
    first, second = await drafted(crew), await drafted(crew)

    found = await list_project_drafts(again(crew.owner), crew.workspace["_id"], Window.read())
    assert [draft["_id"] for draft in found.nodes] == [second["_id"], first["_id"]]
    assert await collection(ProjectDraft).count_documents({"workspace_id": crew.workspace["_id"]}) == 2
