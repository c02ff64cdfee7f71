"""Gives reports of an earlier version the card that their mission is about."""

from collections.abc import Sequence

from pymongo import UpdateOne

from models import Mission, MissionActivity
from models.base import collection
from models.ids import portions
from models.records import MissionActivityRecord
from resolvers.kit.load import by_ids
from resolvers.kit.migration_step import MigrationStep, Work, over_all


async def _run(work: Work) -> None:
    await over_all(MissionActivity, work, _give, ["mission_id", "card_id"])


async def _give(reports: Sequence[MissionActivityRecord]) -> None:
    without = [report for report in reports if "card_id" not in report]
    missions = await by_ids(Mission, (report["mission_id"] for report in without), frozenset({"card_id"}))
    cards = {
        report["_id"]: None if (mission := missions.get(report["mission_id"])) is None else mission["card_id"]
        for report in without
    }
    for ids in portions(report["_id"] for report in without):
        updates = [UpdateOne({"_id": object_id}, {"$set": {"card_id": cards[object_id]}}) for object_id in ids]
        await collection(MissionActivity).bulk_write(updates, ordered=False)


MESSAGES_STEP = MigrationStep("mission-activities-cards", "Which cards reports are about", _run)
