"""Proposals from the call of an agent to what became of it."""

import asyncio
from typing import Any

import pytest

from models import Card
from models.base import collection
from models.enums import PilotageRole, ProposalStatus, Role, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound, OrreryError
from models.records import ProposalRecord
from resolvers.card.card import delete_card
from resolvers.inputs.mission import MissionCreate
from resolvers.inputs.proposal import ProposalBatchDecide, ProposalCreate, ProposalReview, ProposalUpdate
from resolvers.inputs.workspace import WorkspaceMemberUpdate, WorkspaceUpdate
from resolvers.kit.call import call
from resolvers.kit.input import read_input
from resolvers.member.workspace_member import update_workspace_member
from resolvers.mission.mission import cancel_mission, create_mission
from resolvers.proposal.decide import (
    apply_proposal,
    decide_on_proposals,
    review_proposal,
    update_arguments,
)
from resolvers.proposal.proposal import create_proposal
from resolvers.workspace.workspace import update_workspace
from tests.resolvers.conftest import let_join
from tests.resolvers.lab import People, again
from tests.resolvers.proposing import Desk, moved, proposed, stored, to_second


async def test_what_an_agent_would_do_waits_with_what_it_would_change(desk: Desk) -> None:
    # Given
    card = await moved(desk)
    seq = await desk.board.seq()

    # When
    proposal = await desk.propose("cardMove", **to_second(desk, card))

    # Then
    assert (proposal["status"], proposal["tool"], proposal["operation"]) == ("pending", "move_card", "cardMove")
    assert proposal["arguments"] == to_second(desk, card)
    entry, change = proposal["changes"]  # the second column is where cards are done
    assert (change["id"], entry["before"]) == (card["_id"], None)
    assert change["before"]["column_id"] == desk.board.columns[0]["_id"]
    assert change["after"]["column_id"] == desk.board.columns[1]["_id"]
    assert (await desk.board.stored(card))["column_id"] == card["column_id"]
    assert await desk.board.types_since(seq) == ["ProposalCreated"]


async def test_the_same_asked_for_again_is_the_same_proposal(desk: Desk) -> None:
    arguments = {"projectId": str(desk.board.project["_id"]), "title": "Once"}
    first, second = [await desk.propose("cardCreate", **arguments) for _ in range(2)]
    assert first["_id"] == second["_id"]


async def test_approved_it_is_done_as_the_agent_by_leave_of_who_approved(desk: Desk) -> None:
    # Given
    card = await moved(desk)
    proposal = await desk.propose("cardMove", **to_second(desk, card))
    seq = await desk.board.seq()

    # When
    applied = await desk.approve(proposal, reason="Go")

    # Then
    assert (await desk.board.stored(card))["column_id"] == desk.board.columns[1]["_id"]
    assert applied == await stored(proposal)
    assert (applied["status"], applied["result"], applied["reason"]) == ("applied", {"id": str(card["_id"])}, "Go")
    assert (applied["decided_by"], applied["via"]) == (desk.crew.owner.user_id, "jwt")
    entry, move, update = await desk.board.events_since(seq)
    assert entry["type"] == "ChangelogEntryAdded"
    assert (move["type"], move["actor_id"], move["approved_by"]) == (
        "CardMoved",
        desk.agent.record["user_id"],
        desk.crew.owner.user_id,
    )
    assert (update["type"], update["actor_id"]) == ("ProposalUpdated", desk.crew.owner.user_id)


async def test_decided_twice_it_is_answered_the_same_and_otherwise_refused(desk: Desk) -> None:
    # Given
    done = await desk.approve(await desk.propose("cardMove", **to_second(desk, await moved(desk))))
    refused = await desk.reject(await desk.propose("cardMove", **to_second(desk, await moved(desk))), reason="No")
    seq = await desk.board.seq()

    # When
    assert await desk.approve(done) == done
    assert await desk.reject(refused) == refused
    for decide in (desk.reject(done), desk.approve(refused)):
        with pytest.raises(Conflict):
            await decide

    # Then
    assert (refused["status"], refused["reason"]) == ("rejected", "No")
    assert await desk.board.types_since(seq) == []


async def test_many_at_once_have_one_effect(desk: Desk) -> None:
    # Given
    proposal = await desk.propose("commentCreate", cardId=str((await moved(desk))["_id"]), content="Done")
    seq = await desk.board.seq()

    # When
    answers = await asyncio.gather(*(desk.approve(proposal) for _ in range(5)))

    # Then
    assert {answer["status"] for answer in answers} == {"applied"}
    assert (await desk.board.types_since(seq)).count("CommentAdded") == 1
    assert (await desk.board.types_since(seq)).count("ProposalUpdated") == 1


async def test_what_has_changed_since_is_looked_at_anew(desk: Desk) -> None:
    # Given
    card = await desk.board.card(0, title="Old")
    proposal = await desk.propose("cardUpdate", id=str(card["_id"]), title="New")
    await desk.board.update(card, title="Other")

    # When
    with pytest.raises(Conflict) as stale:
        await desk.approve(proposal)
    renewed = await stored(proposal)

    # Then
    assert stale.value.details["kind"] == "STALE"
    assert (renewed["status"], renewed["revision"]) == ("pending", 2)
    assert renewed["changes"][0]["before"] == {"title": "Other"}
    with pytest.raises(Conflict, match="meantime"):
        await desk.approve(renewed, revision=1)
    assert (await desk.approve(renewed, revision=2))["status"] == "applied"
    assert (await desk.board.stored(card))["title"] == "New"


async def test_what_has_changed_beside_it_does_not_matter(desk: Desk) -> None:
    card = await desk.board.card(0, title="Old")
    proposal = await desk.propose("cardUpdate", id=str(card["_id"]), title="New")
    await desk.board.update(card, description="Beside")

    assert (await desk.approve(proposal))["status"] == "applied"


async def test_what_is_refused_as_it_is_done_has_failed(desk: Desk) -> None:
    # Given
    card = await moved(desk)
    proposal = await desk.propose("commentCreate", cardId=str(card["_id"]), content="Late")
    await delete_card(again(desk.crew.owner), card["_id"])

    # When
    failed = await desk.approve(proposal)

    # Then
    assert (failed["status"], failed["error"]) == ("failed", "Card not found")
    assert await desk.approve(proposal) == failed


async def test_it_is_edited_and_decided_on_as_it_is_then(desk: Desk) -> None:
    # Given
    card = await moved(desk)
    proposal = await desk.propose("cardUpdate", id=str(card["_id"]), title="New")
    values = ProposalUpdate(arguments={"id": str(card["_id"]), "title": "Newer"}, revision=1)

    # When
    edited = (await update_arguments(again(desk.crew.owner), proposal["_id"], values)).value
    applied = await desk.approve(edited, revision=2)

    # Then
    assert edited["digest"] != proposal["digest"]
    assert edited["changes"][0]["after"] == {"title": "Newer"}
    assert applied["arguments"]["title"] == "New"
    assert applied["edited_arguments"] == values.arguments
    assert (await desk.board.stored(card))["title"] == "Newer"
    waits = await desk.propose("cardUpdate", id=str(card["_id"]), title="Once more")
    with pytest.raises(BadUserInput):
        await update_arguments(again(desk.crew.owner), waits["_id"], ProposalUpdate(arguments={"title": ""}))


async def test_it_is_reviewed_and_done_in_two_steps(desk: Desk) -> None:
    # Given
    card, owner = await moved(desk), desk.crew.owner
    proposal = await desk.propose("cardMove", **to_second(desk, card))

    # When
    with pytest.raises(Conflict):
        await apply_proposal(again(owner), proposal["_id"])
    reviewed = (await review_proposal(again(owner), proposal["_id"], ProposalReview(approved=True))).value
    before = await desk.board.stored(card)
    applied = (await apply_proposal(again(owner), proposal["_id"])).value

    # Then
    assert (reviewed["status"], before["column_id"]) == ("approved", card["column_id"])
    assert (applied["status"], applied["decided_by"]) == ("applied", owner.user_id)
    assert (await apply_proposal(again(owner), proposal["_id"])).value == applied


async def test_one_proposal_names_what_another_would_make(desk: Desk) -> None:
    # Given
    made = await desk.propose("cardCreate", projectId=str(desk.board.project["_id"]), title="Planned")
    said = await desk.propose("commentCreate", cardId=made["arguments"]["id"], content="On it")

    # When
    with pytest.raises(Conflict) as early:
        await desk.approve(said)
    values = ProposalBatchDecide(approved=True)
    done = await decide_on_proposals(again(desk.crew.owner), [said["_id"], made["_id"]], values)

    # Then
    assert early.value.details["kind"] == "DEPENDS_ON"
    assert said["depends_on"] == [made["_id"]]
    assert [became.error for became in done.value] == [None, None]
    assert [became.record and became.record["status"] for became in done.value] == ["applied", "applied"]
    card = await collection(Card).find_one({"_id": made["creates"]})
    assert card is not None
    assert card["comment_count"] == 1


async def test_they_are_withdrawn_when_their_mission_ends(desk: Desk) -> None:
    # Given
    mission = await desk.crew.ask(desk.agent)
    await desk.agent.claim()
    proposal = await desk.propose("cardMove", **to_second(desk, await moved(desk)))

    # When
    await cancel_mission(again(desk.crew.owner), mission["_id"])

    # Then
    assert proposal["mission_id"] == mission["_id"]
    assert (await stored(proposal))["status"] == ProposalStatus.WITHDRAWN
    with pytest.raises(Conflict):
        await desk.approve(proposal)


async def test_who_decides(desk: Desk, standing_people: People) -> None:
    # Given
    proposal = await desk.propose("cardMove", **to_second(desk, await moved(desk)))
    token = await standing_people.with_token(desk.crew.owner, list(TokenScope))
    narrow = await standing_people.with_token(desk.crew.owner, [TokenScope.PILOTAGE_WRITE, TokenScope.PILOTAGE_READ])

    # When / Then: an agent never does, nor whoever may not do it himself
    with pytest.raises(Forbidden):
        await desk.approve(proposal, desk.agent.ctx)
    with pytest.raises(Forbidden):
        await desk.approve(proposal, narrow)

    # ... nor a token, where a sign-in is asked for
    sign_in = read_input(WorkspaceUpdate, {"approvalsNeedSignIn": True})
    await update_workspace(again(desk.crew.owner), desk.crew.workspace["_id"], sign_in)
    with pytest.raises(Forbidden, match="signed-in"):
        await desk.approve(proposal, token)
    any_way = read_input(WorkspaceUpdate, {"approvalsNeedSignIn": False})
    await update_workspace(again(desk.crew.owner), desk.crew.workspace["_id"], any_way)
    assert (await desk.approve(proposal, token))["via"] == "token"


async def test_members_decide_by_their_role_or_on_the_missions_that_they_began(
    desk: Desk, standing_people: People
) -> None:
    # Given
    owner, workspace = desk.crew.owner, desk.crew.workspace
    plain, began, reviewer, admin = [
        await let_join(standing_people, owner, workspace, name, role)
        for name, role in (
            ("plain", Role.MEMBER),
            ("began", Role.MEMBER),
            ("reviewer", Role.MEMBER),
            ("admin", Role.ADMIN),
        )
    ]
    reviews = WorkspaceMemberUpdate(pilotage_role=PilotageRole.REVIEWER)
    await update_workspace_member(again(owner), workspace["_id"], reviewer.user_id, reviews)
    agent = await desk.crew.hire("scout", autonomyMode="supervised")
    asked = MissionCreate(agent_id=agent.record["_id"], prompt="Look around")
    mission = (await create_mission(again(began), asked)).value
    await agent.claim()

    async def waits() -> ProposalRecord:
        return await proposed(agent, "cardMove", to_second(desk, await moved(desk)))

    # When
    with pytest.raises(Forbidden):
        await desk.approve(await waits(), plain)
    decided = [await desk.approve(await waits(), person) for person in (began, reviewer, admin)]

    # Then
    assert {proposal["status"] for proposal in decided} == {"applied"}
    assert {proposal["mission_id"] for proposal in decided} == {mission["_id"]}


async def test_what_the_gateway_cannot_do_is_decided_on_and_no_more(desk: Desk) -> None:
    # Given
    values = ProposalCreate(workspace_id=desk.crew.workspace["_id"], action="Paint the dome", explanation="It peels")
    proposal = (await create_proposal(desk.agent.ctx, values)).value
    seq = await desk.board.seq()

    # When
    applied = await desk.approve(proposal)

    # Then
    assert (proposal["operation"], applied["status"], applied["result"]) == (None, "applied", None)
    assert await desk.board.types_since(seq) == ["ProposalUpdated"]


async def test_an_action_is_known_by_its_names(desk: Desk) -> None:
    # Given
    card = await moved(desk)
    given = {"cardId": str(card["_id"]), "targetColumn": str(desk.board.columns[1]["_id"])}
    values = ProposalCreate(workspace_id=desk.crew.workspace["_id"], action="Move_Card", arguments=given)

    # When
    proposal = (await create_proposal(again(desk.crew.owner), values)).value

    # Then
    assert (proposal["operation"], proposal["arguments"]) == ("cardMove", to_second(desk, card))
    assert (await desk.approve(proposal))["status"] == "applied"
    assert (await desk.board.stored(card))["column_id"] == desk.board.columns[1]["_id"]


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("cardUpdate", {"id": "0" * 24, "title": "x"}, (NotFound, BadUserInput)),
        ("workspaceUpdate", {"name": "x"}, Forbidden),
        ("cardUpdate", {"title": ""}, BadUserInput),
    ],
    ids=["foreign", "scope", "bad"],
)
async def test_what_would_be_refused_is_not_proposed(
    desk: Desk, name: str, arguments: dict[str, Any], error: type[OrreryError]
) -> None:
    # Given
    card = await moved(desk)
    ids = {"workspaceUpdate": str(desk.crew.workspace["_id"]), "cardUpdate": str(card["_id"])}
    seq = await desk.board.seq()

    # When
    with pytest.raises(error):
        await call(desk.agent.ctx, name, {"id": ids[name], **arguments})

    # Then
    assert await desk.board.types_since(seq) == []


async def test_what_a_token_cannot_do_or_keep_is_nothing_to_propose(desk: Desk) -> None:
    for action in ("credentialCreate", "plugin install", "billing_checkout"):
        with pytest.raises(BadUserInput) as refused:
            await create_proposal(
                again(desk.crew.owner),
                ProposalCreate(workspace_id=desk.crew.workspace["_id"], action=action, explanation="Please."),
            )

        assert "nothing to propose" in refused.value.message


async def test_a_text_that_has_changed_since_is_not_written_over(desk: Desk) -> None:
    # Given a document with a long text, and an agent that would write another
    begin = "word " * 100
    made = await call(
        again(desk.crew.owner),
        "documentCreate",
        {"workspaceId": str(desk.crew.workspace["_id"]), "title": "Prices", "content": f"{begin} 10 EUR"},
    )
    document_id = str(made.value["_id"])
    proposal = await desk.propose("documentUpdate", id=document_id, content="All is free.")

    # When a person changes some of it, which neither its excerpt nor its size tells
    await call(again(desk.crew.owner), "documentUpdate", {"id": document_id, "content": f"{begin} 20 EUR"})

    # Then what was proposed is not done, but looked at anew
    with pytest.raises(Conflict) as stale:
        await desk.approve(proposal)
    assert stale.value.details["kind"] == "STALE"
