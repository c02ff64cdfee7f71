"""Notifications follow what they tell of: each once, in order, for who may know, whoever follows and is killed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from bson import Binary, ObjectId

from gateway.database import Database
from models import Activity, Fanout, Inbox, LoggedEvent, Notification, ProjectMember, Tombstone, WorkspaceMember
from models.base import collection, to_record
from models.enums import PilotageRole, Role
from models.ids import Kind, new_id
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.kit.context import Context, Services
from resolvers.member.workspace_member import remove_workspace_member
from resolvers.notification import follow as module
from resolvers.notification.follow import follow
from resolvers.notification.notification import count_unread
from resolvers.notification.store import receive
from resolvers.project.project import delete_project
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again, events
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import check, recorded
from tests.stubs import stub, stubs


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    board = await make_board(owner, workspace)
    await follow(owner.services)
    return board


@pytest.fixture
async def others(database: Database, services: Services) -> AsyncIterator[Services]:
    """The services of another process over the same database."""
    hub = Hub(EventLog(database.client))
    await hub.start()
    yield replace(services, hub=hub)
    await hub.stop()


async def crowd(board: Board, count: int) -> list[ObjectId]:
    """New members of a board's project; nobody is told of them."""
    ids = [new_id(Kind.USER) for _ in range(count)]
    workspace_id, organization_id = board.workspace_id, new_id(Kind.ORGANIZATION)
    roles: Any = {"role": Role.MEMBER, "pilotage_role": PilotageRole.VIEWER}
    inside = [
        WorkspaceMember(workspace_id=workspace_id, organization_id=organization_id, user_id=one, **roles) for one in ids
    ]
    members = [ProjectMember(workspace_id=workspace_id, project_id=board.project["_id"], user_id=one) for one in ids]
    await collection(WorkspaceMember).insert_many([to_record(one) for one in inside])
    await collection(ProjectMember).insert_many([to_record(one) for one in members])
    return ids


async def told(board: Board, user_id: ObjectId) -> list[ObjectId]:
    """The cards that somebody was notified of, in the order in which that came; the stream says the same."""
    own = {"user_id": user_id, "project_id": board.project["_id"]}
    found = await collection(Notification).find(own).sort("number", 1).to_list()
    assert [one["number"] for one in found] == list(range(1, len(found) + 1))
    received = [one["data"] for one in await events(user_id) if one["type"] == "NotificationReceived"]
    assert [one["notification"] for one in received] == found
    cards = {one["activity"]["_id"]: one["activity"]["card_id"] for one in received}
    return [cards[one["activity_id"]] for one in found]


async def committed(board: Board) -> list[ObjectId]:
    """The cards of a board in the order in which the workspace's log has them."""
    made = {"stream_id": board.workspace_id, "type": "CardCreated", "project_id": board.project["_id"]}
    return [one["card_id"] for one in await stubs(LoggedEvent).find(made).sort("seq", 1).to_list()]


async def waiting(board: Board) -> int:
    return await collection(Fanout).count_documents({"workspace_id": board.workspace_id})


async def test_a_change_asks_and_writes_the_same_whoever_watches(board: Board) -> None:
    sent = []
    for _ in range(2):
        await board.card()
    await follow(board.ctx.services)
    for count in (1, 40):
        people = await crowd(board, count)
        with recorded() as queries:
            await board.card()
        assert await told(board, people[0]) == []
        sent.append([(command, name) for command, name, _ in queries])
        await follow(board.ctx.services)
        assert len(await told(board, people[0])) == 1

    assert sent[0] == sent[1]
    assert not {"project_members", "notifications", "inboxes"} & {name for _, name in sent[1]}


async def test_following_runs_on_indexes_and_takes_the_same_for_many_activities(
    board: Board, database: Database
) -> None:
    await crowd(board, 5)
    taken = []
    for count in (1, 2, 6):  # with the first, what people have is counted
        await asyncio.gather(*(board.card() for _ in range(count)))
        with recorded() as queries:
            await follow(board.ctx.services)
        taken.append([(command, name) for command, name, _ in queries])

    await check(database, queries)
    assert taken[1] == taken[2]


async def test_everybody_is_told_of_all_in_order_some_people_at_a_time(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given more people and activities than one transaction is about
    monkeypatch.setattr(module, "MAX_PEOPLE", 3)
    monkeypatch.setattr(module, "MAX_ACTIVITIES", 4)
    people = await crowd(board, 8)
    for n in range(6):
        await board.card(title=f"{n}")

    await follow(board.ctx.services)

    cards = await committed(board)
    assert [await told(board, one) for one in people] == [cards] * 8
    assert await told(board, board.caller.user_id) == []
    assert await waiting(board) == 0


async def test_what_waits_for_a_round_does_not_wait_for_rests_within_it(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []

    async def note(seconds: float) -> None:
        rests.append(seconds)

    people = await crowd(board, 60)
    await board.card(0)
    monkeypatch.setattr("realtime.change.others_ask", lambda _: True)
    monkeypatch.setattr("realtime.change.sleep", note)

    await follow(board.ctx.services)

    assert await collection(Notification).count_documents({"user_id": {"$in": people}}) == 60
    assert rests == []


@pytest.mark.parametrize("survived", range(4))
async def test_who_goes_on_after_a_crash_repeats_nothing_and_leaves_nobody_out(
    board: Board, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    # Given a follower that dies between two transactions
    monkeypatch.setattr(module, "MAX_PEOPLE", 2)
    people = await crowd(board, 7)
    await board.card()
    log, left = board.ctx.services.hub.log, [survived]
    work = log.aside

    async def dying(queue: ObjectId, body: Any) -> Any:
        if not left[0]:
            raise asyncio.CancelledError
        left[0] -= 1
        return await work(queue, body)

    monkeypatch.setattr(log, "aside", dying)
    with pytest.raises(asyncio.CancelledError):
        await follow(board.ctx.services)
    monkeypatch.setattr(log, "aside", work)
    assert sum([len(await told(board, one)) for one in people]) == 2 * survived

    # When something else happens, and another one follows
    await board.card()
    await follow(board.ctx.services)

    # Then everybody has both once, in their order
    assert [await told(board, one) for one in people] == [await committed(board)] * 7


async def test_processes_that_follow_at_once_while_more_happens_tell_each_once_in_order(
    board: Board, others: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_PEOPLE", 2)
    people = await crowd(board, 5)
    elsewhere = replace(board, caller=Context(board.caller.subject, others))
    writing = [asyncio.create_task(one.card(title=f"{n}")) for n in range(8) for one in (board, elsewhere)]

    while not all(task.done() for task in writing):
        await asyncio.gather(follow(others), follow(board.ctx.services), follow(others))
    await asyncio.gather(*writing)
    await asyncio.gather(follow(others), follow(board.ctx.services))

    cards = await committed(board)
    assert len(cards) == 16
    assert [await told(board, one) for one in people] == [cards] * 5
    assert await waiting(board) == 0


async def test_what_was_done_before_is_not_done_again(board: Board) -> None:
    # Given a fan-out that is there once more, as in a database that was put back
    people = await crowd(board, 3)
    await board.card()
    kept = await collection(Fanout).find({"workspace_id": board.workspace_id}).to_list()
    await follow(board.ctx.services)
    await collection(Fanout).insert_many(kept)
    await board.card()

    await follow(board.ctx.services)

    assert [await told(board, one) for one in people] == [await committed(board)] * 3


async def test_who_has_left_meanwhile_is_told_nothing(board: Board, workspace: Any, join: Join) -> None:
    ada, bob = await join(workspace, "ada"), await join(workspace, "bob")
    for one in (ada, bob):
        await board.add_member(one)
    await follow(board.ctx.services)
    before = len(await events(bob.user_id))
    await board.card()

    await remove_workspace_member(board.ctx, workspace["_id"], bob.user_id)
    await follow(board.ctx.services)

    assert (await told(board, ada.user_id))[-1:] == await committed(board)
    assert await collection(Notification).count_documents({"user_id": bob.user_id}) == 0
    assert "NotificationReceived" not in [one["type"] for one in (await events(bob.user_id))[before:]]


async def test_who_leaves_while_it_is_written_is_told_nothing(
    board: Board, workspace: Any, join: Join, others: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a follower that has found out who is a member, within its transaction
    bob = await join(workspace, "bob")
    await board.add_member(bob)
    await follow(board.ctx.services)
    await collection(Notification).delete_many({"user_id": bob.user_id})
    await collection(Inbox).delete_one({"_id": bob.user_id})
    before = len(await events(bob.user_id))
    await board.card()
    removed = asyncio.Event()

    async def slow(*args: Any, **options: Any) -> None:
        if not removed.is_set():
            removed.set()
            await remove_workspace_member(Context(board.caller.subject, others), workspace["_id"], bob.user_id)
        await receive(*args, **options)

    monkeypatch.setattr(module, "receive", slow)

    # When Bob is removed before it commits
    await follow(board.ctx.services)

    # Then it asks again
    assert removed.is_set()
    assert await collection(Notification).count_documents({"user_id": bob.user_id}) == 0
    assert "NotificationReceived" not in [one["type"] for one in (await events(bob.user_id))[before:]]
    assert await count_unread(again(bob)) == 0


async def test_what_is_gone_meanwhile_is_told_to_nobody(board: Board) -> None:
    people = await crowd(board, 2)
    await board.card()

    await delete_project(board.ctx, board.project["_id"])
    await follow(board.ctx.services)

    assert await collection(Activity).count_documents({"project_id": board.project["_id"]}) == 0
    assert await collection(Notification).count_documents({"user_id": {"$in": people}}) == 0
    assert await waiting(board) == 0


async def test_what_is_being_deleted_and_who_is_being_removed_is_passed_over(board: Board) -> None:
    # Given a member of the project who is none of the workspace any more, and one who is
    left, stays = await crowd(board, 2)
    await collection(WorkspaceMember).delete_one({"user_id": left})
    await board.card()
    await follow(board.ctx.services)

    # When the project is deleted, and its members are still there
    await board.card()
    tombstone = Tombstone(id=board.project["_id"], stream_id=board.workspace_id, project_id=board.project["_id"])
    await collection(Tombstone).insert_one(to_record(tombstone))
    await follow(board.ctx.services)

    # Then the one was told of nothing, and the other of what was before
    await collection(Tombstone).delete_one({"_id": board.project["_id"]})
    assert await told(board, left) == []
    assert await told(board, stays) == (await committed(board))[:1]
    assert await waiting(board) == 0


async def test_what_fails_in_one_workspace_holds_up_no_other(
    board: Board, foreign_board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await crowd(foreign_board, 1)
    await crowd(board, 1)
    await board.card()
    await foreign_board.card()
    serve = module._serve

    async def failing(services: Services, fanouts: list[Any]) -> None:
        if fanouts[0]["workspace_id"] == board.workspace_id:
            raise RuntimeError("broken")
        await serve(services, fanouts)

    monkeypatch.setattr(module, "_serve", failing)
    with pytest.raises(RuntimeError):
        await follow(board.ctx.services)
    monkeypatch.setattr(module, "_serve", serve)

    assert len(await told(foreign_board, people[0])) == 1
    assert await waiting(board) == 1
    await follow(board.ctx.services)
    assert await waiting(board) == 0


async def test_what_waits_in_several_workspaces_is_written_in_fewer_transactions(people: Any, board: Board) -> None:
    boards = [board, *[await board_of(people, f"stranger-{number}") for number in range(4)]]
    crowds = [await crowd(each, 3) for each in boards]
    for each in boards:
        await each.card()
    begun: list[Binary] = []

    async def note(session: Binary) -> None:
        begun.append(session)

    board.ctx.services.hub.log.before_transaction(note)
    await follow(board.ctx.services)

    assert len(begun) < len(boards)
    for each, crowded in zip(boards, crowds, strict=True):
        assert [len(await told(each, user_id)) for user_id in crowded] == [1, 1, 1]


@pytest.fixture
async def foreign_board(people: Any, board: Board) -> Board:
    return await board_of(people, "stranger")


async def board_of(people: Any, name: str) -> Board:
    """A board of somebody else, in another workspace."""
    stranger = await people.register(name)
    mine = await collection(WorkspaceMember).find_one({"user_id": stranger.user_id})
    assert mine is not None
    made = await make_board(stranger, stub({"_id": mine["workspace_id"]}))
    await follow(stranger.services)
    return made
