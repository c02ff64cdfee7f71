"""The planner of a draft: the agent of its workspace that is called `planner`, and what it is asked.

All that it does to a draft are operations, which it calls as its tools: `projectDraftAsk` takes questions and how much
is known, `projectDraftUpdate` the roadmap. So a draft knows no answers of models, and anybody may drive the planner: a
model of the gateway, or a client of its own over MCP.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from auth.policies import board
from models import Agent, Mission, ProjectDraft
from models.base import collection
from models.enums import DraftQuestionKind, TokenScope
from models.errors import BadUserInput, Conflict, NotConfigured
from models.records import AgentRecord, DraftQuestionRecord, ProjectDraftRecord
from realtime.log import Change, Committed
from resolvers.inputs.mission import MissionCreate
from resolvers.inputs.project_draft import MAX_ROUNDS, ProjectDraftRefine
from resolvers.kit.context import Context
from resolvers.kit.nouns import PROJECT_DRAFT
from resolvers.kit.operation import operation
from resolvers.mission.mission import create_mission
from resolvers.project_draft.project_draft import change_draft, check_open, find_draft
from resolvers.project_draft.prompt import planner_prompt
from resolvers.state.mission_status import ACTIVE

WRITE = TokenScope.PROJECTS_WRITE
PLANNER = "planner"
"""The slug of the agent."""

PATIENCE = 30.0
PERIOD = 0.25
"""Seconds that a request waits for the planner, and how often it looks."""

MAX_ANSWER = 5000
SCALE = range(1, 6)

_PENDING = frozenset(status.value for status in ACTIVE)


@operation("projectDraftRefine", opens=PROJECT_DRAFT.whole, permission=board.WRITE, scope=WRITE)
async def refine_project_draft(
    ctx: Context, door: ProjectDraftRecord, values: ProjectDraftRefine
) -> Committed[ProjectDraftRecord]:
    """Answer questions of a draft, and have the planner ask the next ones.

    The planner's mission is `mission`; the draft tells of its questions once it has asked them. Raises NotConfigured
    where there is nobody to plan.
    """
    check_open(door)
    planner = await _planner(ctx, door)
    _answered(door["questions"], values.answers)  # refused before anything is begun

    async def body(change: Change) -> ProjectDraftRecord:
        draft = await find_draft(change, door["_id"])
        await _check_idle(draft)
        questions = _answered(draft["questions"], values.answers)
        return await change_draft(change, draft["_id"], {"questions": questions})

    draft = (await ctx.write(door["workspace_id"], body)).value
    asks = f"Ask what else is to be known, at most {MAX_ROUNDS - draft['round']} rounds more."
    task = asks if draft["round"] < MAX_ROUNDS else "There are no rounds left: ask nothing more, say how much is known."
    return await _begin(ctx, planner, draft, f"{task} Call ask_project_draft once, with readiness and questions.")


@operation(
    "projectDraftGenerateRoadmap",
    opens=PROJECT_DRAFT.whole,
    permission=board.WRITE,
    scope=WRITE,
    tool="generate_project_draft_roadmap",
)
async def generate_roadmap(ctx: Context, door: ProjectDraftRecord) -> Committed[ProjectDraftRecord]:
    """Have the planner write the roadmap of a draft, out of all that is known.

    Raises NotConfigured where there is nobody to plan; a roadmap can be written by hand then.
    """
    check_open(door)
    planner = await _planner(ctx, door)
    await _check_idle(door)
    task = "Write its roadmap: phases in order, each with deliverables. Call update_project_draft once, with roadmap."
    return await _begin(ctx, planner, door, task)


async def _begin(
    ctx: Context, planner: AgentRecord, draft: ProjectDraftRecord, task: str
) -> Committed[ProjectDraftRecord]:
    """Give the planner a mission about a draft, and let the draft name it."""
    asked = MissionCreate(agent_id=planner["_id"], prompt=planner_prompt(draft, task))
    mission = (await create_mission(ctx, asked)).value

    async def body(change: Change) -> ProjectDraftRecord:
        return await change_draft(change, draft["_id"], {"mission_id": mission["_id"]})

    return await ctx.write(draft["workspace_id"], body)


async def outcome(draft: ProjectDraftRecord) -> ProjectDraftRecord | None:
    """The draft as the planner has changed it since, waiting for a while; None where it goes on.

    Raises Conflict where its mission came to nothing.
    """
    mission_id, since = draft["mission_id"], draft["updated_at"]
    clock = asyncio.get_running_loop().time
    until = clock() + PATIENCE
    while True:
        mission = await collection(Mission).find_one({"_id": mission_id}, {"status": 1, "error": 1})
        now = await collection(ProjectDraft).find_one({"_id": draft["_id"]})
        if now is not None and now["updated_at"] > since:
            return now
        if mission is None or mission["status"] not in _PENDING:
            told = (mission and mission["error"]) or "its mission has changed nothing"
            raise Conflict(f"The planner has come to nothing: {told}", missionId=str(mission_id))
        if clock() >= until:
            return None
        await asyncio.sleep(PERIOD)


async def _planner(ctx: Context, draft: ProjectDraftRecord) -> AgentRecord:
    mine = {"workspace_id": draft["workspace_id"], "slug": PLANNER, "deleted_at": None}
    planner = await collection(Agent).find_one(mine)
    if planner is None:
        raise NotConfigured(
            "Nobody plans here: the gateway has no model, and the workspace no agent that is called `planner`. "
            "The roadmap can be written by hand"
        )
    return planner


async def _check_idle(draft: ProjectDraftRecord) -> None:
    """Raise Conflict while the planner is at work on a draft."""
    if draft["mission_id"] is None:
        return
    mission = await collection(Mission).find_one({"_id": draft["mission_id"]}, {"status": 1})
    if mission is not None and mission["status"] in _PENDING:
        raise Conflict("The planner is at work on the draft", missionId=str(draft["mission_id"]))


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
