"""Where streams stand: noted before anything is read, on an index, for what the caller may read alone."""

from gateway.database import Database
from models.base import Record
from models.errors import Forbidden
from realtime.cursor import Cursor
from resolvers.context import Context
from resolvers.inputs.workspace import WorkspaceUpdate
from resolvers.position import cursor_of_workspace, note_positions, notifications_cursor_of, positions
from resolvers.workspace import update_workspace
from tests.resolvers.conftest import Register
from tests.resolvers.lab import People, again
from tests.resolvers.test_indexes import check, recorded


async def test_positions_are_those_of_before_whatever_is_written_then(owner: Context, workspace: Record) -> None:
    reader = again(owner)
    before = await owner.services.hub.log.head(workspace["_id"])
    await note_positions(reader)

    written = await update_workspace(again(owner), workspace["_id"], WorkspaceUpdate(name="Other"))

    assert await cursor_of_workspace(reader, [workspace, workspace], None) == [str(before)] * 2
    assert written.cursor.seq == before.seq + 1


async def test_noting_positions_runs_on_indexes_and_remembers_the_memberships(
    database: Database, owner: Context, workspace: Record
) -> None:
    reader = again(owner)

    with recorded() as queries:
        await note_positions(reader)

    await check(database, queries)
    assert len(queries) == 2
    assert reader.memberships[workspace["_id"]] is not None
    assert {owner.user_id, workspace["_id"]} <= reader.positions.keys()


async def test_a_stream_that_was_not_noted_is_replayed_from_where_the_log_begins(
    owner: Context, workspace: Record
) -> None:
    head = await owner.services.hub.log.head(workspace["_id"])

    assert await positions(again(owner), [workspace["_id"]]) == [str(Cursor(head.epoch, 0))]


async def test_the_viewers_own_stream_is_noted_too(register_person: Register) -> None:
    ada = await register_person("ada")
    reader = again(ada)
    await note_positions(reader)

    (cursor,) = await notifications_cursor_of(reader, [{"_id": ada.user_id}], None)

    assert cursor == str(await ada.services.hub.log.head(ada.user_id))


async def test_nobody_is_told_where_the_stream_of_another_stands(owner: Context, register_person: Register) -> None:
    other = await register_person("bob")

    found = await notifications_cursor_of(again(owner), [{"_id": owner.user_id}, {"_id": other.user_id}], None)

    assert isinstance(found[0], str)
    assert isinstance(found[1], Forbidden)


async def test_whoever_is_not_signed_in_has_no_positions(people: People) -> None:
    nobody = again(people.anonymous)

    await note_positions(nobody)

    assert nobody.positions == {}
