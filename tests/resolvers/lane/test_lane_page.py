"""What lanes cost, and pages of long columns."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
from bson import ObjectId

from models import Card
from models.base import collection
from models.records import WorkspaceRecord
from resolvers.card.card import delete_card
from resolvers.card.graph import cards_of_column, cards_of_project, cards_of_scope
from resolvers.card.update import archive_card
from resolvers.column.column import card_count_of, delete_column
from resolvers.inputs.transfer import WholeImport
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Page
from resolvers.kit.tombstone import Gone, hiding
from resolvers.lane import blocks as lane_blocks
from resolvers.lane import board as lane_board
from resolvers.lane import page as lane_page
from resolvers.lane.blocks import Blocks, LaneKey
from resolvers.lane.store import read_lanes
from resolvers.lane.totals import totals
from resolvers.project.project import card_count_of as project_card_count_of
from resolvers.transfer.transfer import import_in_parts
from tests.resolvers.kept import check_lanes
from tests.resolvers.lab import again
from tests.resolvers.lanes import BLOCK, imported, orders, page_of
from tests.resolvers.projects import Board, make_board
from tests.resolvers.traffic import Traffic, traffic
from tests.resolvers.transfers import small_parts
from tests.stubs import stub


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_blocks, "BLOCK", BLOCK)


async def _total(board: Board) -> None:
    page = Page([], False, False, [], Card, "project_id", board.project["_id"], {"archived": False})
    assert await totals([page]) == await project_card_count_of(board.ctx, [board.project], None)


async def _page_from_the_middle(board: Board, ids: list[ObjectId]) -> None:
    card = await board.stored(stub({"_id": ids[len(ids) // 2]}))
    first = await page_of(board)
    await page_of(board, first.cursor(card))


Step = Callable[[Board, list[ObjectId]], Awaitable[Any]]

STEPS: dict[str, Step] = {
    "create": lambda board, ids: board.card(0),
    "move to the head": lambda board, ids: board.move(stub({"_id": ids[-2]}), order=0),
    "move to the middle": lambda board, ids: board.move(stub({"_id": ids[3]}), order=len(ids) // 2),
    "move behind": lambda board, ids: board.move(stub({"_id": ids[7]}), afterCardId=ids[-5]),
    "move before": lambda board, ids: board.move(stub({"_id": ids[-7]}), beforeCardId=ids[12]),
    "move in and out": lambda board, ids: _there_and_back(board, ids[20]),
    "archive": lambda board, ids: archive_card(board.ctx, ids[len(ids) // 3]),
    "delete": lambda board, ids: delete_card(board.ctx, ids[len(ids) // 3 + 5]),
    "order": lambda board, ids: orders(board, [ids[1], ids[len(ids) // 2], ids[-1]]),
    "count": lambda board, ids: card_count_of(board.ctx, board.columns, None),
    "count of the project": lambda board, ids: project_card_count_of(board.ctx, [board.project], None),
    "total of the project": lambda board, ids: _total(board),
    "page": lambda board, ids: page_of(board),
    "page from the middle": _page_from_the_middle,
}


async def _there_and_back(board: Board, card_id: ObjectId) -> None:
    await board.move(stub({"_id": card_id}), columnId=board.column_id(1))
    await board.move(stub({"_id": card_id}), columnId=board.column_id(0), order=2)


async def test_what_a_lane_is_asked_and_given_costs_the_same_for_50_and_for_400_cards(
    owner: Context, workspace: Any
) -> None:
    costs: dict[int, dict[str, Traffic]] = {}
    for size in (50, 400):
        board = await imported(owner, workspace, size)
        ids = await board.lane(0)
        costs[size] = {}
        for name, step in STEPS.items():
            with traffic() as seen:
                await step(board, ids)
            costs[size][name] = seen
        await check_lanes(board.project["_id"])

    for name in STEPS:
        few, many = costs[50][name], costs[400][name]
        # A block more is split or joined, or looked at, by chance of where its ends are.
        assert many.commands <= few.commands + 2, name
        assert many.read <= few.read + 2, name
        assert many.written <= few.written + 2, name
        assert many.read < 40, name


async def test_a_part_of_an_import_costs_the_same_however_long_its_lane_has_grown(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_parts(monkeypatch)
    cards = [{"title": f"{n}", "columnIndex": 0} for n in range(300)]
    whole = read_input(WholeImport, {"project": {"name": "Long"}, "columns": [{"name": "Long"}], "cards": cards})
    so_far: list[tuple[int, int]] = []

    with traffic() as seen:
        done = await import_in_parts(
            again(owner), workspace["_id"], whole, lambda _: so_far.append((seen.read, seen.written))
        )

    parts = [(later[0] - one[0], later[1] - one[1]) for one, later in pairwise(so_far[2:])]
    assert len(parts) > 10
    for place in (0, 1):
        costs = [one[place] for one in parts]
        assert max(costs) <= min(costs) + 6, costs  # how full the last block is makes a difference
    await check_lanes(done.value["_id"])


async def test_pages_of_long_and_short_columns_are_those_of_the_sorted_lists(owner: Context, workspace: Any) -> None:
    board = await imported(owner, workspace, 73)
    lists = [await board.lane(0), await board.lane(1), []]
    board.columns.append(await board.column("Empty"))
    counts = [len(one) for one in lists]

    for size in (1, 7, 10, 60, 100):
        found: list[ObjectId] = []
        cursor: str | None = None
        while True:
            columns = board.columns if cursor is None else board.columns[:1]
            made = await cards_of_column(board.ctx, columns, None, first=size, after=cursor)
            assert await totals(made) == counts[: len(columns)]
            for page, whole in list(zip(made, lists, strict=False))[1:]:
                assert [card["_id"] for card in page.nodes] == whole[:size]
                assert page.has_next is (len(whole) > size)
            page = made[0]
            assert [card["order"] for card in page.nodes] == [*range(len(found), len(found) + len(page.nodes))]
            assert page.has_previous is (cursor is not None)
            found += [card["_id"] for card in page.nodes]
            assert page.has_next is (len(found) < counts[0])
            if not page.has_next:
                break
            assert len(page.nodes) == size
            cursor = page.cursor(page.nodes[-1])
        assert found == lists[0]


async def test_totals_of_projects_and_scopes_are_those_of_their_lanes(owner: Context, workspace: Any) -> None:
    board = await imported(owner, workspace, 33)
    scope = await board.scope()
    inner = await board.column("Inner", scope["_id"])
    for archived in (False, False, True):
        card = await board.card(None, columnId=inner["_id"])
        await archive_card(board.ctx, card["_id"], archived)
    await board.card(None)

    [of_project] = await cards_of_project(board.ctx, [board.project], None, first=100)
    [of_scope] = await cards_of_scope(board.ctx, [scope], None)

    assert await totals([of_project, of_scope]) == [len(of_project.nodes), 2]
    assert await project_card_count_of(board.ctx, [board.project], None) == [len(of_project.nodes)]
    [put_away] = await cards_of_project(board.ctx, [board.project], None, filter={"archived": {"eq": True}})
    assert await totals([put_away]) == [len(put_away.nodes)] == [33 // 5 + 1]
    await delete_column(board.ctx, inner["_id"])
    with hiding(Gone({inner["_id"]})):
        assert await project_card_count_of(board.ctx, [board.project], None) == [len(of_project.nodes) - 2]


async def test_the_heads_of_short_columns_are_one_query_once_a_process_knows_them(
    owner: Context, workspace: Any
) -> None:
    board = await imported(owner, workspace, 8)
    board.columns.append(await board.column("Empty"))
    ids = await board.lane(0)
    await cards_of_column(board.ctx, board.columns, None)

    with traffic() as seen:
        made = await cards_of_column(board.ctx, board.columns, None, first=20)

    assert seen.commands == 1
    assert [[card["order"] for card in page.nodes] for page in made] == [[*range(len(ids))], [0], []]
    assert await totals(made) == [len(ids), 1, 0]


async def test_a_board_whose_project_has_many_other_cards_is_read_by_its_columns(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await imported(owner, workspace, 8)
    ids = await board.lane(0)
    apart = lane_board.Apart()
    monkeypatch.setattr(lane_board, "APART", apart)
    monkeypatch.setattr(lane_board, "SPARE", 4)
    await cards_of_column(board.ctx, board.columns, None)
    with traffic() as of_the_project:
        whole = await cards_of_column(board.ctx, board.columns, None, first=20)
    for _ in range(12):
        await board.card(None)

    with traffic() as first:
        again = await cards_of_column(board.ctx, board.columns, None, first=20)
    with traffic() as second:
        later = await cards_of_column(board.ctx, board.columns, None, first=5)

    assert (of_the_project.commands, of_the_project.read) == (1, 8 + 1)
    assert (first.commands, second.commands) == (2, 1)
    assert first.read == (7 + 1) * 5 // 4 + 4 + len(board.columns)  # these came with their cards inside
    assert board.columns[0]["_id"] in apart
    assert [[card["_id"] for card in page.nodes] for page in again] == [
        [card["_id"] for card in page.nodes] for page in whole
    ]
    assert [card["_id"] for card in later[0].nodes] == ids[:5]
    assert [page.has_next for page in later] == [True, False]


@pytest.mark.parametrize("count", [60, 200])
async def test_a_board_that_shows_nearly_all_of_its_project_is_one_query_however_long_its_columns_are(
    owner: Context, workspace: WorkspaceRecord, count: int
) -> None:
    board = await imported(owner, workspace, count)
    ids = await board.lane(0)
    await cards_of_column(board.ctx, board.columns, None, first=500)

    with traffic() as seen:
        made = await cards_of_column(board.ctx, board.columns, None, first=500)

    assert (seen.commands, seen.read) == (1, count + 1)
    assert [card["_id"] for card in made[0].nodes] == ids
    assert [card["order"] for card in made[0].nodes] == [*range(len(ids))]
    assert await totals(made) == [len(ids), 1]


async def test_a_board_that_is_too_large_for_one_reply_comes_in_several(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    board = await imported(owner, workspace, 4)
    ids = await board.lane(0)
    await cards_of_column(board.ctx, board.columns, None)
    long = "x" * 13_000_000
    await collection(Card).update_many({"_id": {"$in": ids}}, {"$set": {"description": long}})

    with traffic() as seen:
        made = await cards_of_column(board.ctx, board.columns, None, first=20)

    assert seen.commands > 1  # what came for the first was more than the driver takes
    assert [card["_id"] for card in made[0].nodes] == ids
    assert all(card["description"] == long for card in made[0].nodes)


async def test_a_board_with_a_long_column_of_which_little_is_shown_reads_that_page_alone(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    board = await imported(owner, workspace, 200)
    ids = await board.lane(0)
    await cards_of_column(board.ctx, board.columns, None)

    with traffic() as seen:
        long, short = await cards_of_column(board.ctx, board.columns, None, first=5)

    assert seen.read <= 5 + 1 + 3  # the long lane, and the blocks that the five are in
    assert [card["_id"] for card in long.nodes] == ids[:5]
    assert (long.has_next, short.has_next) == (True, False)


@pytest.mark.parametrize("size", [20, 80])
async def test_a_page_of_a_long_column_is_one_query_however_many_cards_it_shows(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(lane_page, "LISTED", 5)
    board = await imported(owner, workspace, 200)
    ids = await board.lane(0)
    first = await page_of(board)
    cursor = first.cursor(first.nodes[-1])
    await cards_of_column(board.ctx, board.columns[:1], None, first=size, after=cursor)

    with traffic() as seen:
        [page] = await cards_of_column(board.ctx, board.columns[:1], None, first=size, after=cursor)

    assert seen.commands == 2  # its lane with the blocks, and its cards
    assert [card["_id"] for card in page.nodes] == ids[10 : 10 + size]


async def test_a_board_leaves_out_what_was_deleted_and_cuts_its_pages(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    board = await imported(owner, workspace, 8)
    ids = await board.lane(0)
    await cards_of_column(board.ctx, board.columns, None)

    cut, _ = await cards_of_column(board.ctx, board.columns, None, first=3)
    with hiding(Gone({ids[0]})):
        left, _ = await cards_of_column(board.ctx, board.columns, None, first=20)

    assert ([card["_id"] for card in cut.nodes], cut.has_next) == (ids[:3], True)
    assert [card["_id"] for card in left.nodes] == ids[1:]


async def test_a_column_that_has_grown_in_another_process_is_read_all_the_same(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await imported(owner, workspace, 60)
    ids = await board.lane(0)
    monkeypatch.setattr(lane_page, "is_short", lambda _: True)

    page = await page_of(board)

    assert [card["_id"] for card in page.nodes] == ids[:10]
    assert [card["order"] for card in page.nodes] == [*range(10)]
    assert await totals([page]) == [len(ids)]


async def test_a_page_reads_no_card_that_it_does_not_show(owner: Context, workspace: Any) -> None:
    board = await imported(owner, workspace, 100)
    for card_id in (await board.lane(0))[1:40]:
        await archive_card(board.ctx, card_id)

    with traffic() as seen:
        [page] = await cards_of_column(board.ctx, board.columns[:1], None, first=5)

    assert len(page.nodes) == 5
    assert seen.read <= 5 + 1 + 2  # the lane, and the blocks that the five are in


async def test_a_cursor_of_another_kind_of_rank_is_as_good_as_none_of_this_list(board: Board) -> None:
    card = await board.card(0)
    [page] = await cards_of_column(board.ctx, board.columns[:1], None)
    made_up = page.cursor({**card, "rank": None})

    [after] = await cards_of_column(board.ctx, board.columns[:1], None, after=made_up)

    assert after.has_previous


async def test_a_page_whose_cards_all_went_elsewhere_meanwhile_shows_what_is_there_now(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await imported(owner, workspace, 60)
    old = await read_lanes([LaneKey(board.columns[0]["_id"])], lambda lane: range(len(lane.blocks)))
    for card_id in (await board.lane(0))[:3]:
        await archive_card(board.ctx, card_id)

    async def stale(*_: Any) -> dict[ObjectId, Blocks]:
        return old

    monkeypatch.setattr(lane_page, "read_lanes", stale)
    [page] = await cards_of_column(board.ctx, board.columns[:1], None, first=3)

    assert [card["_id"] for card in page.nodes] == (await board.lane(0))[:3]
