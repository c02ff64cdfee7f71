"""Actions that were suggested to a pilotage: proposals, decided on and done in two steps."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from models.limits import Text
from models.records import ProposalRecord
from resolvers.inputs.proposal import JsonObject, ProposalCreate, ProposalReview
from resolvers.kit.input import Input, Prose
from resolvers.kit.page import MAX_SIZE, Page, Window
from resolvers.proposal.decide import apply_proposal, review_proposal
from resolvers.proposal.proposal import create_proposal, list_proposals
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.lists import Limit, whole
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.pilotage_action import WORDS, PilotageAction, action

routes = Routes("Pilotage", WORKSPACE + "/pilotage/actions", place=420)


class ActionStatus(StrEnum):
    """Where an action stands."""

    SUGGESTED = "suggested"
    APPROVED = "approved"
    REJECTED = "rejected"
    APPLIED = "applied"


class ActionQuery(Input):
    """How many actions, the newest first, and of which status."""

    limit: Limit = MAX_SIZE
    status: ActionStatus | None = None

    def filter(self) -> dict[str, Any]:
        """The filter of the graph that it stands for."""
        if self.status is None:
            return {}
        return {"status": {"in": [status.value for status, word in WORDS.items() if word == self.status]}}


class NewAction(ProposalCreate):
    """A suggestion. `actionType` names a tool or an operation, in any case; other words are recorded alone."""

    action: Annotated[str, Text(1, 100)] = Field(alias="actionType", description="What would be done.")
    explanation: Annotated[str, Text(1, 500), Prose] = Field(description="Why, 1 to 500 characters.")
    arguments: JsonObject = Field(
        default_factory=dict,
        alias="payload",
        description="With what: ids, or the names of columns, labels and scopes of the project that it is about.",
    )


class ReviewedAction(ProposalReview):
    """A decision on an action, which is not done yet."""

    reason: Annotated[str, Text(0, 200), Prose] | None = Field(
        None, description="Why, in at most 200 characters; its agent is told."
    )


@routes.get("", "List suggested actions, the newest first", runs=list_proposals, query=ActionQuery)
async def find(call: Call) -> list[PilotageAction]:
    """All proposals of the workspace, whichever way they came."""
    workspace, wanted = await guards.workspace(call), call.query(ActionQuery)

    async def read(size: int, after: str | None) -> Page[ProposalRecord]:
        return await list_proposals(call.ctx, workspace["_id"], Window.read(size, after), wanted.filter())

    return [action(record) for record in await whole(read, wanted.limit)]


@routes.post("/propose", "Suggest an action", runs=create_proposal, body=NewAction, given=["workspaceId"])
async def propose(call: Call) -> PilotageAction:
    """What it would change is told by `changes`. A name that several have is a conflict."""
    workspace = await guards.workspace(call)
    return action((await create_proposal(call.ctx, call.body(NewAction, workspaceId=workspace["_id"]))).value)


@routes.post("/{proposalId}/review", "Approve or reject an action", runs=review_proposal, body=ReviewedAction)
async def review(call: Call) -> PilotageAction:
    """The same decision again is answered as it was made; the opposite is a conflict."""
    found = await guards.proposal(call)
    return action((await review_proposal(call.ctx, found["_id"], call.body(ReviewedAction))).value)


@routes.post("/{proposalId}/apply", "Apply an action that was approved", runs=apply_proposal)
async def apply(call: Call) -> PilotageAction:
    """It is done once; asked again, it is answered as it was done."""
    found = await guards.proposal(call)
    return action((await apply_proposal(call.ctx, found["_id"])).value)
