"""Where streams stand: noted before anything is read, on an index, for what the request reads alone."""

import secrets
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models.errors import Forbidden
from models.ids import Kind, new_id
from realtime.cursor import Cursor
from realtime.heads import heads_of
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceUpdate
from resolvers.kit import position_note
from resolvers.kit.context import Context
from resolvers.kit.position import cursor_of_workspace, note_positions, notifications_cursor_of, positions
from resolvers.kit.position_note import note_entered, noted
from resolvers.organization.organization import workspaces_of
from resolvers.workspace.workspace import create_workspace, get_workspace, update_workspace
from tests.resolvers.conftest import Register
from tests.resolvers.lab import People, again
from tests.resolvers.projects import make_board
from tests.resolvers.test_indexes import check, recorded
from tests.stubs import stub


async def test_positions_are_those_of_before_whatever_is_written_then(owner: Context, workspace: Any) -> None:
    reader = again(owner)
    before = await owner.services.hub.log.head(workspace["_id"])
    await note_positions(reader, [workspace["_id"]])

    written = await update_workspace(again(owner), workspace["_id"], WorkspaceUpdate(name="Other"))

    assert await cursor_of_workspace(reader, [workspace, workspace], None) == [str(before)] * 2
    assert written.cursor.seq == before.seq + 1


async def test_noting_positions_runs_on_indexes_and_reads_what_is_named_alone(
    database: Database, owner: Context, workspace: Any, organization: Any
) -> None:
    # Given somebody with several workspaces, and a project in one of them
    board = await make_board(owner, workspace)
    for n in range(3):
        values = WorkspaceCreate(organization_id=organization["_id"], name=f"W{n}", slug=f"w{n}")
        await create_workspace(again(owner), values)
    reader = again(owner)

    # When a request names the project, and what is no part of any workspace
    with recorded() as queries:
        await note_positions(reader, [board.project["_id"], new_id(Kind.CARD), owner.user_id, ObjectId(bytes(12))])

    # Then one query finds its workspace, one that of the card that is not there, and one where it stands
    await check(database, queries)
    assert [name for _, name, _ in queries].count("streams") == 1
    assert len(queries) == 3
    assert reader.positions.keys() == {owner.user_id, workspace["_id"]}


async def test_what_a_request_comes_into_is_noted_before_it_is_read(
    owner: Context, workspace: Any, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a request that finds workspaces, which change right after they were found
    reads: tuple[Callable[[Context], Awaitable[Any]], ...] = (
        lambda ctx: get_workspace(ctx, organization["slug"], "telescopes"),
        lambda ctx: get_workspace(ctx, organization["slug"], "telescopes", frozenset({"name"})),
        lambda ctx: _first(ctx, organization),
    )
    for read in reads:
        reader, name = again(owner), f"Name {secrets.token_hex(4)}"
        await note_positions(reader)
        before = await owner.services.hub.log.head(workspace["_id"])

        async def changing(ids: Iterable[ObjectId], name: str = name) -> dict[ObjectId, Cursor]:
            await update_workspace(again(owner), workspace["_id"], WorkspaceUpdate(name=name))
            return await heads_of(ids)

        with monkeypatch.context() as patch:
            patch.setattr(position_note, "heads_of", changing)
            found = await read(reader)

        # Then what it answers is not older than its cursor
        assert found["name"] == name
        assert reader.positions[workspace["_id"]].seq == before.seq + 1


async def test_what_was_read_before_another_field_noted_it_is_read_again(owner: Context, workspace: Any) -> None:
    reader = again(owner)
    await note_positions(reader)
    before = noted(reader)

    assert await note_entered(reader, [workspace["_id"]], before)
    first = reader.positions[workspace["_id"]]
    await update_workspace(again(owner), workspace["_id"], WorkspaceUpdate(name="Later"))

    assert await note_entered(reader, [workspace["_id"]], before)
    assert not await note_entered(reader, [workspace["_id"]], noted(reader))
    assert reader.positions[workspace["_id"]] == first


async def test_a_workspace_of_which_something_was_read_already_is_replayed_from_its_beginning(
    owner: Context, workspace: Any, organization: Any
) -> None:
    reader = again(owner)
    await get_workspace(reader, organization["slug"], "telescopes")
    await note_positions(reader)

    await get_workspace(reader, organization["slug"], "telescopes")
    (cursor,) = await positions(reader, [workspace["_id"]])

    head = await owner.services.hub.log.head(workspace["_id"])
    assert cursor == str(Cursor(head.epoch, 0))


async def _first(ctx: Context, organization: Any) -> Any:
    [page] = await workspaces_of(ctx, [organization], None)
    return page.nodes[0]


async def test_a_stream_that_was_not_noted_is_replayed_from_where_the_log_begins(
    owner: Context, workspace: Any
) -> None:
    head = await owner.services.hub.log.head(workspace["_id"])

    assert await positions(again(owner), [workspace["_id"]]) == [str(Cursor(head.epoch, 0))]


async def test_the_viewers_own_stream_is_noted_too(register_person: Register) -> None:
    ada = await register_person("ada")
    reader = again(ada)
    await note_positions(reader)

    (cursor,) = await notifications_cursor_of(reader, stub([{"_id": ada.user_id}]), None)

    assert cursor == str(await ada.services.hub.log.head(ada.user_id))


async def test_nobody_is_told_where_the_stream_of_another_stands(owner: Context, register_person: Register) -> None:
    other = await register_person("bob")

    found = await notifications_cursor_of(again(owner), stub([{"_id": owner.user_id}, {"_id": other.user_id}]), None)

    assert isinstance(found[0], str)
    assert isinstance(found[1], Forbidden)


async def test_whoever_is_not_signed_in_has_no_positions(people: People) -> None:
    nobody = again(people.anonymous)

    await note_positions(nobody)

    assert nobody.positions == {}
