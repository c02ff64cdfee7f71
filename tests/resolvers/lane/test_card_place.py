import asyncio
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models import Card
from models.base import collection
from models.errors import BadUserInput
from models.rank import MAX_LENGTH
from resolvers.card.card import delete_card, list_cards
from resolvers.card.update import archive_card
from resolvers.kit.context import Context
from resolvers.lane import blocks as lane_blocks
from resolvers.lane import keep as lane_keep
from resolvers.lane.card_place import places_of
from tests.resolvers.kept import check_lanes, forget_lanes, ledger_of
from tests.resolvers.projects import Board, make_board
from tests.stubs import stub

LANES: list[int | None] = [0, 1, None]


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace)


class Model:
    """The same board as plain Python lists: every lane's cards, archived ones among them."""

    def __init__(self) -> None:
        self.lanes: dict[int | None, list[ObjectId]] = {lane: [] for lane in LANES}
        self.archived: set[ObjectId] = set()

    def cards(self) -> list[ObjectId]:
        return [card for lane in self.lanes.values() for card in lane]

    def lane_with(self, card: ObjectId) -> int | None:
        return next(lane for lane, cards in self.lanes.items() if card in cards)

    def visible(self, lane: int | None) -> list[ObjectId]:
        return [card for card in self.lanes[lane] if card not in self.archived]

    def drop(self, card: ObjectId) -> None:
        self.lanes[self.lane_with(card)].remove(card)
        self.archived.discard(card)

    def insert(self, card: ObjectId, lane: int | None, after: ObjectId | None, before: ObjectId | None) -> None:
        """Right after or before another card; without either at the end. One that stands there already stays."""
        if self.lane_with(card) == lane and self._stands(card, lane, after, before):
            return
        self.lanes[self.lane_with(card)].remove(card)
        cards = self.lanes[lane]
        place = cards.index(after) + 1 if after else cards.index(before) if before else len(cards)
        cards.insert(place, card)

    def _stands(self, card: ObjectId, lane: int | None, after: ObjectId | None, before: ObjectId | None) -> bool:
        kept = {card, after, before}
        cards = [one for one in self.lanes[lane] if one in kept or one not in self.archived]
        place = cards.index(card)
        if after:
            return place > 0 and cards[place - 1] == after
        if before:
            return place + 1 < len(cards) and cards[place + 1] == before
        return place == len(cards) - 1

    def move_to(self, card: ObjectId, lane: int | None, order: int) -> None:
        others = [one for one in self.visible(lane) if one != card]
        if order == 0:
            if not self._at_head(card, lane):
                self.lanes[self.lane_with(card)].remove(card)
                self.lanes[lane].insert(0, card)
        else:
            self.insert(card, lane, others[order - 1] if order <= len(others) else None, None)

    def _at_head(self, card: ObjectId, lane: int | None) -> bool:
        seen = [one for one in self.lanes[lane] if one == card or one not in self.archived]
        return seen[:1] == [card]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "move", "move", "move", "after", "before", "end", "archive", "back", "delete"]),
        st.integers(0, 50),
        st.integers(0, 50),
        st.sampled_from(LANES),
        st.integers(0, 6),
    ),
    min_size=5,
    max_size=25,
)


# Without shrinking: every example costs a second, and a failing sequence is short enough to read.
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(steps=STEPS)
async def test_any_sequence_of_changes_leaves_every_lane_in_the_order_of_a_plain_list(
    steps: list[tuple[str, int, int, int | None, int]],
    owner: Context,
    workspace: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given lanes of several blocks
    monkeypatch.setattr(lane_blocks, "BLOCK", 4)
    monkeypatch.setattr(lane_keep, "_anew", _never)
    board, model = await make_board(owner, workspace, columns=2), Model()
    for start in (0, 0, 0, 0, 0, 0, 0, 1):
        model.lanes[start].append((await board.card(start))["_id"])

    # when
    for step in steps:
        await _both(board, model, *step)

        # then
        for lane in LANES:
            assert await board.lane(lane, archived=True) == model.lanes[lane], step
        await check_lanes(board.project["_id"])
    cards = await list_cards(board.ctx, board.project["_id"])
    assert {card["_id"]: card["order"] for card in cards if not card["archived"]} == {
        card: place for lane in LANES for place, card in enumerate(model.visible(lane))
    }
    bare = [{key: card[key] for key in ("column_id", "project_id", "rank")} for card in cards]
    assert await places_of(stub(bare)) == [card["order"] for card in cards]
    lanes_and_ranks = [(card["column_id"], card["rank"]) for card in cards]
    assert len(set(lanes_and_ranks)) == len(lanes_and_ranks)


async def _never(*_: Any) -> None:
    raise AssertionError("a lane did not know its cards")


async def _both(board: Board, model: Model, what: str, one: int, two: int, lane: int | None, order: int) -> None:
    """Take one step on the board and in the model."""
    cards = model.cards()
    if what == "create" or not cards:
        model.lanes[lane].append((await board.card(lane))["_id"])
        return
    card = cards[one % len(cards)]
    record, column = {"_id": card}, {"columnId": board.column_id(lane)}
    neighbours = [other for other in model.lanes[lane] if other != card]
    if what == "move":
        await board.move(stub(record), **column, order=order)
        model.move_to(card, lane, order)
    elif what in ("after", "before") and neighbours:
        neighbour = neighbours[two % len(neighbours)]
        await board.move(stub(record), **column, **{f"{what}CardId": neighbour})
        model.insert(card, lane, **{"after": None, "before": None, what: neighbour})
    elif what == "end":
        await board.update(stub(record), **column)
        if model.lane_with(card) != lane:
            model.insert(card, lane, None, None)
    elif what in ("archive", "back"):
        await archive_card(board.ctx, card, what == "archive")
        (model.archived.add if what == "archive" else model.archived.discard)(card)
    elif what == "delete":
        await delete_card(board.ctx, card)
        model.drop(card)


@pytest.mark.parametrize("where", [{"order": 0}, {"order": 25}, {"order": 10_000}, {"columnId": 1, "order": 0}])
async def test_moving_writes_the_card_alone(where: dict[str, Any], board: Board) -> None:
    # given
    cards = [await board.card() for _ in range(50)]
    if "columnId" in where:
        where = where | {"columnId": board.column_id(1)}
    before = {card["_id"]: card for card in await collection(Card).find({}).to_list()}

    # when
    await board.move(cards[40], **where)

    # then
    after = {card["_id"]: card for card in await collection(Card).find({}).to_list()}
    assert [one for one in after if after[one] != before[one]] == [cards[40]["_id"]]


@pytest.mark.parametrize(
    "where",
    [{"order": 1}, {"afterCardId": 0}, {"beforeCardId": 2}, {}, {"columnId": 0}],
    ids=["order", "after", "before", "nothing", "column"],
)
async def test_a_move_to_where_the_card_stands_changes_nothing(where: dict[str, Any], board: Board) -> None:
    cards = [await board.card() for _ in range(3)]
    ids = [card["_id"] for card in cards]
    named = {key: board.column_id(0) if key == "columnId" else ids[at] for key, at in where.items() if key != "order"}
    seq = await board.seq()

    moved = await board.move(cards[1], **({"order": 1} if "order" in where else {}), **named)

    assert await board.types_since(seq) == []
    assert moved["version"] == 1
    assert await board.lane(0) == ids


async def test_past_the_end_is_the_end_and_a_last_card_stays_there(board: Board) -> None:
    cards = [await board.card() for _ in range(3)]
    await board.move(cards[0], order=1_000_000)
    seq = await board.seq()

    await board.move(cards[0], order=7)

    assert await board.lane(0) == [cards[1]["_id"], cards[2]["_id"], cards[0]["_id"]]
    assert await board.types_since(seq) == []


async def test_an_archived_card_comes_back_where_it_was(board: Board) -> None:
    cards = [await board.card() for _ in range(4)]
    await archive_card(board.ctx, cards[1]["_id"])
    for _ in range(3):
        await board.move(cards[3], order=1)
        await board.move(cards[2], order=1)

    await archive_card(board.ctx, cards[1]["_id"], False)

    assert len(set(await _ranks(board))) == 4
    assert await board.lane(0) == [card["_id"] for card in (cards[0], cards[2], cards[3], cards[1])]


async def test_thirty_cards_moved_into_one_place_at_once_stand_there_without_a_collision(board: Board) -> None:
    first, last = await board.card(), await board.card()
    moving = [await board.card(1) for _ in range(30)]

    await asyncio.gather(*(board.move(card, columnId=board.column_id(0), order=1) for card in moving))

    lane = await board.lane(0)
    assert (lane[0], lane[-1]) == (first["_id"], last["_id"])
    assert set(lane[1:-1]) == {card["_id"] for card in moving}
    assert len(set(await _ranks(board))) == 32


async def _ranks(board: Board) -> list[str]:
    return [card["rank"] for card in await collection(Card).find({"column_id": board.column_id(0)}).to_list()]


async def test_ranks_stay_short_when_every_card_goes_to_the_head(board: Board) -> None:
    cards = [await board.card() for _ in range(3)]

    for step in range(70):
        await board.move(cards[(-step) % 3], order=0)

    assert max(map(len, await _ranks(board))) <= 4


async def test_a_gap_that_is_full_is_spread_anew_without_changing_the_order(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two neighbours so close that a rank between them would be too long
    cards = [await board.card() for _ in range(5)]
    tight = ["a0" + "0" * MAX_LENGTH + "1", "a0" + "0" * MAX_LENGTH + "2"]
    for card, rank in zip(cards[:2], tight, strict=True):
        await collection(Card).update_one({"_id": card["_id"]}, {"$set": {"rank": rank}})
    await forget_lanes(board.project["_id"])
    seq = await board.seq()
    ledger, before = ledger_of(monkeypatch), await collection(Card).find({}).to_list()

    # when
    await board.move(cards[4], order=1)

    # then
    await ledger.check(before)
    assert await board.lane(0) == [cards[n]["_id"] for n in (0, 4, 1, 2, 3)]
    assert max(map(len, await _ranks(board))) < 10
    assert await board.types_since(seq) == ["CardsRanked", "CardMoved"]


@pytest.mark.parametrize("side", ["afterCardId", "beforeCardId"])
async def test_a_neighbour_must_be_another_card_of_the_column(side: str, board: Board) -> None:
    card, elsewhere = await board.card(0), await board.card(1)

    for neighbour in (card, elsewhere):
        with pytest.raises(BadUserInput, match=f"^{side}: is not another card of the column"):
            await board.move(card, **{side: neighbour["_id"]})


async def test_only_one_way_to_name_a_place_is_taken(board: Board) -> None:
    card, other = await board.card(), await board.card()

    with pytest.raises(BadUserInput, match=r"^order: give one of"):
        await board.move(card, order=0, afterCardId=other["_id"])
