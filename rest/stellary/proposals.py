"""What agents would do, and people decide on."""

from models.records import ProposalRecord
from resolvers.inputs.proposal import ProposalApprove, ProposalReject
from resolvers.kit.page import Page, Window
from resolvers.proposal.decide import approve_proposal, reject_proposal
from resolvers.proposal.proposal import list_proposals, list_proposals_of_mission
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.lists import PendingProposalQuery, ProposalQuery, whole
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.proposal import Proposal, proposal

routes = Routes("Proposals", WORKSPACE, about="What agents would do, and people decide on.", place=470, tag_place=502)


@routes.get(
    "/missions/{missionId}/proposals",
    "List the proposals of a mission, the newest first",
    runs=list_proposals_of_mission,
    query=ProposalQuery,
)
async def find_of_mission(call: Call) -> list[Proposal]:
    found = await guards.mission(call)
    wanted = call.query(ProposalQuery)

    async def read(size: int, after: str | None) -> Page[ProposalRecord]:
        return await list_proposals_of_mission(call.ctx, found["_id"], Window.read(size, after), wanted.filter())

    return [proposal(record) for record in await whole(read, wanted.limit)]


@routes.get(
    "/agent-runtime/proposals",
    "List what waits for a decision, the newest first",
    runs=list_proposals,
    query=PendingProposalQuery,
)
async def find_pending(call: Call) -> list[Proposal]:
    """Those of another `status`, where one is asked for."""
    workspace = await guards.workspace(call)
    wanted = call.query(PendingProposalQuery)

    async def read(size: int, after: str | None) -> Page[ProposalRecord]:
        return await list_proposals(call.ctx, workspace["_id"], Window.read(size, after), wanted.filter())

    return [proposal(record) for record in await whole(read, wanted.limit)]


@routes.post("/proposals/{proposalId}/approve", "Approve a proposal, which is done then", runs=approve_proposal)
async def approve(call: Call) -> Proposal:
    """It is done as its agent, in one change with the decision; asked again, it is answered as it was done."""
    found = await guards.proposal(call)
    return proposal((await approve_proposal(call.ctx, found["_id"], call.body(ProposalApprove))).value)


@routes.post("/proposals/{proposalId}/reject", "Reject a proposal", runs=reject_proposal)
async def reject(call: Call) -> Proposal:
    """Its agent is told the `reason`."""
    found = await guards.proposal(call)
    return proposal((await reject_proposal(call.ctx, found["_id"], call.body(ProposalReject))).value)
