"""What a mission waits for, asked of those who may say it, in forms that their clients show them: proposals to be
decided on, and the question of its agent. An agent's token is asked nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import mcp_types as types

from agents.tools.present import present
from agents.tools.render import inline
from auth.policies import mission as policy
from models.enums import MissionWait, ProposalStatus, TokenScope
from models.errors import Conflict, Forbidden, NotFound
from models.records import MissionRecord, ProposalRecord
from resolvers.inputs.mission import MissionAnswer
from resolvers.inputs.proposal import MAX_REASON, ProposalApprove, ProposalReject
from resolvers.kit.access import check_workspace
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from resolvers.mission.prompt import answer_mission, question_of
from resolvers.proposal.decide import approve_proposal, check_may_decide, reject_proposal
from resolvers.proposal.graph import pages_of

APPROVED, REASON, ANSWER = "approved", "reason", "answer"
"""The fields of the forms."""
DECLINED = "I do not answer this."
MOST_ASKED = 50

_DECISION = {
    "type": "object",
    "properties": {
        APPROVED: {"type": "boolean", "title": "Do it"},
        REASON: {"type": "string", "title": "Why, which the agent is told", "maxLength": MAX_REASON},
    },
    "required": [APPROVED],
}
_ANSWER = {"type": "object", "properties": {ANSWER: {"type": "string", "title": "Answer"}}, "required": [ANSWER]}


@dataclass(frozen=True, slots=True)
class Question:
    """A form, and what is done with it once it is filled in."""

    request: types.ElicitRequest
    settle: Callable[[Context, types.ElicitResult], Awaitable[object]]


async def questions(ctx: Context, mission: MissionRecord) -> Mapping[str, Question]:
    """What a mission, read before, waits for that the caller may say. A key is about one question for good: an edited
    proposal is another."""
    if ctx.subject.agent_id is not None or TokenScope.PILOTAGE_WRITE not in ctx.subject.scopes:
        return {}
    try:
        match mission.get("waiting_for"):
            case MissionWait.PROPOSALS:
                return await _decisions(ctx, mission)
            case MissionWait.ANSWER:
                return await _answers(ctx, mission)
    except Forbidden:
        pass
    return {}


async def settle(ctx: Context, asked: Mapping[str, Question], answers: Mapping[str, Any]) -> None:
    """Do what was answered. What is not asked any more, as somebody else was faster, is passed over."""
    for key, said in answers.items():
        if key in asked and isinstance(said, types.ElicitResult) and said.action != "cancel":
            try:
                await asked[key].settle(ctx, said)
            except (Conflict, NotFound):
                continue


async def _decisions(ctx: Context, mission: MissionRecord) -> Mapping[str, Question]:
    pending = {"status": {"eq": ProposalStatus.PENDING}}
    [page] = await pages_of("mission_id", [mission], None, Window.read(MOST_ASKED, None), pending)
    waiting: Sequence[ProposalRecord] = page.nodes
    if waiting:
        await check_may_decide(ctx, waiting[0])  # of one mission, the same people decide on all
    return {
        f"proposal.{proposal['_id']}.{proposal['revision']}": Question(
            _form(await _told(ctx, proposal), _DECISION), partial(_decide, proposal)
        )
        for proposal in waiting
    }


async def _told(ctx: Context, proposal: ProposalRecord) -> str:
    arguments = proposal.get("edited_arguments") or proposal["arguments"]
    changes = inline(await present(ctx, proposal["changes"])) if proposal["changes"] else ""
    lines = (f"{proposal['tool']}: {inline(arguments)}", proposal.get("explanation"), changes)
    return "\n".join(line for line in lines if line)


async def _decide(proposal: ProposalRecord, ctx: Context, said: types.ElicitResult) -> None:
    content = said.content or {}
    given = content.get(REASON)
    reason = given[:MAX_REASON] if isinstance(given, str) and given else None
    if said.action == "accept" and content.get(APPROVED) is True:
        await approve_proposal(ctx, proposal["_id"], ProposalApprove(revision=proposal["revision"], reason=reason))
    else:
        await reject_proposal(ctx, proposal["_id"], ProposalReject(reason=reason))


async def _answers(ctx: Context, mission: MissionRecord) -> Mapping[str, Question]:
    await check_workspace(ctx, mission["workspace_id"], policy.WRITE)
    question = await question_of(mission["_id"])
    if question is None:
        return {}
    choices = (question.get("data") or {}).get("choices") or ()
    text = question["content"] + (f" ({', '.join(map(str, choices))})" if choices else "")
    return {f"answer.{question['_id']}": Question(_form(text, _ANSWER), partial(_answer, mission))}


async def _answer(mission: MissionRecord, ctx: Context, said: types.ElicitResult) -> None:
    given = (said.content or {}).get(ANSWER)
    text = given if said.action == "accept" and isinstance(given, str) and given.strip() else DECLINED
    await answer_mission(ctx, mission["_id"], MissionAnswer(answer=text))


def _form(message: str, schema: dict[str, Any]) -> types.ElicitRequest:
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))
