"""Deletions in parts: how large one is, who takes it, what comes late, and that others change things in between."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from bson import ObjectId

from auth.policies import board as policy
from models import Activity, Card, Comment, CustomField, Lane, LoggedEvent, Notification, StreamHead, Tombstone
from models.base import collection, to_record, utc_now
from models.errors import NotFound
from models.ids import Kind, new_id
from resolvers.card.card import delete_card, list_cards
from resolvers.card.label import delete_label
from resolvers.column.column import delete_column
from resolvers.custom_field.custom_field import delete_custom_field
from resolvers.deletion import run as deletion_run
from resolvers.deletion.ahead import Ahead
from resolvers.deletion.cascade import AT_A_TIME
from resolvers.deletion.deletion import GRACE, PART
from resolvers.deletion.run import LostError, Worker, pending
from resolvers.inputs.custom_value import path_of
from resolvers.kit.access import access
from resolvers.kit.context import Context
from resolvers.kit.nouns import COMMENT
from resolvers.organization.organization import delete_organization
from resolvers.project.project import delete_project
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.deletions import Clock, finish_deletions
from tests.resolvers.lab import again, events
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import recorded
from tests.stubs import stubs

CARDS = 2 * PART + 30


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    """A board with more cards in its first column than one part takes."""
    await finish_deletions(owner.services)
    made = await make_board(owner, workspace, columns=2)
    await fill(made, await made.card(), CARDS)
    return made


async def fill(board: Board, pattern: Any, count: int, **values: Any) -> list[ObjectId]:
    """Copies of a card, written straight into the database."""
    stored = await board.stored(pattern)
    cards = [{**stored, **values, "_id": new_id(Kind.CARD), "rank": f"b{n:04}"} for n in range(count)]
    await stubs(Card).insert_many(cards)
    return [card["_id"] for card in cards]


async def left_of(board: Board) -> int:
    return await collection(Card).count_documents({"column_id": board.column_id(0)})


def column_of(board: Board) -> ObjectId:
    column = board.column_id(0)
    assert column is not None
    return column


async def test_a_part_takes_at_most_so_many_objects_and_others_change_things_in_between(board: Board) -> None:
    clock, other = Clock(), await board.card(1)
    worker = Worker(board.ctx.services, "one", now=clock.now)

    await delete_column(board.ctx, column_of(board))

    sizes, left = [CARDS + 1 - await left_of(board)], await left_of(board)
    while left:
        seq = await board.seq()
        assert await worker.run_next() is not None
        clock.ahead += timedelta(seconds=5)
        assert len(await board.events_since(seq)) <= PART
        await board.update(other, title=f"{left} are left")
        sizes, left = [*sizes, left - await left_of(board)], await left_of(board)
    assert len(sizes) >= 3
    assert max(sizes) <= PART


async def test_everything_is_told_once_whoever_takes_the_parts(board: Board) -> None:
    clock, seq = Clock(), await board.seq()
    workers = [Worker(board.ctx.services, name, now=clock.now) for name in ("one", "two")]
    await delete_column(board.ctx, column_of(board))

    for turn in range(20):
        await workers[turn % 2].run_next()
        clock.ahead += timedelta(seconds=5)

    told = [event["card_id"] for event in await board.events_since(seq) if event["type"] == "CardDeleted"]
    assert len(told) == len(set(told)) == CARDS + 1
    assert await pending() == 0


async def test_what_a_process_held_when_it_died_goes_on_elsewhere_after_its_lease(board: Board) -> None:
    clock, column = Clock(), column_of(board)
    await delete_column(board.ctx, column)
    lease = utc_now() + timedelta(seconds=30)
    await collection(Tombstone).update_one({"_id": column}, {"$set": {"holder": "dead", "due_at": lease}})
    worker = Worker(board.ctx.services, "alive", now=clock.now)

    assert await worker.run_next() is None
    before = await left_of(board)
    clock.ahead = timedelta(seconds=31)
    assert await worker.run_next() is not None

    assert await left_of(board) < before


async def test_a_worker_that_has_lost_its_hold_deletes_nothing(board: Board) -> None:
    column = column_of(board)
    await delete_column(board.ctx, column)
    tombstone = await collection(Tombstone).find_one({"_id": column})
    assert tombstone is not None
    await collection(Tombstone).update_one({"_id": column}, {"$set": {"holder": "another"}})
    before = await left_of(board)

    with pytest.raises(LostError):
        await Worker(board.ctx.services, "slow")._carry_out(tombstone, Ahead())

    assert await left_of(board) == before


@pytest.mark.parametrize("is_large", [False, True])
async def test_a_notification_that_comes_late_goes_after_the_grace(
    board: Board, join: Join, owner: Context, workspace: Any, is_large: bool
) -> None:
    # Given a project that is gone, and a follower that has notified of it since
    ada = await join(workspace, "ada")
    project_id = (board if is_large else await make_board(owner, workspace)).project["_id"]
    await delete_project(board.ctx, project_id)
    clock = Clock()
    worker = Worker(board.ctx.services, "one", now=clock.now)
    while await worker.run_next() is not None:
        clock.ahead += timedelta(seconds=1)
    late = to_record(
        Notification(
            user_id=ada.user_id, workspace_id=workspace["_id"], project_id=project_id, activity_id=new_id(Kind.ACTIVITY)
        )
    )
    await collection(Notification).insert_one(late)

    # When
    assert await worker.run_next() is None
    clock.ahead += GRACE
    while await worker.run_next() is not None:
        clock.ahead += timedelta(seconds=1)

    # Then
    assert await collection(Notification).find_one({"_id": late["_id"]}) is None
    told = [event for event in await events(ada.user_id) if event["type"] == "NotificationsDeleted"]
    assert [one["data"]["ids"] for one in told] == [[late["_id"]]]
    assert await collection(Tombstone).find_one({"_id": project_id}) is None


async def test_a_card_with_many_comments_is_gone_at_once_and_they_follow(board: Board) -> None:
    card = await board.card(1)
    said = await collection(Comment).find_one({"_id": (await board.comment(card))["_id"]})
    assert said is not None
    ids = [new_id(Kind.COMMENT) for _ in range(PART + 20)]
    await collection(Comment).insert_many([{**said, "_id": one} for one in ids])

    await delete_card(board.ctx, card["_id"])

    assert await collection(Card).find_one({"_id": card["_id"]}) is None
    still = await collection(Comment).find({"card_id": card["_id"]}).to_list()
    assert still
    for comment in still[:2]:
        with pytest.raises(NotFound):
            await _comment(board.ctx, comment["_id"])
    await finish_deletions(board.ctx.services)
    assert await collection(Comment).count_documents({"card_id": card["_id"]}) == 0


async def _comment(ctx: Context, comment_id: ObjectId) -> Any:
    return await access(again(ctx), COMMENT, comment_id, policy.READ)


async def test_a_label_and_a_custom_field_leave_any_number_of_cards(board: Board) -> None:
    # Given more cards with both than a part changes
    label, pattern = await board.label(), await board.card(1)
    field = to_record(
        CustomField(
            workspace_id=board.workspace_id, project_id=board.project["_id"], name="Size", type="number", rank="a0"
        )
    )
    await collection(CustomField).insert_one(field)
    await fill(board, pattern, CARDS, label_ids=[label["_id"]], custom_values={str(field["_id"]): 1})
    await collection(Lane).delete_many({"workspace_id": board.workspace_id})
    await board.card(1)  # has the lanes stored again, with all of them
    labelled, valued = {"label_ids": label["_id"]}, {path_of(field["_id"]): {"$exists": True}}

    # When
    await delete_label(board.ctx, label["_id"])
    await delete_custom_field(again(board.ctx), field["_id"])
    assert await collection(Card).count_documents(labelled) == CARDS - PART
    with recorded() as queries:
        await finish_deletions(board.ctx.services)

    # Then
    assert await collection(Card).count_documents(labelled) == 0
    assert await collection(Card).count_documents(valued) == 0
    assert await collection(Card).count_documents({"column_id": board.column_id(1)}) == CARDS + 2
    of_all_cards = [where for _, name, where in queries if name == "cards" and where.keys() >= {"project_id", *valued}]
    assert of_all_cards == [], "no index finds values"


async def test_an_organization_of_any_size_leaves_nothing(board: Board, owner: Context, organization: Any) -> None:
    await delete_organization(again(owner), organization["_id"])

    assert await left_of(board) > 0
    with pytest.raises(NotFound):
        await list_cards(again(owner), board.project["_id"])
    await finish_deletions(owner.services)
    assert await left_of(board) == 0
    assert await events(organization["_id"]) == await events(board.workspace_id) == []


async def test_cards_of_a_deleted_workspace_are_found_by_its_lanes(board: Board, owner: Context) -> None:
    # Given lanes that name all cards
    await collection(Lane).delete_many({"workspace_id": board.workspace_id})
    await board.card()
    named = await collection(Lane).find_one({"_id": column_of(board)})
    assert named is not None
    assert named["open"] == CARDS + 2
    await delete_workspace(again(owner), board.workspace_id)
    ahead = Ahead()
    tombstone = await collection(Tombstone).find_one({"_id": board.workspace_id})
    assert tombstone is not None

    # When
    found: set[ObjectId] = set()
    while some := await ahead._of_lanes(tombstone, "workspace_id"):
        found |= set(some)
    left = {card["_id"] async for card in collection(Card).find({"workspace_id": board.workspace_id}, {"_id": 1})}
    await finish_deletions(owner.services)

    # Then
    assert left
    assert left <= found
    assert await collection(Card).count_documents({"workspace_id": board.workspace_id}) == 0
    assert await collection(Activity).count_documents({"workspace_id": board.workspace_id}) == 0


async def test_two_large_deletions_of_workspaces_take_turns_and_both_end(board: Board, owner: Context) -> None:
    clock, other = Clock(), new_id(Kind.WORKSPACE)
    named = await fill(board, await board.card(1), CARDS, workspace_id=other)
    await collection(Lane).delete_many({"workspace_id": board.workspace_id})
    await board.card()
    lane = Lane(workspace_id=other, id=new_id(Kind.COLUMN), project_id=other, entries=[f"a {one}" for one in named])
    await collection(Lane).insert_one(to_record(lane))
    await delete_workspace(again(owner), board.workspace_id)
    due = {"stream_id": other, "deleted_at": utc_now(), "due_at": utc_now()}
    await collection(Tombstone).insert_one(to_record(Tombstone(id=other, **due)))
    worker = Worker(owner.services, "one", now=clock.now)

    for _ in range(12):
        await worker.run_next()
        clock.ahead += timedelta(seconds=5)

    left = [await collection(Card).count_documents({"workspace_id": one}) for one in (board.workspace_id, other)]
    assert left == [0, 0]
    await finish_deletions(owner.services)


async def test_a_deletion_ends_where_a_card_that_was_found_has_left_meanwhile(board: Board) -> None:
    clock = Clock()
    worker = Worker(board.ctx.services, "one", now=clock.now)
    await delete_column(board.ctx, column_of(board))
    await worker.run_next()
    last = await collection(Card).find_one({"column_id": column_of(board)})
    assert last is not None
    await collection(Card).update_one({"_id": last["_id"]}, {"$set": {"column_id": board.column_id(1)}})

    for _ in range(4):
        clock.ahead += timedelta(seconds=5)
        await worker.run_next()

    assert await pending() == 0
    assert await collection(Card).count_documents({"_id": last["_id"]}) == 1


async def test_a_history_of_any_length_goes_some_events_at_a_time_in_short_commands(
    board: Board, owner: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a deleted workspace whose history is longer than a part takes
    monkeypatch.setattr(deletion_run, "EVENTS_AT_ONCE", 80)
    await delete_workspace(again(owner), board.workspace_id)
    head = await collection(StreamHead).find_one({"_id": board.workspace_id})
    assert head is not None
    event = await collection(LoggedEvent).find_one({"stream_id": board.workspace_id})
    assert event is not None
    more = [{**event, "_id": new_id(Kind.EVENT), "seq": head["seq"] + n} for n in range(1, 201)]
    await stubs(LoggedEvent).insert_many(more)
    await collection(StreamHead).update_one({"_id": board.workspace_id}, {"$inc": {"seq": 200}})

    # When
    with recorded() as queries:
        await finish_deletions(owner.services)

    # Then
    assert await events(board.workspace_id) == []
    assert await collection(StreamHead).find_one({"_id": board.workspace_id}) is None
    asked = [where for command, name, where in queries if name == "events" and command != "aggregate"]
    lasts = [where["seq"]["$lte"] for where in asked if where.get("stream_id") == board.workspace_id]
    steps = [later - earlier for earlier, later in pairwise(lasts)]
    assert len(steps) > 3
    assert max(steps) <= AT_A_TIME
