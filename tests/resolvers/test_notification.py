"""Notifications: a person's own, read one by one or all at once."""

import asyncio

import pytest

from models import Notification
from models.base import Record, collection, to_record
from models.errors import BadUserInput, Forbidden, NotFound, OrreryError
from models.ids import Kind, new_id
from resolvers import notification as module
from resolvers.context import Context
from resolvers.inputs.project import ProjectMemberAdd
from resolvers.notification import (
    activity_of,
    count_unread,
    get_notification,
    list_notifications,
    mark_all_notifications_read,
    mark_notification_read,
    notifications_of,
    unread_count_of,
)
from resolvers.page import Page, Window
from resolvers.project_member import add_project_member
from tests.resolvers.conftest import Join
from tests.resolvers.delivery import Board, make_board
from tests.resolvers.lab import People, again, events


@pytest.fixture
async def board(owner: Context, workspace: Record) -> Board:
    return await make_board(owner, workspace)


@pytest.fixture
async def grace(board: Board, join: Join, workspace: Record) -> Context:
    """A member of the board's project, to whom nothing has happened yet."""
    member = await join(workspace, "grace")
    await add_project_member(board.ctx, board.project["_id"], ProjectMemberAdd(user_id=member.user_id))
    await mark_all_notifications_read(again(member))
    return member


async def listed(ctx: Context, *, unread_only: bool = False) -> list[Record]:
    return (await list_notifications(again(ctx), Window.read(), unread_only)).nodes


async def read_events(ctx: Context) -> list[Record]:
    return [event["data"] for event in await events(ctx.user_id) if event["type"] == "NotificationsRead"]


async def test_the_other_members_of_a_project_are_notified_the_newest_first(
    board: Board, grace: Context, owner: Context
) -> None:
    # Given a member of a project
    before = len(await listed(grace))

    # When somebody else adds cards
    cards = [await board.card(title=f"{n}") for n in range(3)]

    # Then the member has a notification of each, the newest first, and the other one none
    found = await listed(grace)
    activities = await activity_of(again(grace), found, None)
    told = [activity and activity["card_id"] for activity in activities]
    assert told[: len(told) - before] == [card["_id"] for card in reversed(cards)]
    assert await listed(grace, unread_only=True) == found[:3]
    assert await count_unread(again(grace)) == 3
    assert await listed(owner) == []


async def test_reading_one_leaves_the_others(board: Board, grace: Context) -> None:
    # Given three unread notifications
    for n in range(3):
        await board.card(title=f"{n}")
    newest, middle, oldest = await listed(grace, unread_only=True)
    told = len(await read_events(grace))

    # When one is read
    committed = await mark_notification_read(again(grace), middle["_id"])

    # Then it has its time, and one event tells how many are left
    assert committed.value["read_at"] is not None
    assert await get_notification(again(grace), middle["_id"]) == committed.value
    assert await listed(grace, unread_only=True) == [newest, oldest]
    assert await count_unread(again(grace)) == 2
    assert (await read_events(grace))[told:] == [{"ids": [middle["_id"]], "unread_count": 2}]
    assert committed.cursor.seq == (await events(grace.user_id))[-1]["seq"]


async def test_reading_it_again_keeps_its_time_and_is_no_event(board: Board, grace: Context) -> None:
    await board.card()
    [unread] = await listed(grace, unread_only=True)
    first = (await mark_notification_read(again(grace), unread["_id"])).value
    told = await read_events(grace)

    assert (await mark_notification_read(again(grace), unread["_id"])).value == first

    assert await read_events(grace) == told


async def test_reading_all_tells_how_many_there_were(board: Board, grace: Context) -> None:
    # Given two unread notifications
    for n in range(2):
        await board.card(title=f"{n}")
    unread = await listed(grace, unread_only=True)
    told = len(await read_events(grace))

    # When all are read, twice
    counts = [(await mark_all_notifications_read(again(grace))).value for _ in range(2)]

    # Then the second time does nothing
    assert counts == [2, 0]
    assert await count_unread(again(grace)) == 0
    assert (await read_events(grace))[told:] == [{"ids": [one["_id"] for one in reversed(unread)], "unread_count": 0}]


async def test_reading_very_many_is_told_in_several_events(grace: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given more notifications than one event names
    monkeypatch.setattr(module, "IDS_PER_EVENT", 10)
    many = [
        to_record(
            Notification(
                user_id=grace.user_id,
                workspace_id=new_id(Kind.WORKSPACE),
                project_id=new_id(Kind.PROJECT),
                activity_id=new_id(Kind.ACTIVITY),
            )
        )
        for _ in range(25)
    ]
    await collection(Notification).insert_many(many)
    told = len(await read_events(grace))

    # When all are read
    assert (await mark_all_notifications_read(again(grace))).value == 25

    # Then the events name each once, and count down
    happened = (await read_events(grace))[told:]
    assert [len(event["ids"]) for event in happened] == [10, 10, 5]
    assert [event["unread_count"] for event in happened] == [15, 5, 0]
    assert [one for event in happened for one in event["ids"]] == [one["_id"] for one in many]
    assert await count_unread(again(grace)) == 0


async def test_another_persons_notifications_do_not_exist(
    board: Board, grace: Context, owner: Context, people: People
) -> None:
    # Given a notification of somebody
    await board.card()
    [unread] = await listed(grace, unread_only=True)

    # When others ask for it
    for other in (owner, await people.register("eve")):
        for attempt in (
            get_notification(again(other), unread["_id"]),
            mark_notification_read(again(other), unread["_id"]),
        ):
            with pytest.raises(NotFound):
                await attempt
        await mark_all_notifications_read(again(other))

    # Then it is as it was
    assert await listed(grace, unread_only=True) == [unread]


async def test_the_graph_shows_the_viewers_own_alone(board: Board, grace: Context, owner: Context) -> None:
    # Given users in one batch, the viewer among them
    for n in range(3):
        await board.card(title=f"{n}")
    users = [{"_id": owner.user_id}, {"_id": grace.user_id}]

    # When their notifications are asked for
    theirs, own = await notifications_of(again(grace), users, None, first=2, unread_only=True)
    counts = await unread_count_of(again(grace), users, None)

    # Then the other's place holds an error
    assert isinstance(theirs, Forbidden)
    assert isinstance(counts[0], Forbidden)
    assert counts[1] == 3
    assert isinstance(own, Page)
    unread = await listed(grace, unread_only=True)
    assert own.nodes == unread[:2]
    [rest] = await notifications_of(
        again(grace), users[1:], None, first=2, after=own.cursor(own.nodes[-1]), unread_only=True
    )
    assert isinstance(rest, Page)
    assert rest.nodes == unread[2:]


@pytest.mark.parametrize("scope", ["projects:read", "account:write"])
async def test_notifications_take_their_scope(board: Board, grace: Context, people: People, scope: str) -> None:
    await board.card()
    [unread] = await listed(grace, unread_only=True)
    ctx = await people.with_token(grace, [scope])

    for attempt in (
        list_notifications(ctx, Window.read()),
        count_unread(ctx),
        get_notification(ctx, unread["_id"]),
        mark_notification_read(ctx, unread["_id"]),
        mark_all_notifications_read(ctx),
    ):
        with pytest.raises(Forbidden):
            await attempt

    assert await listed(grace, unread_only=True) == [unread]
    reader = await people.with_token(grace, ["notifications:read"])
    assert (await mark_all_notifications_read(reader)).value == 1


async def test_reading_while_more_arrive_loses_none(board: Board, grace: Context) -> None:
    # When notifications arrive while others are read
    cards = [asyncio.create_task(board.card(title=f"{n}")) for n in range(10)]
    read = 0
    while not all(task.done() for task in cards):
        read += (await mark_all_notifications_read(again(grace))).value
    await asyncio.gather(*cards)
    read += (await mark_all_notifications_read(again(grace))).value

    # Then each was read once
    assert read == 10
    assert await count_unread(again(grace)) == 0


@pytest.mark.parametrize(("wanted", "error"), [(str(new_id(Kind.NOTIFICATION)), NotFound), ("x", BadUserInput)])
async def test_an_unknown_notification_is_not_found(grace: Context, wanted: str, error: type[OrreryError]) -> None:
    for attempt in (get_notification(again(grace), wanted), mark_notification_read(again(grace), wanted)):
        with pytest.raises(error):
            await attempt
