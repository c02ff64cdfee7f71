"""The planner of a draft: the agent of its workspace that is called `planner`, and what it is asked.

All that it does to a draft are operations, which it calls as its tools: `projectDraftAsk` takes questions and how much
is known, `projectDraftUpdate` the roadmap. So a draft knows no answers of models, and anybody may drive the planner: a
model of the gateway, or a client of its own over MCP.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Agent, Mission, ProjectDraft
from models.base import collection, with_changes
from models.enums import DraftQuestionKind, TokenScope
from models.errors import BadUserInput, Conflict, NotConfigured, NotFound
from models.records import AgentRecord, DraftQuestionRecord, MissionRecord, ProjectDraftRecord
from realtime.log import Change, Committed
from resolvers.agent.built_in import BuiltIn, find_built_in
from resolvers.inputs.project_draft import MAX_ROUNDS, ProjectDraftRefine
from resolvers.kit.context import Context
from resolvers.kit.nouns import PROJECT_DRAFT
from resolvers.kit.operation import operation
from resolvers.mission.mission import Asked, insert_mission
from resolvers.project_draft.project_draft import change_draft, check_open
from resolvers.project_draft.prompt import planner_prompt
from resolvers.state.mission_status import ACTIVE

WRITE = TokenScope.PROJECTS_WRITE
PLANNER = BuiltIn(
    "planner",
    "Planner",
    "Asks what drafts of projects leave open, and writes their roadmaps.",
    ("read_project_drafts", "ask_project_draft", "update_project_draft"),
)

PATIENCE = 30.0
PERIOD = 0.25
"""Seconds that a request waits for what becomes of a draft, and how often it looks."""

MAX_ANSWER = 5000
SCALE = range(1, 6)

_PENDING = frozenset(status.value for status in ACTIVE)


@operation("projectDraftRefine", opens=PROJECT_DRAFT.reading("project_id"), permission=board.WRITE, scope=WRITE)
async def refine_project_draft(
    ctx: Context, door: ProjectDraftRecord, values: ProjectDraftRefine
) -> Committed[ProjectDraftRecord]:
    """Answer questions of a draft, and have the planner ask the next ones.

    The planner's mission is `mission`; the draft tells of its questions once it has asked them. Raises NotConfigured
    where there is nobody to plan.
    """

    async def body(change: Change) -> ProjectDraftRecord:
        draft = await _read(change, door["_id"])
        answers = _answered(draft["questions"], values.answers)
        left = MAX_ROUNDS - draft["round"]
        asks = f"Ask what else is to be known, at most {left} rounds more."
        task = asks if left else "There are no rounds left: ask nothing more, say how much is known."
        told = f"{task} Call ask_project_draft once, with readiness and questions."
        return await _begin(ctx, change, with_changes(draft, {"questions": answers}), told)

    return await ctx.write(door["workspace_id"], body)


@operation(
    "projectDraftGenerateRoadmap",
    opens=PROJECT_DRAFT.reading("project_id"),
    permission=board.WRITE,
    scope=WRITE,
    tool="generate_project_draft_roadmap",
)
async def generate_roadmap(ctx: Context, door: ProjectDraftRecord) -> Committed[ProjectDraftRecord]:
    """Have the planner write the roadmap of a draft, out of all that is known.

    Raises NotConfigured where there is nobody to plan; a roadmap can be written by hand then.
    """
    task = "Write its roadmap: phases in order, each with deliverables. Call update_project_draft once, with roadmap."

    async def body(change: Change) -> ProjectDraftRecord:
        return await _begin(ctx, change, await _read(change, door["_id"]), task)

    return await ctx.write(door["workspace_id"], body)


async def _read(change: Change, draft_id: ObjectId) -> ProjectDraftRecord:
    """A draft with its texts that has become no project yet; raises Conflict for others, and NotFound."""
    draft = await collection(ProjectDraft).find_one({"_id": draft_id}, session=change.session)
    if draft is None:
        raise NotFound("Project draft")
    check_open(draft)
    return draft


async def _begin(ctx: Context, change: Change, draft: ProjectDraftRecord, task: str) -> ProjectDraftRecord:
    """Give the planner a mission about a draft, as it stands with its latest answers, within a change."""
    before = await _mission_of(change, draft)
    if before is not None and before["status"] in _PENDING:
        raise Conflict("The planner is at work on the draft", missionId=str(before["_id"]))
    planner = await _planner(ctx, change, draft["workspace_id"])
    mission = await insert_mission(ctx, change, planner, Asked(planner_prompt(draft, task)))
    return await change_draft(change, draft["_id"], {"questions": draft["questions"], "mission_id": mission["_id"]})


async def _mission_of(change: Change, draft: ProjectDraftRecord) -> MissionRecord | None:
    return await collection(Mission).find_one({"_id": draft["mission_id"]}, session=change.session)


async def outcome(draft: ProjectDraftRecord) -> ProjectDraftRecord | None:
    """The draft as the planner has changed it since, waiting for a while; None where it goes on.

    Raises Conflict where its mission came to nothing.
    """
    mission_id, since = draft["mission_id"], draft["updated_at"]

    async def look() -> ProjectDraftRecord | None:
        mission = await collection(Mission).find_one({"_id": mission_id}, {"status": 1, "error": 1})
        now = await collection(ProjectDraft).find_one({"_id": draft["_id"]})
        if now is not None and now["updated_at"] > since:
            return now
        if mission is None or mission["status"] not in _PENDING:
            told = (mission and mission["error"]) or "its mission has changed nothing"
            raise Conflict(f"The planner has come to nothing: {told}", missionId=str(mission_id))
        return None

    return await awaited(look)


async def awaited(look: Callable[[], Awaitable[ProjectDraftRecord | None]]) -> ProjectDraftRecord | None:
    """A draft as soon as `look` finds it, looking for a while; None where it does not come."""
    clock = asyncio.get_running_loop().time
    until = clock() + PATIENCE
    while True:
        found = await look()
        if found is not None or clock() >= until:
            return found
        await asyncio.sleep(PERIOD)


async def _planner(ctx: Context, change: Change, workspace_id: ObjectId) -> AgentRecord:
    """The agent that plans. One that nobody has made is driven by a model alone."""
    there = {"workspace_id": workspace_id, "slug": PLANNER.slug, "deleted_at": None}
    planner = await collection(Agent).find_one(there, session=change.session)
    is_built_in = planner is None or planner["created_by"] is None
    if is_built_in and not ctx.services.models.serves(None if planner is None else planner.get("model")):
        raise NotConfigured(
            "Nobody plans here: the gateway has no model, and the workspace no agent that is called `planner`. "
            "The roadmap can be written by hand"
        )
    return await find_built_in(change, workspace_id, PLANNER)


def _answered(questions: Sequence[DraftQuestionRecord], answers: Mapping[str, Any]) -> list[DraftQuestionRecord]:
    """The questions with more answers; raises BadUserInput for one that its question does not take."""
    known = {question["id"]: question for question in questions}
    for question_id, answer in answers.items():
        if question_id not in known:
            raise BadUserInput(f"there is no question {question_id[:20]}", field="answers")
        if answer is not None and not _fits(known[question_id], answer):
            raise BadUserInput(f"{question_id} does not take this answer", field=f"answers.{question_id}")
    return [
        {**question, "answer": answers[question["id"]]} if question["id"] in answers else question
        for question in questions
    ]


def _fits(question: DraftQuestionRecord, answer: Any) -> bool:
    match question["kind"]:
        case DraftQuestionKind.TEXT:
            return isinstance(answer, str) and len(answer) <= MAX_ANSWER and "\x00" not in answer
        case DraftQuestionKind.SINGLE:
            return answer in question["options"]
        case DraftQuestionKind.MULTIPLE:
            return isinstance(answer, list) and all(each in question["options"] for each in answer)
        case DraftQuestionKind.SCALE:
            return type(answer) is int and answer in SCALE
        case _:
            return isinstance(answer, bool)
