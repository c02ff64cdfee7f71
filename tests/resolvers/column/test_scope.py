from typing import Any

import pytest

from models import Scope
from models.base import collection
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from resolvers.column.scope import (
    create_scope,
    delete_scope,
    get_scope,
    list_scopes,
    progress_of,
    project_of,
    reorder_scopes,
    scope_of,
    scopes_of,
    set_scope_view,
    update_scope,
)
from resolvers.inputs.scope import ScopeCreate, ScopeReorder, ScopeUpdate, ScopeViewSet
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


async def change(board: Board, scope: Any, **values: Any) -> Any:
    return (await update_scope(board.ctx, scope["_id"], read_input(ScopeUpdate, values))).value


async def test_scopes_are_listed_as_they_were_made(board: Board) -> None:
    scopes = [await board.scope(name) for name in ("b", "a")]

    assert await list_scopes(board.ctx, board.project["_id"]) == scopes
    assert await scopes_of(board.ctx, [board.project], None) == [scopes]
    assert await get_scope(board.ctx, scopes[0]["_id"]) == scopes[0]
    assert scopes[0]["active_view"] == "kanban"


async def test_an_update_changes_what_is_given_and_null_clears(board: Board) -> None:
    scope = await board.scope()
    await change(board, scope, description="x", startDate="2026-01-01", endDate="2026-02-01")
    seq = await board.seq()

    changed = await change(board, scope, endDate=None, activeView="roadmap")
    same = await change(board, scope, activeView="roadmap")

    assert (changed["end_date"], changed["active_view"], changed["description"]) == (None, "roadmap", "x")
    assert same == changed == await collection(Scope).find_one({"_id": scope["_id"]})
    assert await board.types_since(seq) == ["ScopeUpdated"]


async def test_an_update_sets_what_a_document_of_before_does_not_have(board: Board) -> None:
    scope = await board.scope("Phase")
    await collection(Scope).update_one({"_id": scope["_id"]}, {"$unset": {"description": 1}})

    assert (await change(board, scope, description="New"))["description"] == "New"


async def test_the_active_view_is_one_of_five(board: Board) -> None:
    scope = await board.scope()

    for view in ("list", "calendar", "roadmap", "stats", "kanban"):
        values = read_input(ScopeViewSet, {"activeView": view})
        assert (await set_scope_view(board.ctx, scope["_id"], values)).value["active_view"] == view
    for wrong in ("gantt", "KANBAN", None, 1):
        with pytest.raises(BadUserInput, match=r"^activeView: "):
            read_input(ScopeViewSet, {"activeView": wrong})


async def test_a_scope_does_not_end_before_it_starts(board: Board) -> None:
    scope = await board.scope()
    await change(board, scope, startDate="2026-02-01")
    seq = await board.seq()

    with pytest.raises(BadUserInput, match=r"^endDate: must not lie before startDate"):
        await change(board, scope, endDate="2026-01-31")
    both = {"projectId": board.project["_id"], "name": "x", "startDate": "2026-02-01", "endDate": "2026-01-01"}
    with pytest.raises(BadUserInput, match=r"^endDate: must not lie before startDate"):
        await create_scope(board.ctx, read_input(ScopeCreate, both))

    assert await board.types_since(seq) == []
    stored = await collection(Scope).find_one({"_id": scope["_id"]})
    assert stored is not None
    assert stored["end_date"] is None


@pytest.mark.parametrize("name", ["name", "activeView"])
def test_null_is_refused_for_what_cannot_be_empty(name: str) -> None:
    with pytest.raises(BadUserInput, match=f"^{name}: must not be null"):
        read_input(ScopeUpdate, {name: None})


async def test_progress_is_the_share_of_open_cards_in_the_last_column(board: Board) -> None:
    # given 1 of 3 open cards done, and a scope without any card
    scope, empty = await board.scope(), await board.scope()
    doing, done = [await board.column(name, scope["_id"]) for name in ("Doing", "Done")]
    await board.column("Alone", empty["_id"])
    bare = await board.scope()
    for column in (doing, doing, done):
        await board.card(None, columnId=column["_id"])
    for column in (doing, done, done):
        await board.update(await board.card(None, columnId=column["_id"]), archived=True)

    assert await progress_of(board.ctx, [empty, scope, bare, scope], None) == [0.0, 1 / 3, 0.0, 1 / 3]


async def test_cards_and_columns_lead_to_their_scope_and_project(board: Board) -> None:
    scope = await board.scope()
    column = await board.column("Doing", scope["_id"])
    children = [column, await board.card(None, columnId=column["_id"]), board.columns[0]]

    scopes = await scope_of(board.ctx, children, frozenset({"name"}))
    projects = await project_of(board.ctx, children, frozenset({"name"}))

    assert [one and one["_id"] for one in scopes] == [scope["_id"], scope["_id"], None]
    assert {one["_id"] for one in projects if one} == {board.project["_id"]}


async def test_a_project_has_a_bounded_number_of_scopes(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.column.scope.MAX_SCOPES", 1)
    await board.scope()

    with pytest.raises(Conflict, match="There are 1 scopes in this project already"):
        await board.scope()


async def test_a_scope_that_is_gone_is_not_found(board: Board) -> None:
    scope = await board.scope()
    await delete_scope(board.ctx, scope["_id"])

    for attempt in (
        get_scope(board.ctx, scope["_id"]),
        change(board, scope, name="x"),
        delete_scope(board.ctx, scope["_id"]),
        board.column("x", scope["_id"]),
    ):
        with pytest.raises(NotFound, match="Scope not found"):
            await attempt


async def test_scopes_are_hidden_from_strangers(board: Board, people: People) -> None:
    stranger = await people.register("mallory")
    scope = await board.scope()

    for attempt in (
        get_scope(again(stranger), scope["_id"]),
        list_scopes(again(stranger), board.project["_id"]),
        update_scope(again(stranger), scope["_id"], ScopeUpdate.of(name="x")),
        delete_scope(again(stranger), scope["_id"]),
        Board(stranger, board.project).scope(),
    ):
        with pytest.raises(NotFound, match="not found"):
            await attempt
    assert await collection(Scope).find_one({"_id": scope["_id"]}) == scope


async def reorder(board: Board, *scopes: Any) -> None:
    values = ScopeReorder(project_id=board.project["_id"], ids=[scope["_id"] for scope in scopes])
    await reorder_scopes(board.ctx, values)


async def test_scopes_are_put_into_another_order_with_few_of_them_told(board: Board) -> None:
    a, b, c, d = [await board.scope(name) for name in "abcd"]
    seq = await board.seq()

    # When the last becomes the first, and the same is asked for again
    await reorder(board, d, a, b, c)
    await reorder(board, d, a, b, c)

    # Then that one alone is told, and a new one stands behind all
    e = await board.scope("e")
    assert [scope["name"] for scope in await list_scopes(board.ctx, board.project["_id"])] == list("dabce")
    assert await board.types_since(seq) == ["ScopeUpdated", "ScopeCreated"]
    assert e["rank"] > c["rank"]


async def test_scopes_without_a_rank_come_first_until_they_are_reordered(board: Board) -> None:
    # Given scopes of before ranks were kept
    a, b, c = [await board.scope(name) for name in "abc"]
    await collection(Scope).update_many({"_id": {"$in": [a["_id"], b["_id"]]}}, {"$unset": {"rank": 1}})
    assert [scope["name"] for scope in await list_scopes(board.ctx, board.project["_id"])] == ["a", "b", "c"]

    await reorder(board, c, b, a)

    assert [scope["name"] for scope in await list_scopes(board.ctx, board.project["_id"])] == ["c", "b", "a"]


async def test_a_reorder_names_the_whole_set_once(board: Board, people: People) -> None:
    a, b = [await board.scope(name) for name in "ab"]
    foreign = {"_id": new_id(Kind.SCOPE)}

    for wrong in ([a], [a, a], [a, b, b], [a, foreign], [a, b, foreign], []):
        with pytest.raises(Conflict) as refused:
            await reorder(board, *wrong)
        assert refused.value.field == "ids"
    assert [scope["name"] for scope in await list_scopes(board.ctx, board.project["_id"])] == ["a", "b"]
