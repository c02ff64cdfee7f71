"""What lanes cost, what becomes of lanes that are not stored, and of changes of two processes at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models import Card, Column, Lane
from models.base import Record, collection
from models.rank import MAX_LENGTH
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers import lane_blocks, lane_page, lane_store
from resolvers.card import delete_card
from resolvers.card_graph import cards_of_column, cards_of_project, cards_of_scope, order_of
from resolvers.card_update import archive_card
from resolvers.column import card_count_of, delete_column
from resolvers.context import Context, Services
from resolvers.inputs.base import read_input
from resolvers.inputs.transfer import ProjectImport
from resolvers.lane_blocks import Blocks, LaneKey
from resolvers.lane_hints import LaneHints
from resolvers.lane_rebuild import LANE_STEPS, rebuild_lane
from resolvers.lane_store import read_lanes
from resolvers.load import totals
from resolvers.page import Page
from resolvers.project import card_count_of as project_card_count_of
from resolvers.project import delete_project
from resolvers.tombstone import Gone, hiding
from resolvers.transfer import import_project
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.delivery import Board, make_board
from tests.resolvers.kept import check_lanes, forget_lanes
from tests.resolvers.lab import again
from tests.resolvers.traffic import Traffic, traffic

BLOCK = 10


@pytest.fixture
async def board(owner: Context, workspace: Record) -> Board:
    return await make_board(owner, workspace)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_blocks, "BLOCK", BLOCK)


async def imported(owner: Context, workspace: Record, count: int) -> Board:
    """A board of one long column, every fifth card of it archived, and of one with a single card."""
    cards = [{"title": f"{n}", "columnIndex": 0, "archived": n % 5 == 4} for n in range(count)]
    whole = {
        "project": {"name": "Long"},
        "columns": [{"name": "Long"}, {"name": "Short"}],
        "cards": [*cards, {"title": "alone", "columnIndex": 1}],
    }
    values = read_input(ProjectImport, whole)
    board = Board(owner, (await import_project(again(owner), workspace["_id"], values)).value)
    found = collection(Column).find({"project_id": board.project["_id"]}).sort("rank", 1)
    board.columns = await found.to_list()
    return board


Step = Callable[[Board, list[ObjectId]], Awaitable[Any]]


async def _page_of(board: Board, cursor: str | None = None) -> Page:
    [page] = await cards_of_column(board.ctx, board.columns[:1], None, first=10, after=cursor)
    return page


async def _total(board: Board) -> None:
    page = Page([], False, False, [], Card, "project_id", board.project["_id"], {"archived": False})
    assert await totals([page]) == await project_card_count_of(board.ctx, [board.project], None)


async def _page_from_the_middle(board: Board, ids: list[ObjectId]) -> None:
    card = await board.stored({"_id": ids[len(ids) // 2]})
    first = await _page_of(board)
    await _page_of(board, first.cursor(card))


STEPS: dict[str, Step] = {
    "create": lambda board, ids: board.card(0),
    "move to the head": lambda board, ids: board.move({"_id": ids[-2]}, order=0),
    "move to the middle": lambda board, ids: board.move({"_id": ids[3]}, order=len(ids) // 2),
    "move behind": lambda board, ids: board.move({"_id": ids[7]}, afterCardId=ids[-5]),
    "move before": lambda board, ids: board.move({"_id": ids[-7]}, beforeCardId=ids[12]),
    "move in and out": lambda board, ids: _there_and_back(board, ids[20]),
    "archive": lambda board, ids: archive_card(board.ctx, ids[len(ids) // 3]),
    "delete": lambda board, ids: delete_card(board.ctx, ids[len(ids) // 3 + 5]),
    "order": lambda board, ids: _orders(board, [ids[1], ids[len(ids) // 2], ids[-1]]),
    "count": lambda board, ids: card_count_of(board.ctx, board.columns, None),
    "count of the project": lambda board, ids: project_card_count_of(board.ctx, [board.project], None),
    "total of the project": lambda board, ids: _total(board),
    "page": lambda board, ids: _page_of(board),
    "page from the middle": _page_from_the_middle,
}


async def _there_and_back(board: Board, card_id: ObjectId) -> None:
    await board.move({"_id": card_id}, columnId=board.column_id(1))
    await board.move({"_id": card_id}, columnId=board.column_id(0), order=2)


async def _orders(board: Board, ids: list[ObjectId]) -> list[int]:
    cards = await collection(Card).find({"_id": {"$in": ids}}).to_list()
    return await order_of(board.ctx, cards, None)


async def test_what_a_lane_is_asked_and_given_costs_the_same_for_50_and_for_400_cards(
    owner: Context, workspace: Record
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


async def test_pages_of_long_and_short_columns_are_those_of_the_sorted_lists(owner: Context, workspace: Record) -> None:
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


async def test_totals_of_projects_and_scopes_are_those_of_their_lanes(owner: Context, workspace: Record) -> None:
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


async def test_a_page_reads_no_card_that_it_does_not_show(owner: Context, workspace: Record) -> None:
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
    owner: Context, workspace: Record, monkeypatch: pytest.MonkeyPatch
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


async def test_a_lane_and_blocks_of_different_moments_are_read_again(
    owner: Context, workspace: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await imported(owner, workspace, 60)
    ids, find = await board.lane(0), lane_store._find
    changes = [ids[7], ids[8]]  # of the block that is asked for

    async def find_and_let_change(*arguments: Any) -> dict[ObjectId, Blocks]:
        found = await find(*arguments)
        if changes and arguments[2] is None:
            await delete_card(board.ctx, changes.pop())
        return found

    monkeypatch.setattr(lane_store, "_find", find_and_let_change)
    monkeypatch.setattr(lane_store, "HINTS", LaneHints(kept=0))

    assert await _orders(board, [ids[10]]) == [8]
    assert changes == []


async def test_what_a_process_remembers_of_a_lane_saves_a_query_and_decides_nothing(
    owner: Context, workspace: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await imported(owner, workspace, 60)
    ids, lane_id = await board.lane(0), board.columns[0]["_id"]
    monkeypatch.setattr(lane_store, "HINTS", hints := LaneHints())
    reads: list[Traffic] = []

    async def look() -> None:
        with traffic() as seen:
            assert await _orders(board, [ids[30]]) == [30]
        reads.append(seen)

    await look()
    await look()
    known = hints.get(lane_id)
    assert known is not None
    monkeypatch.setattr(hints, "get", lambda _: Blocks(known.inside, known.blocks[::-1]))
    await look()

    assert [seen.commands for seen in reads] == [3, 2, 3]  # the card, the lane, and its block


def test_lanes_that_were_seen_the_longest_ago_are_forgotten_first() -> None:
    hints = LaneHints(kept=10)
    lanes = [Blocks.of({"_id": ObjectId()}, [f"a{n} {n:024x}" for n in range(45)]) for _ in range(3)]
    assert [len(lane.blocks) for lane in lanes] == [7, 7, 7]

    for lane in (lanes[0], lanes[1], lanes[1]):
        hints.see(lane)

    assert [hints.get(lane.inside["_id"]) is not None for lane in lanes] == [False, True, False]
    lanes[1].blocks = lanes[1].blocks[:1]
    hints.see(lanes[1])
    assert hints.get(lanes[1].inside["_id"]) is None


async def test_a_lane_that_never_stands_still_is_counted_from_its_cards(
    owner: Context, workspace: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await imported(owner, workspace, 60)
    ids = await board.lane(0)
    await collection(Lane).delete_many({"lane_id": board.column_id(0)})

    assert await _orders(board, [ids[0], ids[30], ids[-1]]) == [0, 30, len(ids) - 1]


async def test_lanes_that_are_not_stored_answer_the_same_and_are_stored_by_the_next_change(
    owner: Context, workspace: Record
) -> None:
    board = await imported(owner, workspace, 60)
    ids = await board.lane(0)
    await forget_lanes(board.project["_id"])

    assert await _orders(board, [ids[8], ids[40]]) == [8, 40]
    assert await card_count_of(board.ctx, board.columns, None) == [len(ids), 1]
    assert [card["_id"] for card in (await _page_of(board)).nodes] == ids[:10]
    assert await collection(Lane).find_one({"project_id": board.project["_id"]}) is None

    moved = await board.move({"_id": ids[8]}, order=2)
    assert moved["order"] == 2
    await board.move({"_id": ids[9]}, columnId=board.column_id(1))
    await check_lanes(board.project["_id"])


async def test_a_lane_that_does_not_know_its_cards_is_made_anew(
    owner: Context, workspace: Record, caplog: pytest.LogCaptureFixture
) -> None:
    board = await imported(owner, workspace, 60)
    ids = await board.lane(0)
    lost = {"$set": {"rank": "a0ZZZ"}}
    await collection(Card).update_one({"_id": ids[5]}, lost)

    await delete_card(board.ctx, ids[5])

    await check_lanes(board.project["_id"])
    assert [record.name for record in caplog.records if record.name == "orrery.lanes"] == ["orrery.lanes"]


@pytest.mark.parametrize("tight", [2, 25])
async def test_a_full_gap_is_spread_over_the_blocks_around_it_alone(
    tight: int, owner: Context, workspace: Record
) -> None:
    # given neighbours with hardly any room between them, in one block or in several
    board = await imported(owner, workspace, 100)
    ids, start = await board.lane(0, archived=True), 43
    first = (await board.stored({"_id": ids[start]}))["rank"]
    for n in range(tight):
        rank = {"$set": {"rank": f"{first}{'0' * MAX_LENGTH}{n + 11}"}}
        await collection(Card).update_one({"_id": ids[start + n]}, rank)
    await collection(Lane).delete_many({"column_id": board.column_id(0)})
    before = {card["_id"]: card["rank"] for card in await collection(Card).find({}).to_list()}
    seq = await board.seq()

    # when
    await board.move({"_id": ids[-1]}, afterCardId=ids[start])

    # then
    assert await board.lane(0, archived=True) == [*ids[: start + 1], ids[-1], *ids[start + 1 : -1]]
    cards = await collection(Card).find({"column_id": board.column_id(0)}).to_list()
    changed = {card["_id"] for card in cards if card["rank"] != before[card["_id"]]} - {ids[-1]}
    assert {ids[start], ids[start + 1]} <= changed
    assert len(changed) <= (1 if tight < BLOCK else 7) * BLOCK
    ranked, _moved = await board.events_since(seq)
    assert set(ranked["data"]["ids"]) == changed
    await check_lanes(board.project["_id"])


async def test_changes_of_two_processes_leave_one_order_without_two_cards_of_one_rank(
    owner: Context, workspace: Record, services: Services, database: Database
) -> None:
    # given two gateways over one database, and a lane that neither has stored
    board = await imported(owner, workspace, 25)
    ids = await board.lane(0)
    await collection(Lane).delete_many({"column_id": board.column_id(0)})
    other = Hub(EventLog(database.client))
    await other.start()
    boards = [board, Board(Context(owner.subject, replace(services, hub=other)), board.project, board.columns)]

    # when both change it at once
    await asyncio.gather(
        *(one.card(0) for one in boards for _ in range(4)),
        *(one.move({"_id": card}, order=2) for one, card in zip(boards * 4, ids[5:13], strict=True)),
        *(archive_card(one.ctx, card) for one, card in zip(boards * 2, ids[:4], strict=True)),
        *(delete_card(one.ctx, card) for one, card in zip(boards, ids[13:15], strict=True)),
    )
    await other.stop()

    # then
    await check_lanes(board.project["_id"])
    cards = await collection(Card).find({"column_id": board.column_id(0)}).to_list()
    assert len({card["rank"] for card in cards}) == len(cards) == 25 + 8 - 2


class Told:
    """What a step of a migration is given."""

    place: Any = None

    def expect(self, total: int) -> None:
        pass

    async def reached(self, place: Any, units: int) -> None:
        self.place = place


async def test_the_migration_stores_every_lane_that_has_cards(owner: Context, workspace: Record) -> None:
    board = await imported(owner, workspace, 35)
    await board.card(None)
    await forget_lanes(board.project["_id"])
    await rebuild_lane(LaneKey(board.columns[1]["_id"]))  # as if a change had been faster

    for step in LANE_STEPS:
        await step.run(Told())

    await check_lanes(board.project["_id"])
    stored = await collection(Lane).find({"project_id": board.project["_id"], "lane_id": None}).to_list()
    assert {lane["_id"] for lane in stored} == {*(one["_id"] for one in board.columns), board.project["_id"]}


@pytest.mark.parametrize("what", ["column", "project"])
async def test_what_goes_as_a_whole_leaves_no_lane(
    what: str, owner: Context, workspace: Record, services: Services
) -> None:
    board = await imported(owner, workspace, 35)
    await board.card(None)

    if what == "column":
        await delete_column(board.ctx, board.columns[0]["_id"])
    else:
        await delete_project(board.ctx, board.project["_id"])
    await finish_deletions(services)

    where = {"project_id": board.project["_id"]} | ({"column_id": board.column_id(0)} if what == "column" else {})
    assert await collection(Lane).find(where).to_list() == []
