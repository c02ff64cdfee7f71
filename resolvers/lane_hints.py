"""What this process last saw of the blocks of long lanes, so that a lane and the blocks that matter are read at once.

Hints only: what a lane says when it is read is what counts, and a wrong hint costs one more query.
"""

from collections import OrderedDict
from dataclasses import replace

from bson import ObjectId

from resolvers.lane_blocks import Blocks

KEPT = 50_000
"""Heads of blocks, of all lanes together: about 15 MB. The lanes that were read the longest ago are forgotten first."""


class LaneHints:
    """Lanes without entries, by id."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lanes: OrderedDict[ObjectId, Blocks] = OrderedDict()
        self._kept = kept
        self._heads = 0

    def get(self, lane_id: ObjectId) -> Blocks | None:
        """A lane as it was seen last; None for one that was not, or was short."""
        return self._lanes.get(lane_id)

    def see(self, lane: Blocks) -> None:
        """Remember the heads of a stored lane as they are."""
        lane_id: ObjectId = lane.inside["_id"]
        if (known := self._lanes.get(lane_id)) is not None and known.heads == lane.heads:
            self._lanes.move_to_end(lane_id)
            return
        if (old := self._lanes.pop(lane_id, None)) is not None:
            self._heads -= len(old.blocks)
        if len(lane.blocks) > 1:
            self._lanes[lane_id] = Blocks(lane.inside, [replace(one, entries=None, dirty=False) for one in lane.blocks])
            self._heads += len(lane.blocks)
        while self._heads > self._kept:
            _, oldest = self._lanes.popitem(last=False)
            self._heads -= len(oldest.blocks)


HINTS = LaneHints()
