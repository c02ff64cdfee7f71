"""What becomes of lanes that are not stored, that change while they are read, and in two processes at once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models import Card, Lane
from models.base import collection
from models.rank import MAX_LENGTH
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.card.card import delete_card
from resolvers.card.update import archive_card
from resolvers.column.column import card_count_of, delete_column
from resolvers.kit.context import Context, Services
from resolvers.lane import blocks as lane_blocks
from resolvers.lane import store as lane_store
from resolvers.lane.blocks import Blocks, LaneKey
from resolvers.lane.hints import LaneHints
from resolvers.lane.rebuild import LANE_STEPS, rebuild_lane
from resolvers.project.project import delete_project
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.kept import check_lanes, forget_lanes
from tests.resolvers.lanes import BLOCK, imported, orders, page_of
from tests.resolvers.projects import Board
from tests.resolvers.traffic import Traffic, traffic
from tests.stubs import stub


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_blocks, "BLOCK", BLOCK)


async def test_a_lane_and_blocks_of_different_moments_are_read_again(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
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

    assert await orders(board, [ids[10]]) == [8]
    assert changes == []


async def test_what_a_process_remembers_of_a_lane_saves_a_query_and_decides_nothing(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await imported(owner, workspace, 60)
    ids, lane_id = await board.lane(0), board.columns[0]["_id"]
    monkeypatch.setattr(lane_store, "HINTS", hints := LaneHints())
    reads: list[Traffic] = []

    async def look() -> None:
        with traffic() as seen:
            assert await orders(board, [ids[30]]) == [30]
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
    assert not hints.is_short(lanes[1].inside["_id"])
    hints.see(lanes[1])
    assert hints.is_short(lanes[1].inside["_id"])
    assert not hints.is_short(lanes[0].inside["_id"])


async def test_a_lane_that_never_stands_still_is_counted_from_its_cards(
    owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await imported(owner, workspace, 60)
    ids = await board.lane(0)
    await collection(Lane).delete_many({"lane_id": board.column_id(0)})

    assert await orders(board, [ids[0], ids[30], ids[-1]]) == [0, 30, len(ids) - 1]


async def test_lanes_that_are_not_stored_answer_the_same_and_are_stored_by_the_next_change(
    owner: Context, workspace: Any
) -> None:
    board = await imported(owner, workspace, 60)
    ids = await board.lane(0)
    await forget_lanes(board.project["_id"])

    assert await orders(board, [ids[8], ids[40]]) == [8, 40]
    assert await card_count_of(board.ctx, board.columns, None) == [len(ids), 1]
    assert [card["_id"] for card in (await page_of(board)).nodes] == ids[:10]
    assert await collection(Lane).find_one({"project_id": board.project["_id"]}) is None

    moved = await board.move(stub({"_id": ids[8]}), order=2)
    assert moved["order"] == 2
    await board.move(stub({"_id": ids[9]}), columnId=board.column_id(1))
    await check_lanes(board.project["_id"])


async def test_a_lane_that_does_not_know_its_cards_is_made_anew(
    owner: Context, workspace: Any, caplog: pytest.LogCaptureFixture
) -> None:
    board = await imported(owner, workspace, 60)
    ids = await board.lane(0)
    lost = {"$set": {"rank": "a0ZZZ"}}
    await collection(Card).update_one({"_id": ids[5]}, lost)

    await delete_card(board.ctx, ids[5])

    await check_lanes(board.project["_id"])
    assert [record.name for record in caplog.records if record.name == "orrery.lanes"] == ["orrery.lanes"]


@pytest.mark.parametrize("tight", [2, 25])
async def test_a_full_gap_is_spread_over_the_blocks_around_it_alone(tight: int, owner: Context, workspace: Any) -> None:
    # given neighbours with hardly any room between them, in one block or in several
    board = await imported(owner, workspace, 100)
    ids, start = await board.lane(0, archived=True), 43
    first = (await board.stored(stub({"_id": ids[start]})))["rank"]
    for n in range(tight):
        rank = {"$set": {"rank": f"{first}{'0' * MAX_LENGTH}{n + 11}"}}
        await collection(Card).update_one({"_id": ids[start + n]}, rank)
    await collection(Lane).delete_many({"column_id": board.column_id(0)})
    before = {card["_id"]: card["rank"] for card in await collection(Card).find({}).to_list()}
    seq = await board.seq()

    # when
    await board.move(stub({"_id": ids[-1]}), afterCardId=ids[start])

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
    owner: Context, workspace: Any, services: Services, database: Database
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
        *(one.move(stub({"_id": card}), order=2) for one, card in zip(boards * 4, ids[5:13], strict=True)),
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


async def test_the_migration_stores_every_lane_that_has_cards(owner: Context, workspace: Any) -> None:
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
    what: str, owner: Context, workspace: Any, services: Services
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
