"""The indexes for search follow what is written, so that a search has little to read."""

import asyncio

import pytest
from bson import ObjectId

from gateway.indexing import Indexing
from models.records import WorkspaceRecord
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.organization.organization import create_organization
from resolvers.search.search import search
from resolvers.workspace.workspace import create_workspace
from tests.patience import PATIENCE
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import recorded


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace)


async def found(board: Board, query: str) -> int:
    return len((await search(board.ctx, board.workspace_id, query)).nodes)


async def behind(board: Board) -> int:
    services = board.ctx.services
    head, _ = await services.hub.log.bounds(board.workspace_id)
    position = await services.search.position(board.workspace_id)
    assert position is not None
    return head.seq - position.seq


async def followed(board: Board, but: int) -> None:
    """Wait until the index has followed all but so many events."""
    async with asyncio.timeout(PATIENCE):
        while await behind(board) > but:  # noqa: ASYNC110 - what is looked at is a file
            await asyncio.sleep(0.02)


async def own_workspace(person: Context) -> WorkspaceRecord:
    organization = (
        await create_organization(again(person), OrganizationCreate(name="X", slug=f"x-{ObjectId()}"))
    ).value
    values = WorkspaceCreate(organization_id=organization["_id"], name="X", slug="calm")
    return (await create_workspace(again(person), values)).value


async def test_a_search_reads_no_event_that_was_followed_already(board: Board) -> None:
    assert await found(board, "prism") == 0
    indexing = Indexing(board.ctx.services, enough=5, seconds=60)
    await indexing.start()
    try:
        for number in range(6):
            await board.card(0, title=f"prism {number}")
        await followed(board, 6)

        with recorded() as queries:
            assert await found(board, "prism") == 6
        few = [where for _, name, where in queries if name == "events"]
        await indexing.follow_once()
        with recorded() as queries:
            assert await found(board, "prism") == 6
    finally:
        await indexing.stop()

    assert len(few) <= 1
    assert not [name for _, name, _ in queries if name == "events"]


async def test_few_changes_are_followed_after_a_while(board: Board) -> None:
    await found(board, "prism")
    indexing = Indexing(board.ctx.services, seconds=0.05)
    await indexing.start()
    try:
        await board.card(0, title="prism")
        await followed(board, 0)
    finally:
        await indexing.stop()


async def test_a_flood_in_one_workspace_keeps_no_other_waiting(
    board: Board, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a workspace with many changes, and another with one
    stranger = await people.register("stranger")
    calm = await make_board(stranger, await own_workspace(stranger))
    for one in (board, calm):
        await found(one, "prism")
    indexing = Indexing(board.ctx.services)
    read = board.ctx.services.hub.log.read
    monkeypatch.setattr(board.ctx.services.hub.log, "read", lambda stream_id, after: read(stream_id, after, 3))
    for number in range(10):
        await board.card(0, title=f"prism {number}")
    await calm.card(0, title="prism")

    # When
    await indexing.follow_once()

    # Then
    assert (await behind(calm), await behind(board) > 0) == (0, True)
    while await behind(board):
        await indexing.follow_once()
    assert await found(board, "prism") == 10


async def test_a_workspace_that_nobody_searches_in_is_not_followed(board: Board) -> None:
    indexing = Indexing(board.ctx.services)
    await board.card(0, title="prism")

    await indexing.follow_once()

    assert await board.ctx.services.search.position(board.workspace_id) is None
