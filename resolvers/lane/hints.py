"""What this process last saw of lanes, so that a lane and the blocks that matter are read at once, and a short one not.

Hints only: what a lane says when it is read is what counts, and a wrong hint costs a query.
"""

from collections import OrderedDict
from dataclasses import replace

from bson import ObjectId

from resolvers.lane.blocks import Blocks

KEPT = 50_000
"""Heads of blocks, of all lanes together: about 25 MB. The lanes that were read the longest ago are forgotten first."""


class LaneHints:
    """Lanes without entries, by id."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lanes: OrderedDict[ObjectId, Blocks] = OrderedDict()
        self._kept = kept
        self._heads = 0

    def get(self, lane_id: ObjectId) -> Blocks | None:
        """A lane as it was seen last; None for one that was not."""
        return self._lanes.get(lane_id)

    def is_short(self, lane_id: ObjectId) -> bool:
        """Whether a lane was seen last with one block at most."""
        known = self._lanes.get(lane_id)
        return known is not None and len(known.blocks) < 2

    def see(self, lane: Blocks) -> None:
        """Remember the heads of a lane as they are."""
        lane_id: ObjectId = lane.inside["_id"]
        if (known := self._lanes.get(lane_id)) is not None and known.heads == lane.heads:
            self._lanes.move_to_end(lane_id)
            return
        if (old := self._lanes.pop(lane_id, None)) is not None:
            self._heads -= _weight(old)
        heads = [replace(block, entries=None, dirty=False) for block in lane.blocks]
        self._lanes[lane_id] = seen = Blocks({"_id": lane_id}, heads)
        self._heads += _weight(seen)
        while self._heads > self._kept:
            _, oldest = self._lanes.popitem(last=False)
            self._heads -= _weight(oldest)


def _weight(lane: Blocks) -> int:
    return max(len(lane.blocks), 1)


HINTS = LaneHints()
