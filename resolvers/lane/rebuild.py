"""Stores the lanes of cards that an earlier version wrote, each in a transaction of its own."""

from collections.abc import Sequence
from functools import partial

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import Column, Lane, Project
from models.base import AnyRecord, collection
from models.ids import portions
from resolvers.kit.migration_step import MigrationStep, Work, over_all
from resolvers.lane.blocks import LaneKey
from resolvers.lane.store import of_cards, save


async def _columns(work: Work) -> None:
    await over_all(Column, work, partial(_store, is_rest=False), ["_id"])


async def _projects(work: Work) -> None:
    await over_all(Project, work, partial(_store, is_rest=True), ["_id"])


LANE_STEPS = (
    MigrationStep("lanes-of-columns", "Lanes of columns", _columns),
    MigrationStep("lanes-of-projects", "Lanes of projects", _projects),
)


async def _store(parents: Sequence[AnyRecord], *, is_rest: bool) -> None:
    known: set[ObjectId] = set()
    for ids in portions(record["_id"] for record in parents):
        known |= {lane["_id"] for lane in await collection(Lane).find({"_id": {"$in": ids}}, {"_id": 1}).to_list()}
    for parent in parents:
        if parent["_id"] not in known:
            await rebuild_lane(LaneKey(parent["_id"], is_rest))


async def rebuild_lane(key: LaneKey) -> None:
    """Store a lane that is not stored and has cards."""

    async def body(session: AsyncClientSession) -> None:
        if await collection(Lane).find_one({"_id": key.id}, {"_id": 1}, session=session) is None:
            lane = (await of_cards([key], session))[key.id]
            if lane.blocks:
                await save([lane], session)

    async with collection(Lane).database.client.start_session() as session:
        await session.with_transaction(body)
