"""Who may subscribe, and the end of a revoked caller's streams."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from models import Session, WorkspaceMember
from models.base import collection, utc_now
from models.errors import Forbidden, NotFound, Unauthenticated
from models.ids import Kind, new_id
from models.records import QueueRecord, WorkspaceRecord
from realtime.events import EVENTS
from resolvers import subscribe
from resolvers.account.account import log_out
from resolvers.agent.agent import delete_agent
from resolvers.inputs.job import QueueCreate
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.job.queue import create_queue, delete_queue
from resolvers.kit.context import Context
from resolvers.kit.operation import CATALOGUE
from resolvers.member.workspace_member import remove_workspace_member
from resolvers.subscribe import (
    Source,
    mission_events,
    notifications,
    project_events,
    queue_events,
    workspace_events,
)
from tests.realtime.log_lab import appends
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again
from tests.resolvers.missions import Crew
from tests.resolvers.projects import Board, make_board
from tests.resolvers.watching import watching


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace)


@pytest.fixture
async def queue(owner: Context, workspace: WorkspaceRecord) -> QueueRecord:
    return (await create_queue(again(owner), QueueCreate.of(workspace_id=workspace["_id"], name="Mails"))).value


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running streams ask every few milliseconds whether they may go on."""
    monkeypatch.setattr(subscribe, "CHECK_SECONDS", 0.01)


# --- who may -----------------------------------------------------------------------------------------------------


async def test_whoever_is_no_member_finds_no_stream(
    board: Board, crew: Crew, people: People, queue: QueueRecord
) -> None:
    mission = await crew.ask(await crew.hire())
    outsider = await people.register("eve")

    for attempt in (
        project_events(again(outsider), board.project["_id"]),
        workspace_events(again(outsider), crew.workspace["_id"]),
        mission_events(again(outsider), mission["_id"]),
        queue_events(again(outsider), queue["_id"]),
        queue_events(again(crew.owner), str(new_id(Kind.QUEUE))),
        project_events(again(crew.owner), str(new_id(Kind.PROJECT))),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_each_stream_takes_its_scope(
    board: Board, crew: Crew, people: People, anonymous: Context, queue: QueueRecord
) -> None:
    mission = await crew.ask(await crew.hire())

    def open_all(ctx: Context) -> list[tuple[str, Awaitable[Source]]]:
        return [
            ("projects:read", project_events(again(ctx), board.project["_id"])),
            ("pilotage:read", mission_events(again(ctx), mission["_id"])),
            ("pilotage:read", queue_events(again(ctx), queue["_id"])),
            ("notifications:read", notifications(again(ctx))),
        ]

    for scope in ("projects:read", "pilotage:read", "notifications:read"):
        token = await people.with_token(crew.owner, [scope])
        for needed, attempt in open_all(token):
            if needed == scope:
                assert await attempt is not None
            else:
                with pytest.raises(Forbidden):
                    await attempt
    for _, attempt in open_all(anonymous):
        with pytest.raises(Unauthenticated):
            await attempt


def test_the_subscriptions_are_in_the_catalogue() -> None:
    names = ["projectEvents", "workspaceEvents", "missionEvents", "queueEvents", "notifications"]

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
    board: Board,
    join: Join,
    workspace: WorkspaceRecord,
    revoke: Callable[[Context], Awaitable[None]],
    error: type[Exception],
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


@pytest.mark.usefixtures("often")
async def test_a_queues_stream_ends_with_the_membership_of_its_workspace(
    join: Join, workspace: WorkspaceRecord, queue: QueueRecord
) -> None:
    grace = await join(workspace, "grace")
    async with watching(queue_events(again(grace), queue["_id"])) as watcher:
        await asyncio.sleep(0.03)
        assert not watcher.task.done()
        await leave(grace)

        with pytest.raises(NotFound):
            await watcher.end()
    assert watcher.types == ["StreamReady"]


async def test_a_queues_stream_is_not_found_once_it_is_deleted(owner: Context, queue: QueueRecord) -> None:
    await delete_queue(again(owner), queue["_id"])

    with pytest.raises(NotFound):
        await queue_events(again(owner), queue["_id"])


async def test_no_event_is_handed_out_once_the_check_is_due(
    board: Board, join: Join, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
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
async def test_deleting_an_agent_ends_its_streams(crew: Crew, workspace: WorkspaceRecord) -> None:
    atlas = await crew.hire()
    async with watching(workspace_events(atlas.ctx, workspace["_id"], types=["CardCreated"])) as watcher:
        await delete_agent(again(crew.owner), atlas.record["_id"])

        # Its token and its membership end at once; a check that stands between the two looks at the other first.
        with pytest.raises((Unauthenticated, NotFound)):
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


@pytest.mark.parametrize("types", [subscribe.PROJECT_TYPES, subscribe.WORKSPACE_TYPES])
def test_no_event_that_members_follow_carries_an_address(types: frozenset[str]) -> None:
    assert types
    for name in types:
        assert "email" not in EVENTS[name].model_fields, name


async def test_members_are_told_nothing_of_invitations(board: Board, join: Join, workspace: WorkspaceRecord) -> None:
    ada = await join(workspace, "ada")
    async with watching(workspace_events(again(ada), workspace["_id"])) as seen:
        values = WorkspaceMemberInvite(email="secret@example.com")
        await invite_workspace_member(again(board.ctx), workspace["_id"], values)
        await board.card(title="After it")
        await seen.until(2)

    assert "secret@example.com" not in str(seen.events)
    assert seen.types[:2] == ["StreamReady", "CardCreated"]
