"""A lane in memory against a plain sorted list, with blocks so small that they split and join all the time."""

import random

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rank import ranks_after
from resolvers.lane import blocks as lane_blocks
from resolvers.lane.blocks import Blocks, before_rank, behind_rank, id_in, is_open, rank_in

RANKS = ranks_after(None, 200)
SIZE = 5


class Shadow:
    """A lane in blocks, whose blocks are stored and forgotten after each step, beside the list of its entries."""

    def __init__(self) -> None:
        self.lane = Blocks({"_id": ObjectId()})
        self.stored: dict[ObjectId, list[str]] = {}
        self.entries: list[str] = []

    def load(self, entry: str) -> None:
        """What the store does before a change: the one block that an entry belongs in."""
        if self.lane.blocks:
            block = self.lane.blocks[self.lane.at(entry)]
            if block.entries is None and block.id is not None:
                assert block.matches(self.stored[block.id])
                block.entries = list(self.stored[block.id])

    def load_all(self) -> None:
        for block in self.lane.blocks:
            self.load(block.first)

    def store(self) -> int:
        """Write what differs; how many blocks those are."""
        written = 0
        for place in {other for _, other in self.lane.too_few()}:
            self.load(self.lane.blocks[place].first)
        self.lane.settle()
        for one in self.lane.gone:
            del self.stored[one]
        for block in self.lane.blocks:
            written += block.dirty
            if len(self.lane.blocks) == 1:
                block.dirty = False
                continue
            block.id = block.id or ObjectId()
            if block.dirty:
                self.stored[block.id] = list(block.loaded)
            block.entries, block.dirty = None, False
        if len(self.lane.blocks) == 1 and self.lane.blocks[0].id is not None:
            self.load_all()
        written += len(self.lane.gone)
        self.lane.gone = []
        return written


def entry(place: int, *, archived: bool) -> str:
    return f"{RANKS[place]} {place:024x}{' -' if archived else ''}"


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_blocks, "BLOCK", SIZE)


STEPS = st.lists(st.tuples(st.integers(0, len(RANKS) - 1), st.sampled_from(["put", "put", "archive", "drop"])))


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_changes_leave_the_entries_of_a_plain_list_and_heads_that_tell_of_them(
    steps: list[tuple[int, str]],
) -> None:
    shadow = Shadow()
    for place, what in steps:
        _step(shadow, place, what)

        lane = shadow.lane
        assert lane.size == len(shadow.entries)
        assert lane.open == sum(map(is_open, shadow.entries))
        shadow.load_all()
        assert [one for block in lane.blocks for one in block.loaded] == shadow.entries
        assert all(0 < block.size <= SIZE for block in lane.blocks)
        for block in lane.blocks if len(lane.blocks) > 1 else ():
            block.entries = None


def _step(shadow: Shadow, place: int, what: str) -> int:
    old = [one for one in shadow.entries if rank_in(one) == RANKS[place]]
    shadow.load(entry(place, archived=False))
    for one in old:
        assert shadow.lane.remove(one)
        shadow.entries.remove(one)
    if what != "drop":
        new = entry(place, archived=what == "archive")
        shadow.lane.add(new)
        shadow.entries = sorted([*shadow.entries, new])
    else:
        assert not shadow.lane.remove(entry(place, archived=False))
    return shadow.store()


def test_a_change_writes_three_blocks_at_most_and_few_changes_leave_many_blocks() -> None:
    shadow, chance = Shadow(), random.Random(7)

    written = [_step(shadow, chance.randrange(len(RANKS)), chance.choice(["put", "put", "drop"])) for _ in range(2000)]

    assert max(written) <= 3
    assert len(shadow.lane.blocks) <= len(shadow.entries) / SIZE * 4 + 2


def test_entries_that_come_at_the_end_fill_their_blocks() -> None:
    shadow = Shadow()

    for place in range(len(RANKS)):
        _step(shadow, place, "put")

    assert [block.size for block in shadow.lane.blocks] == [SIZE] * (len(RANKS) // SIZE)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kinds=st.lists(st.sampled_from([True, True, False, None]), max_size=40),
    start=st.integers(0, 45),
    count=st.integers(0, 45),
)
def test_places_counts_and_parts_are_those_of_a_plain_list(kinds: list[bool | None], start: int, count: int) -> None:
    entries = [entry(n, archived=not kind) for n, kind in enumerate(kinds) if kind is not None]
    visible = [one for one in entries if is_open(one)]
    lane = Blocks.of({}, reversed(entries))

    assert lane.open_entries(start, count) == visible[start : start + count]
    held = [one for place in lane.holding(start, count) for one in lane.blocks[place].loaded]
    assert set(visible[start : start + count]) <= set(held)
    for rank in RANKS[:45]:
        assert lane.open_before(before_rank(rank)) == sum(rank_in(one) < rank for one in visible)
        assert lane.open_before(behind_rank(rank)) == sum(rank_in(one) <= rank for one in visible)
    for number, one in enumerate(visible):
        place, inside = lane.with_open(number)
        assert [other for other in lane.blocks[place].loaded if is_open(other)][inside] == one
        assert id_in(one) == ObjectId(one.split(" ")[1])
    with pytest.raises(IndexError):
        lane.with_open(len(visible))


def test_a_block_that_was_read_as_another_change_left_it_is_noticed() -> None:
    lane = Blocks.of({}, [entry(n, archived=n == 2) for n in range(4)])
    [block] = lane.blocks

    for other in (
        [],
        [entry(n, archived=False) for n in range(4)],
        [entry(n, archived=n == 2) for n in range(3)],
        [entry(n, archived=n == 3) for n in range(1, 5)],
    ):
        assert not block.matches(other)
    assert block.matches(block.loaded)
