"""What an agent proposes to do, and waits for a decision about."""

from models.errors import Forbidden
from resolvers.inputs.proposal import (
    ProposalApprove,
    ProposalBatchDecide,
    ProposalCreate,
    ProposalReject,
    ProposalReview,
    ProposalUpdate,
)
from resolvers.kit.page import Window
from resolvers.proposal.decide import review_proposal
from resolvers.proposal.proposal import create_proposal
from tests.resolvers.lab import again
from tests.rest.conftest import made
from tests.rest.story import Cast, read
from tests.world.paths import MISSION, PILOTAGE, WORKSPACE
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World

ACTIONS = PILOTAGE + "/actions"
PROPOSAL = WORKSPACE + "/proposals/{proposalId}"
DECISIONS = ("proposalApprove", "proposalReject", "proposalReview", "proposalApply", "proposalUpdate")


async def make(world: World) -> None:
    ids = world.ids
    painted = ProposalCreate(workspace_id=ids["workspace"], mission_id=ids["mission"], action="Paint the dome")
    ids["proposal"] = (await create_proposal(await world.context("other agent"), painted)).value["_id"]


async def review(world: World) -> None:
    """A proposal that was decided for."""
    await review_proposal(again(world.owner), world.ids["proposal"], ProposalReview(approved=True))


async def story(cast: Cast) -> None:
    ann, actions = cast.ann, f"{cast.workspace}/pilotage/actions"
    card = await made(ann, f"{cast.path}/cards", title="Bill the first customer", columnId=cast.todo)
    payload = {"cardId": card["id"], "targetColumn": cast.done}
    given = {"actionType": "move_card", "explanation": "All subtasks complete, move to Done", "payload": payload}
    action = await made(ann, f"{actions}/propose", **given)
    await made(ann, f"{actions}/{action['id']}/review", approved=True, reason="Looks correct")
    assert (await made(ann, f"{actions}/{action['id']}/apply"))["result"] == {"id": card["id"]}
    assert (await read(ann, f"{actions}?status=applied"))[0]["id"] == action["id"]


SAMPLE = Sample(
    after=("mission",),
    make=make,
    calls={
        "proposal": lambda ids: (ids["proposal"],),
        "proposals": lambda ids: (ids["workspace"], Window.read()),
        "missionProposals": lambda ids: (ids["mission"], Window.read()),
        "proposalCreate": lambda ids: (ProposalCreate(workspace_id=ids["workspace"], action="Wash the dome"),),
        "proposalUpdate": lambda ids: (ids["proposal"], ProposalUpdate(arguments={"color": "white"})),
        "proposalApprove": lambda ids: (ids["proposal"], ProposalApprove()),
        "proposalReject": lambda ids: (ids["proposal"], ProposalReject()),
        "proposalReview": lambda ids: (ids["proposal"], ProposalReview(approved=True)),
        "proposalApply": lambda ids: (ids["proposal"],),
        "proposalBatchDecide": lambda ids: ([ids["proposal"]], ProposalBatchDecide(approved=True)),
    },
    # Who decides is of the workspace's admins, has a pilotage role, or began the mission.
    beyond={(name, caller): Forbidden for name in DECISIONS for caller in ("member", "viewer")},
    refused_there={"proposalUpdate", "proposalReject", "proposalApply"},
    routes={
        ("GET", ACTIONS): None,
        ("POST", ACTIONS + "/propose"): sent(actionType="Paint the door", explanation="It is grey"),
        ("POST", ACTIONS + "/{proposalId}/review"): sent(approved=True),
        ("POST", ACTIONS + "/{proposalId}/apply"): None,
        ("GET", MISSION + "/proposals"): None,
        ("GET", WORKSPACE + "/agent-runtime/proposals"): None,
        ("POST", PROPOSAL + "/approve"): sent(reason="Go on"),
        ("POST", PROPOSAL + "/reject"): sent(reason="No"),
    },
    cases={"proposalApply": Case(prepare=review)},
    kept={
        "Proposal": Kept(
            """
                agent { id } mission { id } createdBy { id } decidedBy { id } arguments editedArguments isExecutable
                changes { id type before after }
            """,
            {"Workspace": "approvals(first: 50) { nodes { ...ProposalFields } }"},
        )
    },
    story=story,
)
