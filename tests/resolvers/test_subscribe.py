"""The sources of the subscriptions: what passes, who may, resuming, and the end of a revoked caller."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from models import Session, WorkspaceMember
from models.base import Record, collection, utc_now
from models.enums import MissionStatus
from models.errors import BadUserInput, Forbidden, NotFound, Unauthenticated
from models.ids import Kind, new_id
from realtime import events as event_models
from realtime import subscription as bounds
from resolvers import subscribe
from resolvers.account import log_out
from resolvers.agent import delete_agent
from resolvers.context import Context
from resolvers.inputs.project import ProjectMemberAdd
from resolvers.notification import mark_all_notifications_read
from resolvers.operation import CATALOGUE
from resolvers.project_member import add_project_member
from resolvers.subscribe import Source, mission_events, notifications, project_events, workspace_events
from resolvers.workspace_member import remove_workspace_member
from tests.realtime.log_lab import PATIENCE, appends
from tests.resolvers.conftest import Join
from tests.resolvers.delivery import Board, make_board
from tests.resolvers.lab import People, again
from tests.resolvers.pilotage import Crew


class Watcher:
    """Collects what a source yields."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.events: list[Record] = []
        self._arrived = asyncio.Event()
        self.task = asyncio.create_task(self._collect())

    async def _collect(self) -> None:
        try:
            async for event in self.source:
                self.events.append(event)
                self._arrived.set()
        finally:
            self._arrived.set()

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def until(self, count: int) -> None:
        """Wait for that many events, StreamReady counted."""
        async with asyncio.timeout(PATIENCE):
            while len(self.events) < count:
                self._arrived.clear()
                if self.task.done():
                    self.task.result()
                    raise AssertionError(f"the stream ended after {self.types}")
                await self._arrived.wait()

    async def end(self) -> None:
        """Wait until the stream ends by itself; raises what it ended with."""
        async with asyncio.timeout(PATIENCE):
            await self.task


@asynccontextmanager
async def watching(source: Awaitable[Source]) -> AsyncIterator[Watcher]:
    """A watcher that has got its StreamReady."""
    watcher = Watcher(await source)
    try:
        await watcher.until(1)
        yield watcher
    finally:
        watcher.task.cancel()
        await asyncio.gather(watcher.task, return_exceptions=True)


@pytest.fixture
def crew(people: People, owner: Context, workspace: Record) -> Crew:
    return Crew(people, owner, workspace)


@pytest.fixture
async def board(owner: Context, workspace: Record) -> Board:
    return await make_board(owner, workspace)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running streams ask every few milliseconds whether they may go on."""
    monkeypatch.setattr(subscribe, "CHECK_SECONDS", 0.01)


# --- what passes -------------------------------------------------------------------------------------------------


async def test_a_projects_stream_shows_that_project_alone(board: Board, crew: Crew, owner: Context) -> None:
    # Given a project beside another, and an agent
    other = await make_board(owner, crew.workspace)
    atlas = await crew.hire()
    async with watching(project_events(board.ctx, board.project["_id"])) as watcher:
        # When something happens in both, and to a mission about a card
        card = await board.card(title="Lens 4")
        await other.card(title="Elsewhere")
        await crew.ask(atlas, cardId=card["_id"])
        await board.label("Urgent")
        await watcher.until(3)

    # Then only its own events are shown, missions left out
    assert watcher.types == ["StreamReady", "CardCreated", "LabelCreated"]
    assert watcher.events[1]["data"]["card"]["_id"] == card["_id"]
    assert {event["project_id"] for event in watcher.events[1:]} == {board.project["_id"]}


async def test_types_choose_among_the_events(board: Board) -> None:
    async with watching(project_events(board.ctx, board.project["_id"], types=["LabelCreated"])) as watcher:
        await board.card()
        await board.label("Urgent")
        await watcher.until(2)

    assert watcher.types == ["StreamReady", "LabelCreated"]


@pytest.mark.parametrize("types", [["CardExploded"], ["CardCreated", "MissionStatusChanged"], ["StreamReady"], [""]])
async def test_unknown_types_are_refused_with_those_there_are(board: Board, types: list[str]) -> None:
    with pytest.raises(BadUserInput) as refused:
        await project_events(board.ctx, board.project["_id"], types=types)

    assert refused.value.field == "types"
    assert all(name in refused.value.message for name in subscribe.PROJECT_TYPES)


def test_every_type_of_a_stream_is_an_event_that_there_is() -> None:
    known = {one.__name__ for one in vars(event_models).values() if isinstance(one, type)}
    logged = (
        subscribe.WORKSPACE_TYPES
        | subscribe.PROJECT_TYPES
        | subscribe.NOTIFICATION_TYPES
        | (subscribe.MISSION_TYPES - {"MissionOutputDelta"})
    )

    assert logged <= known


async def test_a_workspaces_stream_shows_missions_to_those_with_the_scope(
    board: Board, crew: Crew, people: People, owner: Context
) -> None:
    # Given somebody with all scopes, and a token that reads projects alone
    atlas = await crew.hire()
    token = await people.with_token(owner, ["projects:read"])
    workspace_id = crew.workspace["_id"]
    async with (
        watching(workspace_events(again(owner), workspace_id)) as full,
        watching(workspace_events(again(token), workspace_id)) as narrow,
    ):
        # When a mission and a card come
        await crew.ask(atlas)
        await board.card()
        await full.until(3)
        await narrow.until(2)

    # Then the token does not see the mission
    assert full.types == ["StreamReady", "MissionStatusChanged", "CardCreated"]
    assert narrow.types == ["StreamReady", "CardCreated"]
    with pytest.raises(Forbidden):
        await workspace_events(again(token), workspace_id, types=["MissionStatusChanged"])


async def test_a_missions_stream_shows_its_whole_life_in_order(crew: Crew) -> None:
    # Given a mission beside another
    atlas = await crew.hire()
    mission, other = await crew.ask(atlas), await crew.ask(atlas)
    async with watching(mission_events(again(crew.owner), mission["_id"])) as watcher:
        # When it is driven from its claim to its end
        await atlas.claim()
        await atlas.claim()
        await atlas.report(other, progress=0.1)
        await atlas.report(mission, activities=[{"kind": "thought", "content": "Dusty."}], outputDelta="The ")
        await atlas.report(mission, outputDelta="lens")
        await atlas.report(mission, progress=0.5)
        await atlas.report(mission, awaitingApproval=True)
        await atlas.report(mission, awaitingApproval=False)
        await atlas.complete(mission)
        await watcher.until(9)

    # Then a watcher sees all of it in order, the text as it was written, and nothing of the other
    assert watcher.types == [
        "StreamReady",
        "MissionStatusChanged",
        "MissionActivityAdded",
        "MissionOutputDelta",
        "MissionOutputDelta",
        "MissionProgressed",
        *["MissionStatusChanged"] * 3,
    ]
    assert [event["data"]["text"] for event in watcher.events[3:5]] == ["The ", "lens"]
    assert {event["mission_id"] for event in watcher.events[1:]} == {mission["_id"]}
    last = watcher.events[-1]["data"]
    assert (last["from_status"], last["to_status"]) == (MissionStatus.RUNNING, MissionStatus.COMPLETED)

    # And whoever comes later, with an old cursor, sees the same without the text
    ready = watcher.events[0]["cursor"]
    async with watching(mission_events(again(crew.owner), mission["_id"], ready)) as later:
        await later.until(7)
    assert later.types == [
        "MissionStatusChanged",
        "MissionActivityAdded",
        "MissionProgressed",
        *["MissionStatusChanged"] * 3,
        "StreamReady",
    ]


async def test_notifications_arrive_and_are_read(board: Board, join: Join, workspace: Record) -> None:
    # Given a member of a project who watches
    grace = await join(workspace, "grace")
    await add_project_member(board.ctx, board.project["_id"], ProjectMemberAdd(user_id=grace.user_id))
    await mark_all_notifications_read(again(grace))
    async with watching(notifications(again(grace))) as watcher:
        # When a card comes, and all is read
        card = await board.card()
        await watcher.until(2)
        await mark_all_notifications_read(again(grace))
        await watcher.until(3)

    # Then the member is told of both, and of nothing else in the stream
    assert watcher.types == ["StreamReady", "NotificationReceived", "NotificationsRead"]
    received, read = (event["data"] for event in watcher.events[1:])
    assert received["activity"]["card_id"] == card["_id"]
    assert read == {"ids": [received["notification"]["_id"]], "unread_count": 0}


async def test_resuming_shows_what_was_missed(board: Board) -> None:
    async with watching(project_events(board.ctx, board.project["_id"])) as watcher:
        await board.card(title="seen")
        await watcher.until(2)
    cursor = watcher.events[-1]["cursor"]
    for n in range(3):
        await board.card(title=f"missed {n}")

    async with watching(project_events(board.ctx, board.project["_id"], cursor)) as resumed:
        await resumed.until(4)
        await board.card(title="live")
        await resumed.until(5)

    titles = [event["data"]["card"]["title"] for event in resumed.events if event["type"] == "CardCreated"]
    assert titles == ["missed 0", "missed 1", "missed 2", "live"]
    assert resumed.events[3]["data"] == {"recovered": True}


async def test_a_lagging_reader_is_told_though_it_asked_for_few_types(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a reader that stops after StreamReady
    monkeypatch.setattr(bounds, "MAX_QUEUED", 2)
    source = await project_events(board.ctx, board.project["_id"], types=["CardCreated"])
    assert (await anext(source))["type"] == "StreamReady"

    # When more comes than may wait, and another reader has seen that it came
    async with watching(project_events(board.ctx, board.project["_id"])) as quick:
        for n in range(5):
            await board.card(title=f"{n}")
            await quick.until(n + 2)

    # Then it gets what waited, and then StreamLagged
    found = [await anext(source) for _ in range(3)]
    assert [event["type"] for event in found] == ["CardCreated", "CardCreated", "StreamLagged"]
    assert found[2]["data"]["dropped"] == 3
    assert found[2]["data"]["resume_from"] == found[1]["cursor"]


@pytest.mark.parametrize("after", ["", "now", "0" * 21, "'; drop"])
async def test_a_cursor_that_is_none_is_refused(board: Board, crew: Crew, after: str) -> None:
    for attempt in (
        project_events(board.ctx, board.project["_id"], after),
        workspace_events(again(crew.owner), crew.workspace["_id"], after),
        notifications(again(crew.owner), after),
    ):
        with pytest.raises(BadUserInput) as refused:
            await attempt
        assert refused.value.field == "after"


# --- who may -----------------------------------------------------------------------------------------------------


async def test_whoever_is_no_member_finds_no_stream(board: Board, crew: Crew, people: People) -> None:
    mission = await crew.ask(await crew.hire())
    outsider = await people.register("eve")

    for attempt in (
        project_events(again(outsider), board.project["_id"]),
        workspace_events(again(outsider), crew.workspace["_id"]),
        mission_events(again(outsider), mission["_id"]),
        project_events(again(crew.owner), str(new_id(Kind.PROJECT))),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_each_stream_takes_its_scope(board: Board, crew: Crew, people: People, anonymous: Context) -> None:
    mission = await crew.ask(await crew.hire())

    def open_all(ctx: Context) -> dict[str, Awaitable[Source]]:
        return {
            "projects:read": project_events(again(ctx), board.project["_id"]),
            "pilotage:read": mission_events(again(ctx), mission["_id"]),
            "notifications:read": notifications(again(ctx)),
        }

    for scope in ("projects:read", "pilotage:read", "notifications:read"):
        token = await people.with_token(crew.owner, [scope])
        for needed, attempt in open_all(token).items():
            if needed == scope:
                assert await attempt is not None
            else:
                with pytest.raises(Forbidden):
                    await attempt
    for attempt in open_all(anonymous).values():
        with pytest.raises(Unauthenticated):
            await attempt


def test_the_subscriptions_are_in_the_catalogue() -> None:
    names = ["projectEvents", "workspaceEvents", "missionEvents", "notifications"]

    assert all(CATALOGUE[name].scope is not None and CATALOGUE[name].read_only for name in names)


# --- revocation --------------------------------------------------------------------------------------------------


async def end_session(ctx: Context) -> None:
    await log_out(again(ctx))


async def expire_session(ctx: Context) -> None:
    past = {"$set": {"expires_at": utc_now() - timedelta(seconds=1)}}
    await collection(Session).update_one({"_id": ctx.subject.credential_id}, past)


async def leave(ctx: Context) -> None:
    found = await collection(WorkspaceMember).find({"user_id": ctx.user_id}).sort("_id", -1).to_list()
    await remove_workspace_member(again(ctx), found[0]["workspace_id"], ctx.user_id)


@pytest.mark.parametrize(
    ("revoke", "error"), [(end_session, Unauthenticated), (expire_session, Unauthenticated), (leave, NotFound)]
)
@pytest.mark.usefixtures("often")
async def test_a_quiet_stream_ends_once_its_caller_may_not_read_any_more(
    board: Board, join: Join, workspace: Record, revoke: Callable[[Context], Awaitable[None]], error: type[Exception]
) -> None:
    # Given a member who watches
    grace = await join(workspace, "grace")
    async with watching(workspace_events(again(grace), workspace["_id"], types=["CardCreated"])) as watcher:
        # When the session or the membership ends
        await revoke(grace)

        # Then the stream ends, though nothing happens in it
        with pytest.raises(error):
            await watcher.end()
    assert watcher.types == ["StreamReady"]


async def test_no_event_is_handed_out_once_the_check_is_due(
    board: Board, join: Join, workspace: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a member whose stream waits for its reader, and was last checked some time ago
    monkeypatch.setattr(subscribe, "CHECK_SECONDS", 0.0)
    grace = await join(workspace, "grace")
    source = await project_events(again(grace), board.project["_id"])
    assert (await anext(source))["type"] == "StreamReady"

    # When the membership ends, and then something happens
    await leave(grace)
    await board.card(title="secret")

    # Then the reader gets the end and not the event
    with pytest.raises(NotFound):
        await anext(source)


@pytest.mark.usefixtures("often")
async def test_deleting_an_agent_ends_its_streams(crew: Crew, workspace: Record) -> None:
    atlas = await crew.hire()
    async with watching(workspace_events(atlas.ctx, workspace["_id"], types=["CardCreated"])) as watcher:
        await delete_agent(again(crew.owner), atlas.record["_id"])

        with pytest.raises(Unauthenticated):
            await watcher.end()


@pytest.mark.usefixtures("often")
async def test_a_stream_of_notifications_ends_with_the_session(people: People) -> None:
    person = await people.register("grace")
    async with watching(notifications(again(person))) as watcher:
        await end_session(person)

        with pytest.raises(Unauthenticated):
            await watcher.end()


@pytest.mark.usefixtures("often")
async def test_a_valid_caller_reads_on_past_many_checks(board: Board) -> None:
    async with watching(project_events(board.ctx, board.project["_id"])) as watcher:
        for n in range(5):
            await asyncio.sleep(0.03)
            await board.card(title=f"{n}")
        await watcher.until(6)

    assert watcher.types == ["StreamReady", *["CardCreated"] * 5]


# --- leaving -----------------------------------------------------------------------------------------------------


async def test_a_stream_that_is_left_leaves_nothing_behind(board: Board, crew: Crew) -> None:
    def tails() -> int:
        return sum(task.get_name() == "hub-tail" for task in asyncio.all_tasks())

    # Given a stream that was never read, one that is closed and one that is cancelled
    before = tails()
    unread: Any = await project_events(board.ctx, board.project["_id"])
    closed: Any = await project_events(board.ctx, board.project["_id"])
    await anext(closed)
    async with watching(project_events(board.ctx, board.project["_id"])):
        assert tails() == before + 1
        # When they end
        await unread.aclose()
        await closed.aclose()
    await asyncio.sleep(0)

    # Then nothing listens any more
    assert tails() == before
    stream: ObjectId = crew.workspace["_id"]
    await crew.owner.services.hub.log.write(stream, None, appends(stream))
