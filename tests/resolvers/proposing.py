"""What tests of proposals are written with: a board, those who decide, and an agent that proposes what it would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

import resolvers.catalogue
from models import Proposal
from models.base import collection
from models.errors import ApprovalRequired
from models.records import CardRecord, ProposalRecord
from resolvers.inputs.proposal import ProposalApprove, ProposalReject
from resolvers.kit.call import call
from resolvers.kit.context import Context
from resolvers.proposal.decide import approve_proposal, reject_proposal
from tests.resolvers.lab import again
from tests.resolvers.missions import Crew, Hand
from tests.resolvers.projects import Board

assert resolvers.catalogue  # any operation is called by its name


@dataclass(slots=True)
class Desk:
    """Where proposals are decided on: by the owner, on what an agent proposes of the board."""

    board: Board
    crew: Crew
    agent: Hand

    async def propose(self, name: str, **arguments: Any) -> ProposalRecord:
        """What becomes of a call of the agent, which is a proposal."""
        return await proposed(self.agent, name, arguments)

    async def approve(self, proposal: ProposalRecord, ctx: Context | None = None, **values: Any) -> ProposalRecord:
        ctx = again(ctx or self.crew.owner)
        return (await approve_proposal(ctx, proposal["_id"], ProposalApprove(**values))).value

    async def reject(self, proposal: ProposalRecord, ctx: Context | None = None, **values: Any) -> ProposalRecord:
        ctx = again(ctx or self.crew.owner)
        return (await reject_proposal(ctx, proposal["_id"], ProposalReject(**values))).value


async def proposed(agent: Hand, name: str, arguments: Mapping[str, Any]) -> ProposalRecord:
    """The proposal that a call of an agent becomes."""
    with pytest.raises(ApprovalRequired) as waits:
        await call(agent.ctx, name, arguments)
    return await stored(waits.value.proposal)


async def stored(proposal: Mapping[str, Any]) -> ProposalRecord:
    """A proposal as the database holds it."""
    found = await collection(Proposal).find_one({"_id": proposal["_id"]})
    assert found is not None
    return found


async def moved(desk: Desk) -> CardRecord:
    """A card of the first column that the agent would move to the second."""
    return await desk.board.card(0, title="Mirror")


def to_second(desk: Desk, card: CardRecord) -> dict[str, Any]:
    return {"id": str(card["_id"]), "columnId": str(desk.board.columns[1]["_id"])}
