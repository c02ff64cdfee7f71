"""Has cards of an earlier version name the mission about them that is not finished."""

from collections.abc import Sequence

from models import Card, Mission
from models.base import collection
from models.records import MissionRecord
from resolvers.kit.migration_step import MigrationStep, Work, over_all
from resolvers.state.mission_status import ACTIVE


async def _run(work: Work) -> None:
    await over_all(Mission, work, _give, ["card_id", "status"])


async def _give(missions: Sequence[MissionRecord]) -> None:
    for mission in missions:
        if mission["card_id"] is not None and mission["status"] in ACTIVE:
            # Of several, the first one: it comes first here.
            nameless = {"_id": mission["card_id"], "active_mission_id": None}
            await collection(Card).update_one(nameless, {"$set": {"active_mission_id": mission["_id"]}})


RUNS_STEP = MigrationStep("cards-missions", "Which missions cards have", _run)
