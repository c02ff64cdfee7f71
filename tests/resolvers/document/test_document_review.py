"""The review of documents, and the links between documents and cards."""

from typing import Any

import pytest

from models import Activity, DocumentLink, Notification, WorkspaceMember
from models.base import collection
from models.enums import PilotageRole, Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from resolvers.card.card import delete_card
from resolvers.document import link as document_link
from resolvers.document.link import (
    cards_of_document,
    documents_of_card,
    link_document,
    list_card_documents,
    unlink_document,
)
from resolvers.document.review import review_document, submit_document
from resolvers.document.update import restore_document_version
from resolvers.inputs.document import DocumentReview
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.workspace_member import update_workspace_member
from resolvers.notification.follow import follow
from resolvers.organization.organization import create_organization
from resolvers.workspace.workspace import create_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import People, again, events
from tests.resolvers.missions import Crew
from tests.resolvers.projects import Board, make_board


def decision(status: str = "approved", **values: Any) -> DocumentReview:
    return read_input(DocumentReview, {"status": status, **values})


async def told(person: Context) -> list[str]:
    """The types of what a person was notified of."""
    await follow(person.services)
    found = await collection(Notification).find({"user_id": person.user_id}).sort("number", 1).to_list()
    activities = [await collection(Activity).find_one({"_id": one["activity_id"]}) for one in found]
    return [one["type"] for one in activities if one is not None]


async def test_a_review_goes_from_a_draft_over_changes_to_approval(
    shelf: Shelf, owner: Context, workspace: Any, join: Join
) -> None:
    ada = await join(workspace, "ada")
    made = await shelf.of(ada).document(content="One")

    await submit_document(again(ada), made["_id"])
    back = (await review_document(again(owner), made["_id"], decision("changes_requested", notes="Say why"))).value
    await shelf.of(ada).update(made, content="One, because")
    await submit_document(again(ada), made["_id"])
    done = (await review_document(again(owner), made["_id"], decision())).value

    assert (back["status"], back["review_notes"], back["reviewed_by"]) == (
        "changes_requested",
        "Say why",
        owner.user_id,
    )
    assert (done["status"], done["review_notes"], done["submitted_by"]) == ("approved", None, ada.user_id)
    types = [one["type"] for one in await events(shelf.workspace_id) if one["type"].startswith("DocumentReview")]
    assert types == ["DocumentReviewRequested", "DocumentReviewed"] * 2
    assert await told(owner) == ["document_review_requested"] * 2
    assert await told(ada) == ["document_reviewed"] * 2


async def test_a_text_that_was_submitted_is_a_version_of_its_own(
    shelf: Shelf, owner: Context, workspace: Any, join: Join
) -> None:
    ada = await join(workspace, "ada")
    made = await shelf.of(ada).document(content="One")
    await submit_document(again(ada), made["_id"])

    await shelf.of(ada).update(made, content="Two")

    assert [one["markdown"] for one in await shelf.versions(made)] == ["One", "Two"]


async def test_a_new_text_while_a_review_is_pending_is_a_draft_that_is_submitted_anew(
    shelf: Shelf, owner: Context, workspace: Any, join: Join
) -> None:
    ada = await join(workspace, "ada")
    made = await shelf.of(ada).document(content="One")
    await submit_document(again(ada), made["_id"])

    renamed = await shelf.of(ada).update(made, title="Other", tags=["x"])
    changed = await shelf.of(ada).update(made, content="Two")

    assert (renamed["status"], changed["status"]) == ("pending_review", "draft")
    last = (await events(shelf.workspace_id))[-1]
    assert sorted(last["data"]["changed_fields"]) == ["content", "status"]
    with pytest.raises(Conflict, match="no review was asked for"):
        await review_document(again(owner), made["_id"], decision())
    await submit_document(again(ada), made["_id"])
    [first, _] = await shelf.versions(made)
    restored = (await restore_document_version(again(ada), made["_id"], first["_id"])).value
    assert restored["status"] == "draft"


async def test_a_new_text_of_an_approved_document_makes_it_a_draft_again(
    shelf: Shelf, owner: Context, workspace: Any, join: Join
) -> None:
    ada = await join(workspace, "ada")
    made = await shelf.of(ada).document(content="One")
    await submit_document(again(ada), made["_id"])
    await review_document(again(owner), made["_id"], decision())

    renamed = await shelf.update(made, title="Other", tags=["x"])
    changed = await shelf.update(made, content="Two")

    assert (renamed["status"], changed["status"]) == ("approved", "draft")
    last = (await events(shelf.workspace_id))[-1]
    assert sorted(last["data"]["changed_fields"]) == ["content", "status"]


async def test_a_transition_that_makes_no_sense_is_a_conflict(
    shelf: Shelf, owner: Context, workspace: Any, join: Join
) -> None:
    ada = await join(workspace, "ada")
    made = await shelf.document()

    with pytest.raises(Conflict, match="no review was asked for"):
        await review_document(again(owner), made["_id"], decision())
    await submit_document(again(ada), made["_id"])
    with pytest.raises(Conflict, match="only a draft is submitted"):
        await submit_document(again(ada), made["_id"])
    with pytest.raises(Conflict, match="changed since version 1"):
        await review_document(again(owner), made["_id"], decision(expectedVersion=1))
    await review_document(again(owner), made["_id"], decision(expectedVersion=2))
    for attempt in (submit_document(again(ada), made["_id"]), review_document(again(owner), made["_id"], decision())):
        with pytest.raises(Conflict):
            await attempt
    for status in ("draft", "pending_review"):
        with pytest.raises(BadUserInput, match="approved or changes_requested"):
            decision(status)


async def test_reviewers_are_admins_and_those_with_the_pilotage_role(
    shelf: Shelf, owner: Context, workspace: Any, join: Join
) -> None:
    member, reviewer, admin = [
        await join(workspace, name, role)
        for name, role in (("ada", Role.MEMBER), ("rea", Role.MEMBER), ("eve", Role.ADMIN))
    ]
    promoted = WorkspaceMemberUpdate(pilotage_role=PilotageRole.REVIEWER)
    await update_workspace_member(again(owner), workspace["_id"], reviewer.user_id, promoted)

    for caller in (reviewer, admin):
        made = await shelf.of(member).document()
        await submit_document(again(member), made["_id"])
        with pytest.raises(Forbidden, match="pilotage role owner or reviewer"):
            await review_document(again(member), made["_id"], decision())
        await review_document(again(caller), made["_id"], decision())
        assert (await shelf.stored(made))["reviewed_by"] == caller.user_id
    assert await told(reviewer) == await told(admin) == ["document_review_requested"] * 2


async def test_who_submits_reviews_only_where_nobody_else_can(
    shelf: Shelf, owner: Context, workspace: Any, join: Join
) -> None:
    alone, shared = await shelf.document(), await shelf.document()
    await submit_document(again(owner), alone["_id"])
    await submit_document(again(owner), shared["_id"])

    await review_document(again(owner), alone["_id"], decision())
    await join(workspace, "eve", Role.ADMIN)
    with pytest.raises(Forbidden, match="wrote or submitted"):
        await review_document(again(owner), shared["_id"], decision())

    assert (await shelf.stored(alone))["status"] == "approved"
    assert (await shelf.stored(shared))["status"] == "pending_review"


async def test_who_wrote_some_of_it_since_it_was_approved_does_not_review_it(
    shelf: Shelf, owner: Context, workspace: Any, join: Join
) -> None:
    # Given
    eve, ada = await join(workspace, "eve", Role.ADMIN), await join(workspace, "ada")
    made = await shelf.of(eve).document(content="Of Eve")
    await shelf.of(ada).update(made, content="Of Eve and Ada")
    await submit_document(again(ada), made["_id"])
    before = await shelf.stored(made)

    # When
    for status in ("approved", "changes_requested"):
        with pytest.raises(Forbidden, match="wrote or submitted"):
            await review_document(again(eve), made["_id"], decision(status))
    unchanged = await shelf.stored(made)
    await review_document(again(owner), made["_id"], decision())
    await shelf.of(owner).update(made, content="Of the owner")
    await submit_document(again(ada), made["_id"])
    with pytest.raises(Forbidden, match="wrote or submitted"):
        await review_document(again(owner), made["_id"], decision())
    done = (await review_document(again(eve), made["_id"], decision())).value

    # Then
    assert unchanged == before
    assert (done["status"], done["reviewed_by"]) == ("approved", eve.user_id)


async def test_what_an_agent_wrote_is_reviewed_by_others_than_who_made_the_agent(
    shelf: Shelf, owner: Context, workspace: Any, join: Join, people: People
) -> None:
    # Given
    eve = await join(workspace, "eve", Role.ADMIN)
    hand = await Crew(people, eve, workspace).hire()
    made = await shelf.of(hand.ctx).document(content="Of the agent")
    await submit_document(again(hand.ctx), made["_id"])

    # When
    with pytest.raises(Forbidden, match="wrote or submitted"):
        await review_document(again(eve), made["_id"], decision())
    done = (await review_document(again(owner), made["_id"], decision())).value

    # Then
    assert done["reviewed_by"] == owner.user_id


async def test_an_agent_with_the_role_asks_for_changes_and_approves_nothing(
    shelf: Shelf, owner: Context, workspace: Any, join: Join, people: People
) -> None:
    # Given
    ada = await join(workspace, "ada")
    hand = await Crew(people, owner, workspace).hire()
    reviewing = {"$set": {"pilotage_role": PilotageRole.REVIEWER.value}}
    await collection(WorkspaceMember).update_one({"user_id": hand.record["user_id"]}, reviewing)
    made, alone = await shelf.of(ada).document(content="One"), await shelf.document(content="Of the owner")
    await submit_document(again(ada), made["_id"])
    await submit_document(again(owner), alone["_id"])
    before = await shelf.stored(made)

    # When
    with pytest.raises(Forbidden, match="approved by a person"):
        await review_document(again(hand.ctx), made["_id"], decision())
    unchanged = await shelf.stored(made)
    back = (await review_document(again(hand.ctx), made["_id"], decision("changes_requested"))).value
    approved = (await review_document(again(owner), alone["_id"], decision())).value

    # Then
    assert unchanged == before
    assert (back["status"], back["reviewed_by"]) == ("changes_requested", hand.record["user_id"])
    assert approved["status"] == "approved"  # no other person could


async def test_a_link_is_seen_from_both_ends_and_made_once(
    shelf: Shelf, board: Board, workspace: Any, join: Join
) -> None:
    ada = await join(workspace, "ada")
    await board.add_member(ada)
    card, other = await board.card(title="Card"), await board.card(title="Other")
    made, second = await shelf.document("One"), await shelf.document("Two")
    seq = await board.seq()

    for document in (made, second, made):
        await link_document(shelf.ctx, document["_id"], card["_id"])
    await link_document(shelf.ctx, made["_id"], other["_id"])

    assert await board.types_since(seq) == ["DocumentLinked"] * 3
    cards, none = await cards_of_document(shelf.ctx, [made, await shelf.document()], frozenset({"title"}), first=1)
    assert [one["title"] for one in cards.nodes] == ["Card"]
    assert cards.has_next
    rest = await cards_of_document(shelf.ctx, [made], None, first=5, after=cards.cursor(cards.nodes[-1]))
    assert [one["title"] for one in rest[0].nodes] == ["Other"]
    assert none.nodes == []
    [documents] = await documents_of_card(shelf.ctx, [card], frozenset({"title"}))
    assert [one["title"] for one in documents.nodes] == ["One", "Two"]
    assert [one["title"] for one in await list_card_documents(shelf.ctx, card["_id"])] == ["One", "Two"]
    assert await told(ada) == ["member_added", *["card_created"] * 2, *["document_linked"] * 3]


async def test_a_link_goes_when_it_is_taken_off_or_an_end_is_deleted(shelf: Shelf, board: Board) -> None:
    card, other = await board.card(), await board.card()
    made = await shelf.document()
    for one in (card, other):
        await link_document(shelf.ctx, made["_id"], one["_id"])
    seq = await board.seq()

    await unlink_document(shelf.ctx, made["_id"], card["_id"])
    await unlink_document(shelf.ctx, made["_id"], card["_id"])
    await delete_card(shelf.ctx, other["_id"])

    found = [one for one in await board.events_since(seq) if one["type"] == "DocumentUnlinked"]
    assert [one["card_id"] for one in found] == [card["_id"], other["_id"]]
    assert {one["data"]["document_id"] for one in found} == {made["_id"]}
    assert await collection(DocumentLink).count_documents({"document_id": made["_id"]}) == 0


async def test_only_what_shares_a_workspace_is_linked(
    shelf: Shelf, board: Board, owner: Context, people: People
) -> None:
    values = OrganizationCreate(name="Other", slug=f"other-{board.project['_id']}")
    home = (await create_organization(again(owner), values)).value
    elsewhere = WorkspaceCreate(organization_id=home["_id"], name="Else", slug="else")
    foreign = await make_board(owner, (await create_workspace(again(owner), elsewhere)).value, columns=1)
    card, made = await foreign.card(), await shelf.document()
    stranger = await people.register("mallory")

    with pytest.raises(BadUserInput, match="another workspace"):
        await link_document(shelf.ctx, made["_id"], card["_id"])
    with pytest.raises(NotFound, match="Document not found"):
        await link_document(again(stranger), made["_id"], card["_id"])
    with pytest.raises(NotFound, match="Card not found"):
        await list_card_documents(again(stranger), card["_id"])
    assert await collection(DocumentLink).count_documents({"document_id": made["_id"]}) == 0


async def test_links_are_bounded(shelf: Shelf, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_link, "MAX_LINKS", 1)
    card, made = await board.card(), await shelf.document()
    await link_document(shelf.ctx, made["_id"], card["_id"])

    with pytest.raises(Conflict, match="A card has at most 1 links"):
        await link_document(shelf.ctx, (await shelf.document())["_id"], card["_id"])
    with pytest.raises(Conflict, match="A document has at most 1 links"):
        await link_document(shelf.ctx, made["_id"], (await board.card())["_id"])
