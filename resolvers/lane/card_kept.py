"""The one place that every change of cards passes: what other documents hold of cards is brought up to date here."""

from collections.abc import Awaitable, Callable, Sequence

from models.card import KEPT_FIELDS, CardPair
from models.records import CardRecord
from realtime.log import Change
from resolvers.lane.card_facts_keep import keep_facts
from resolvers.lane.changelog import keep_changelog
from resolvers.lane.keep import keep_lanes

Keeper = Callable[[Change, Sequence[CardPair]], Awaitable[None]]

KEEPERS: tuple[Keeper, ...] = (keep_lanes, keep_facts, keep_changelog)
"""Who keeps something of cards. Each is given the cards that differ, and works in the transaction of the change."""


async def keep(change: Change, pairs: Sequence[CardPair]) -> None:
    """Tell of cards that are made, changed or deleted in `change`, each by its record before and after.

    Whatever writes cards calls this in its transaction, once they are written. The records hold KEPT_FIELDS at least;
    a card is in one pair of a call. Only what goes as a whole with its project or workspace is not told: what is kept
    of it goes with that.
    """
    differing = [(before, after) for before, after in pairs if _kept(before) != _kept(after)]
    if differing:
        for keeper in KEEPERS:
            await keeper(change, differing)


def _kept(card: CardRecord | None) -> list[object] | None:
    # Cards that were written before moments were kept lack those.
    return None if card is None else [card.get(field) for field in KEPT_FIELDS]
