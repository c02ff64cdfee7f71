"""Short ranks for neighbours whose own have grown long: once in hundreds of moves into one gap."""

from bson import ObjectId
from pymongo import UpdateOne

from models import Card
from models.base import collection, update_all
from models.card import KEPT_FIELDS
from models.ids import portions
from models.rank import MAX_LENGTH, ranks_within
from models.records import CardRecord
from realtime.events import IDS_PER_EVENT
from realtime.events.card import CardsRanked
from realtime.log import Change
from resolvers.lane.blocks import before_rank, behind_rank, id_in, rank_in
from resolvers.lane.card_kept import keep
from resolvers.lane.walk import LaneWalk


async def spread(walk: LaneWalk, rank: str, moving: CardRecord) -> None:
    """Give the others around a rank new ranks in the same order, and tell of them.

    As many blocks as it takes: one is mostly enough, as what stands around it has short ranks.
    """
    ids, ranks = await _plan(walk, rank)
    await _store(walk.change, dict(zip(ids, ranks, strict=True)))
    for start in range(0, len(ids), IDS_PER_EVENT):
        part = slice(start, start + IDS_PER_EVENT)
        event = CardsRanked(ids=ids[part], ranks=ranks[part], project_id=moving["project_id"])
        walk.change.append(moving["workspace_id"], event)


async def _plan(walk: LaneWalk, rank: str) -> tuple[list[ObjectId], list[str]]:
    """Whose ranks change, and to which."""
    count = len(walk.lane.blocks)
    middle, reach = walk.lane.at(rank), 0
    while True:
        places = range(max(middle - reach, 0), min(middle + reach + 1, count))
        await walk.load(places)
        entries = list(walk.others(places))
        before = await walk.last_before(before_rank(rank_in(entries[0]))) if entries else None
        after = await walk.next_from(behind_rank(rank_in(entries[-1]))) if entries else None
        low, high = (None if neighbour is None else rank_in(neighbour) for neighbour in (before, after))
        ranks = ranks_within(low, high, len(entries))
        if len(places) == count or (entries and max(map(len, ranks)) < MAX_LENGTH // 2):
            return [id_in(entry) for entry in entries], ranks
        reach = reach * 2 + 1


async def _store(change: Change, ranks: dict[ObjectId, str]) -> None:
    wanted = dict.fromkeys(KEPT_FIELDS, 1)
    cards: list[CardRecord] = []
    for ids in portions(ranks):
        cards += await collection(Card).find({"_id": {"$in": ids}}, wanted, session=change.session).to_list()
    updates = [UpdateOne({"_id": card["_id"]}, {"$set": {"rank": ranks[card["_id"]]}}) for card in cards]
    await update_all(Card, updates, change)
    await keep(change, [(card, {**card, "rank": ranks[card["_id"]]}) for card in cards])
