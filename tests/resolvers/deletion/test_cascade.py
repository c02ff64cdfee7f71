from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId
from pymongo import monitoring

from gateway.database import Database
from models import Card, Comment, Notification, StreamHead
from models.base import collection
from models.ids import Kind, kind_of, portions
from resolvers.column.column import delete_column
from resolvers.column.scope import delete_scope
from resolvers.deletion import deletion
from resolvers.document.link import link_document
from resolvers.kit.context import Context
from resolvers.node import get_nodes
from resolvers.notification.follow import follow
from resolvers.project.project import delete_project
from resolvers.search.search import search
from resolvers.transfer.transfer import export_project
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.conftest import let_join, make_organization, make_workspace
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import People, again, events
from tests.resolvers.projects import Board, make_board
from tests.stubs import stub
from tests.written import Kept, Written

# Only clients that are made later have it.
CHANGED = Written()
monitoring.register(CHANGED)

HISTORY = {"events", "streams"}
# What blocks of facts begin at are ids that were, and point at nothing.
STAYS_WITH_THE_PROJECT = HISTORY | {"activities", "card_facts"}
EVENT_OF = {
    Kind.PROJECT: "ProjectDeleted",
    Kind.SCOPE: "ScopeDeleted",
    Kind.COLUMN: "ColumnDeleted",
    Kind.LABEL: "LabelDeleted",
    Kind.CARD: "CardDeleted",
    Kind.COMMENT: "CommentDeleted",
    Kind.DOCUMENT: "DocumentDeleted",
    Kind.DOCUMENT_LINK: "DocumentUnlinked",
}


@dataclass
class World:
    """Two boards of everything in one workspace."""

    board: Board
    other: Board
    scope: Any
    scoped: Any


@pytest.fixture
async def world(built: tuple[World, Kept]) -> AsyncIterator[World]:
    """The two boards, put back after the test."""
    world, kept = built
    yield world
    await kept.put_back()
    world.board.caller.services.search.forget(world.board.workspace_id)  # which is kept beside the database


@pytest.fixture(scope="module")
async def built(database: Database, standing_people: People, standing_owner: Context) -> tuple[World, Kept]:
    kept = Kept(database.db, CHANGED)
    world = await build(standing_people, standing_owner)
    await kept.keep()
    return world, kept


async def build(people: People, owner: Context) -> World:
    workspace = await make_workspace(owner, await make_organization(owner))
    member, shelf = await let_join(people, owner, workspace, "ada"), Shelf(owner, workspace["_id"])
    loose = await shelf.document()
    boards = [await make_board(owner, workspace, columns=2) for _ in range(2)]
    scopes, columns = [], []
    for board in boards:
        await board.add_member(member)
        label, scope = await board.label(), await board.scope()
        scoped = await board.column("Doing", scope["_id"])
        for place in (board.column_id(0), board.column_id(1), scoped["_id"], None):
            card = await board.card(None, columnId=place, labelIds=[label["_id"]], checklist=[{"title": "x"}])
            await board.comment(card)
            await board.update(await board.card(None, columnId=place), archived=True)
            about = {"contextType": "project", "contextId": board.project["_id"]}
            if place == scoped["_id"]:
                about = {"contextType": "scope", "contextId": scope["_id"]}
            document = await shelf.document(**stub(about))
            below = await shelf.document(parentId=document["_id"])
            await link_document(again(owner), below["_id"], card["_id"])
            await link_document(again(owner), loose["_id"], card["_id"])
        scopes.append(scope)
        columns.append(scoped)
    await follow(owner.services)
    return World(boards[0], boards[1], scopes[0], columns[0])


def ids_in(value: Any) -> set[ObjectId]:
    """Every id in a document, however deep, as id or as text."""
    if isinstance(value, ObjectId):
        return {value}
    if isinstance(value, str) and len(value) == 24 and ObjectId.is_valid(value):
        return {ObjectId(value)}
    if isinstance(value, dict):
        return set().union(*map(ids_in, value.values()))
    return set().union(*map(ids_in, value)) if isinstance(value, list) else set()


async def everything(database: Database, workspace_id: ObjectId) -> dict[tuple[str, ObjectId], Any]:
    """Every document of a workspace, but for its history, by its collection and id."""
    found: dict[tuple[str, ObjectId], Any] = {}
    for name in await database.db.list_collection_names():
        if name not in HISTORY:
            async for document in database.db[name].find({}):
                if document.get("workspace_id") == workspace_id or document["_id"] == workspace_id:
                    found[name, document["_id"]] = document
    return found


async def deleted_by(
    database: Database, board: Board, delete: Callable[[], Awaitable[object]]
) -> tuple[set[ObjectId], dict[tuple[str, ObjectId], Any]]:
    """The ids that a deletion took away, having told of each once; and what it left, none of which names any."""
    before, seq = await everything(database, board.workspace_id), await board.seq()
    await delete()
    await finish_deletions(board.ctx.services)
    after = await everything(database, board.workspace_id)
    gone = {one for _, one in before.keys() - after.keys()}
    told = [(event["type"], event["data"].get("deleted_id")) for event in await board.events_since(seq)]
    expected = {(EVENT_OF[kind], one) for one in gone if (kind := kind_of(one)) in EVENT_OF}
    assert sorted(map(str, [one for one in told if one[0] in EVENT_OF.values()])) == sorted(map(str, expected))
    for (name, _), document in after.items():
        if name not in STAYS_WITH_THE_PROJECT:
            assert not ids_in(document) & gone, (name, document)
    return gone, after


def kinds(ids: set[ObjectId]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in ids:
        name = getattr(kind_of(one), "name", "?")
        found[name] = found.get(name, 0) + 1
    return found


async def test_deleting_a_column_takes_its_cards_and_nothing_else(world: World, database: Database) -> None:
    column = world.board.column_id(0)
    assert column is not None

    gone, _ = await deleted_by(database, world.board, lambda: delete_column(world.board.ctx, column))

    assert kinds(gone) == {"COLUMN": 1, "CARD": 2, "COMMENT": 1, "DOCUMENT_LINK": 2}


async def test_deleting_a_scope_takes_its_columns_and_their_cards(world: World, database: Database) -> None:
    gone, _ = await deleted_by(database, world.board, lambda: delete_scope(world.board.ctx, world.scope["_id"]))

    assert kinds(gone) == {
        "SCOPE": 1,
        "COLUMN": 1,
        "CARD": 2,
        "COMMENT": 1,
        "DOCUMENT": 2,
        "DOCUMENT_VERSION": 2,
        "DOCUMENT_LINK": 2,
    }
    assert world.scoped["_id"] in gone


async def test_deleting_a_project_leaves_nothing_of_it_and_all_of_the_other(world: World, database: Database) -> None:
    project_id = world.board.project["_id"]

    gone, left = await deleted_by(database, world.board, lambda: delete_project(world.board.ctx, project_id))

    assert not any(project_id in ids_in(document) for document in left.values())
    found = kinds(gone)
    assert {name: found[name] for name in ("PROJECT", "SCOPE", "COLUMN", "CARD", "COMMENT", "LABEL")} == {
        "PROJECT": 1,
        "SCOPE": 1,
        "COLUMN": 3,
        "CARD": 8,
        "COMMENT": 4,
        "LABEL": 1,
    }
    assert found["PROJECT_MEMBER"] == 2
    assert (found["DOCUMENT"], found["DOCUMENT_VERSION"], found["DOCUMENT_LINK"]) == (8, 8, 8)
    assert found["NOTIFICATION"] > 0
    assert await collection(Card).count_documents({"project_id": world.other.project["_id"]}) == 8
    assert await collection(Comment).count_documents({"project_id": world.other.project["_id"]}) == 4


async def test_deleting_a_workspace_leaves_nothing_of_it_and_of_its_history(world: World, database: Database) -> None:
    workspace_id, seq = world.board.workspace_id, await world.board.seq()

    before = await everything(database, workspace_id)
    await delete_workspace(world.board.ctx, workspace_id)
    told = await world.board.events_since(seq)
    await finish_deletions(world.board.caller.services)

    left, gone = await everything(database, workspace_id), {one for _, one in before}
    assert [event["type"] for event in told] == ["WorkspaceDeleted"]
    assert left == {}
    assert await events(workspace_id) == []
    assert await collection(StreamHead).find_one({"_id": workspace_id}) is None
    assert {world.board.project["_id"], world.other.project["_id"], workspace_id} <= gone
    for name in set(await database.db.list_collection_names()) - HISTORY:
        async for document in database.db[name].find({}):
            assert not ids_in(document) & gone, (name, document)


async def test_a_small_deletion_is_one_change(world: World) -> None:
    seq = await world.board.seq()

    await delete_project(world.board.ctx, world.board.project["_id"])

    events = await world.board.events_since(seq)
    assert events[0]["type"] == "ProjectDeleted"
    assert len({event["at"] for event in events}) == 1
    assert {event["project_id"] for event in events} == {world.board.project["_id"]}


async def test_everyone_is_told_which_of_their_notifications_went_with_a_project(world: World) -> None:
    own = {one["_id"]: one async for one in collection(Notification).find({"project_id": world.board.project["_id"]})}
    reader = next(iter(own.values()))["user_id"]

    await delete_project(world.board.ctx, world.board.project["_id"])

    told = (await events(reader))[-1]
    assert told["type"] == "NotificationsDeleted"
    assert set(told["data"]["ids"]) == {one for one, notification in own.items() if notification["user_id"] == reader}
    unread = {"user_id": reader, "read_at": None}
    assert told["data"]["unread_count"] == await collection(Notification).count_documents(unread) > 0


DELETIONS: dict[str, Callable[[World], Awaitable[object]]] = {
    "column": lambda world: delete_column(again(world.board.ctx), world.scoped["_id"]),
    "scope": lambda world: delete_scope(again(world.board.ctx), world.scope["_id"]),
    "project": lambda world: delete_project(again(world.board.ctx), world.board.project["_id"]),
    "workspace": lambda world: delete_workspace(again(world.board.ctx), world.board.workspace_id),
}


@pytest.mark.parametrize("kind", DELETIONS)
async def test_every_door_is_closed_while_all_is_still_to_be_taken(
    kind: str, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given everything that has a door of its own, and nobody who takes what is deleted
    monkeypatch.setattr(deletion, "AT_ONCE", 0)
    ctx = world.board.ctx
    ids = [one for _, one in await everything(database, world.board.workspace_id) if kind_of(one) is not None]

    async def seen() -> list[bool]:
        return [node is not None for some in portions(ids) for node in await get_nodes(again(ctx), some)]

    async def found() -> set[ObjectId]:
        pages = [await search(again(ctx), world.board.workspace_id, word, first=100) for word in ("card", "done")]
        return {one.node["_id"] for page in pages for one in page.nodes}

    async def exported() -> object:
        return await export_project(again(ctx), world.board.project["_id"])

    before, found_before = await seen(), await found()

    # When
    await DELETIONS[kind](world)
    pending = await seen()
    left = await everything(database, world.board.workspace_id)
    found_pending = set() if kind == "workspace" else await found()
    exported_pending = await exported() if kind in ("column", "scope") else None
    await finish_deletions(ctx.services)

    # Then what is still there is as good as gone
    assert sum(pending) < sum(before)
    assert len([one for _, one in left if one in set(ids)]) > sum(pending) + 5
    outlives = {Kind.ACTIVITY, Kind.NOTIFICATION}
    differing = {one for one, then, now in zip(ids, pending, await seen(), strict=True) if then != now}
    assert {kind_of(one) for one in differing} <= outlives
    if kind != "workspace":
        assert found_pending == await found() < found_before
    if exported_pending is not None:
        assert exported_pending == await exported()
