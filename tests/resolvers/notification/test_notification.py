"""Notifications: a person's own, read one by one or all at once."""

import asyncio
from typing import Any

import pytest

from models import Inbox, Notification, ReadMark
from models.base import collection, utc_now
from models.errors import BadUserInput, Forbidden, NotFound, OrreryError
from models.ids import Kind, new_id
from resolvers.inputs.project import ProjectMemberAdd
from resolvers.kit.context import Context
from resolvers.kit.page import Page, Window
from resolvers.member.project_member import add_project_member
from resolvers.notification.follow import follow
from resolvers.notification.notification import (
    activity_of,
    count_unread,
    get_notification,
    list_notifications,
    mark_all_notifications_read,
    mark_notification_read,
    notifications_of,
    unread_count_of,
)
from resolvers.notification.store import drop_notifications, receive
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, events
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import recorded
from tests.stubs import stub


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace)


@pytest.fixture
async def grace(board: Board, join: Join, workspace: Any) -> Context:
    """A member of the board's project, to whom nothing has happened yet."""
    member = await join(workspace, "grace")
    await add_project_member(board.ctx, board.project["_id"], ProjectMemberAdd(user_id=member.user_id))
    await follow(member.services)
    await mark_all_notifications_read(again(member))
    return member


async def listed(ctx: Context, *, unread_only: bool = False) -> list[Any]:
    await follow(ctx.services)
    return (await list_notifications(again(ctx), Window.read(), unread_only)).nodes


async def read_events(ctx: Context) -> list[Any]:
    return [event["data"] for event in await events(ctx.user_id) if event["type"] == "NotificationsRead"]


async def receive_many(ctx: Context, count: int) -> None:
    activities = [
        {"_id": new_id(Kind.ACTIVITY), "workspace_id": new_id(Kind.WORKSPACE), "project_id": None, "actor_id": None}
        for _ in range(count)
    ]
    told = {ctx.user_id: [{**one, "type": "card_moved", "created_at": utc_now()} for one in activities]}
    await ctx.services.hub.log.write(ctx.user_id, None, lambda change: receive(change, stub(told)))


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
    assert (await read_events(grace))[told:] == [{"ids": [middle["_id"]], "all": False, "unread_count": 2}]
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

    # Then the second time does nothing, and all have the time of the one event
    assert counts == [2, 0]
    assert await count_unread(again(grace)) == 0
    assert await listed(grace, unread_only=True) == []
    assert (await read_events(grace))[told:] == [{"ids": [], "all": True, "unread_count": 0}]
    at = (await events(grace.user_id))[-1]["at"]
    assert [one["read_at"] for one in (await listed(grace))[:2]] == [at, at]
    assert (await get_notification(again(grace), unread[0]["_id"]))["read_at"] == at
    assert (await mark_notification_read(again(grace), unread[0]["_id"])).value["read_at"] == at


async def test_each_keeps_the_time_at_which_it_was_read(board: Board, grace: Context) -> None:
    # Given one that was read alone, some that were read together, twice, and one that is unread
    times = []
    for n in range(4):
        await board.card(title=f"{n}")
        if n != 1:
            await board.card(title=f"{n} again")
        if n == 0:
            first = (await listed(grace))[0]
            times += [(await mark_notification_read(again(grace), first["_id"])).value["read_at"]]
        await follow(grace.services)
        if n < 3:
            await asyncio.sleep(0.002)
            await mark_all_notifications_read(again(grace))
            times += [(await events(grace.user_id))[-1]["at"]]

    # When they are listed in one page, in pages, and one by one
    found = await listed(grace)
    alone = [await get_notification(again(grace), one["_id"]) for one in found]
    window, paged = Window.read(first=2), list[Any]()
    while True:
        page = await list_notifications(again(grace), window)
        paged += page.nodes
        if not page.has_next:
            break
        window = Window.read(first=2, after=page.cursor(page.nodes[-1]))

    # Then each has its own time, wherever it is read
    alone_at, one_at, two_at, three_at = times
    assert [one["read_at"] for one in found[:7]] == [None, None, three_at, three_at, two_at, alone_at, one_at]
    assert alone == found == paged
    assert len(set(times)) == 4


async def test_reading_all_and_counting_takes_as_much_of_many_as_of_few(grace: Context) -> None:
    taken = []
    for count in (3, 30):
        await receive_many(grace, count)
        newest = (await listed(grace, unread_only=True))[0]
        with recorded() as queries:
            assert await count_unread(again(grace)) == count
            await mark_notification_read(again(grace), newest["_id"])
            assert (await mark_all_notifications_read(again(grace))).value == count - 1
        taken.append([(command, name) for command, name, _ in queries])
        assert await count_unread(again(grace)) == 0

    # No command counts the notifications, and the one that was read alone is the only one that is written
    assert taken[0] == taken[1]
    assert [one for one in taken[1] if one[1] == "notifications"] == [
        ("find", "notifications"),
        ("update", "notifications"),
    ]


async def test_notifications_of_before_they_were_numbered_are_counted_read_and_paged(
    grace: Context, board: Board
) -> None:
    # Given notifications as they were stored once, and none counted
    await follow(grace.services)
    await collection(Inbox).delete_one({"_id": grace.user_id})
    await collection(ReadMark).delete_many({"user_id": grace.user_id})
    await collection(Notification).delete_many({"user_id": grace.user_id})
    old: list[Any] = [
        {
            "_id": new_id(Kind.NOTIFICATION),
            "user_id": grace.user_id,
            "workspace_id": board.project["workspace_id"],
            "project_id": board.project["_id"],
            "activity_id": new_id(Kind.ACTIVITY),
            "created_at": utc_now(),
            "read_at": None,
        }
        for _ in range(3)
    ]
    await collection(Notification).insert_many(old)
    assert await count_unread(again(grace)) == 3

    # When one is read and another comes
    await mark_notification_read(again(grace), old[0]["_id"])
    await board.card()
    await follow(grace.services)

    # Then they count together, the new one comes first, and all are read at once
    assert await count_unread(again(grace)) == 3
    pages = [await list_notifications(again(grace), Window.read(first=2))]
    pages.append(await list_notifications(again(grace), Window.read(2, pages[0].cursor(pages[0].nodes[-1]))))
    listed_ids = [one["_id"] for page in pages for one in page.nodes]
    assert listed_ids[1:] == sorted((one["_id"] for one in old), reverse=True)
    assert (await mark_all_notifications_read(again(grace))).value == 3
    assert await listed(grace, unread_only=True) == []
    assert None not in [one["read_at"] for one in await listed(grace)]


async def test_whoever_deletes_some_keeps_the_count(board: Board, grace: Context) -> None:
    # Given three that are read together, and three that are not, of which one was read alone
    for n in range(6):
        await board.card(title=f"{n}")
        if n == 2:
            await follow(grace.services)
            await mark_all_notifications_read(again(grace))
    found = await listed(grace)
    await mark_notification_read(again(grace), found[0]["_id"])
    told = len(await events(grace.user_id))

    # When some of each are deleted, with one of somebody else
    await board.ctx.services.hub.log.write(
        grace.user_id,
        None,
        lambda change: drop_notifications(
            change, grace.user_id, [found[0]["_id"], found[1]["_id"], found[3]["_id"], new_id(Kind.NOTIFICATION)]
        ),
    )

    # Then what is left is counted, and one event tells
    assert await count_unread(again(grace)) == 1
    assert [one["_id"] for one in await listed(grace, unread_only=True)] == [found[2]["_id"]]
    [event] = (await events(grace.user_id))[told:]
    assert event["type"] == "NotificationsDeleted"
    assert event["data"]["unread_count"] == 1
    assert set(event["data"]["ids"]) == {found[0]["_id"], found[1]["_id"], found[3]["_id"]}


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
    await follow(grace.services)
    users: list[Any] = [{"_id": owner.user_id}, {"_id": grace.user_id}]

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
        await follow(grace.services)
        read += (await mark_all_notifications_read(again(grace))).value
    await asyncio.gather(*cards)
    await follow(grace.services)
    read += (await mark_all_notifications_read(again(grace))).value

    # Then each was read once
    assert read == 10
    assert await count_unread(again(grace)) == 0


@pytest.mark.parametrize(
    ("wanted", "error"), [(str(new_id(Kind.NOTIFICATION)), NotFound), ("x", BadUserInput)], ids=["unknown", "no id"]
)
async def test_an_unknown_notification_is_not_found(grace: Context, wanted: str, error: type[OrreryError]) -> None:
    for attempt in (get_notification(again(grace), wanted), mark_notification_read(again(grace), wanted)):
        with pytest.raises(error):
            await attempt
