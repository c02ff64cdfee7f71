"""Keeps lanes with every change of cards: the lane and the blocks that a card leaves and comes to are written, once for
all changes of a transaction."""

import logging
from collections.abc import Sequence

from models.base import Record
from models.card import CardPair
from realtime.log import Change
from resolvers.lane.blocks import Blocks, LaneKey, entry_of, key_of
from resolvers.lane.store import inside_of, lanes_in, load_blocks, of_cards, save_known

log = logging.getLogger("orrery.lanes")


class _Moves:
    """What leaves a lane, and what comes to it."""

    def __init__(self, inside: Record) -> None:
        self.inside = inside
        self.leaving: list[str] = []
        self.coming: list[str] = []

    @property
    def entries(self) -> list[str]:
        return [*self.leaving, *self.coming]


async def keep_lanes(change: Change, pairs: Sequence[CardPair]) -> None:
    """Bring the lanes of cards up to date that are written already."""
    moves = _moves(pairs)
    if not moves:
        return
    entries = {key.id: moved.entries for key, moved in moves.items()}
    lanes = await lanes_in(change, moves.keys(), lambda lane: lane.places(entries[lane.inside["_id"]]))
    for key, moved in moves.items():
        lanes[key.id].inside |= moved.inside
    for key, moved in moves.items():
        if not _apply(lanes[key.id], moved):
            log.warning("the lane %s did not know its cards and was made anew", key.id)
            lanes[key.id] = change.together.lanes[key.id] = await _anew(change, key, lanes[key.id])
    await load_blocks([(lane, {place for _, place in lane.too_few()}) for lane in lanes.values()], change.session)
    for lane in lanes.values():
        lane.settle()
    change.write_last(save_known, *lanes)


def _moves(pairs: Sequence[CardPair]) -> dict[LaneKey, _Moves]:
    moves: dict[LaneKey, _Moves] = {}
    for before, after in pairs:
        left = None if before is None else (key_of(before), entry_of(before))
        came = None if after is None else (key_of(after), entry_of(after))
        if left == came:
            continue
        if before is not None and left is not None:
            moves.setdefault(left[0], _Moves(inside_of(before))).leaving.append(left[1])
        if after is not None and came is not None:
            moves.setdefault(came[0], _Moves(inside_of(after))).coming.append(came[1])
    return moves


def _apply(lane: Blocks, moved: _Moves) -> bool:
    """Whether all that leaves the lane was in it, as far as it was not made of the cards as they are now."""
    known = [lane.remove(entry) for entry in moved.leaving]
    for entry in moved.coming:
        lane.add(entry)
    return lane.fresh or all(known)


async def _anew(change: Change, key: LaneKey, wrong: Blocks) -> Blocks:
    lane = (await of_cards([key], change.session))[key.id]
    lane.inside = wrong.inside
    lane.gone = wrong.gone + [block.id for block in wrong.blocks if block.id is not None]
    return lane
