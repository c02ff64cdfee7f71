"""Missions that waited for a model, once there is one."""

import asyncio
from dataclasses import replace
from typing import Any

from gateway.database import Database
from gateway.mission_leases import MissionLeases
from models import Mission, MissionRun
from models.base import collection
from models.language_model import LanguageModel, LanguageModels
from models.records import WorkspaceRecord
from resolvers.column.column import update_column
from resolvers.inputs.column import ColumnUpdate
from resolvers.kit.context import Context
from resolvers.mission.served import begin_served
from tests.conftest import empty
from tests.patience import PATIENCE
from tests.resolvers.missions import mission_events, stored
from tests.resolvers.projects import make_board
from tests.resolvers.test_indexes import check, recorded

MODELS = LanguageModels({"m": LanguageModel("m", "openai", "m")}, "m")


async def test_a_run_that_waits_for_a_model_begins_once_there_is_one(
    owner: Context, workspace: WorkspaceRecord, database: Database
) -> None:
    # Given runs that were begun while no model was configured
    await empty(database, Mission)
    await empty(database, MissionRun)
    board = await make_board(owner, workspace, 2)
    await update_column(board.ctx, board.column_id(1) or "", ColumnUpdate.of(kind="active", prompt="Go"))
    for _ in range(3):
        await board.card(1)
    first, second, claimed = await collection(Mission).find().sort("_id", 1).to_list()
    await collection(Mission).update_one({"_id": claimed["_id"]}, {"$set": {"status": "running", "waiting_for": None}})
    assert {mission["waiting_for"] for mission in (first, second)} == {"credential"}
    assert await begin_served(owner.services) is None
    assert await runs() == []

    # When there is one, whoever looks, and however often
    services = replace(owner.services, models=MODELS)
    looks = MissionLeases(services, lambda *_: None)
    await looks.start()
    async with asyncio.timeout(PATIENCE):
        while len(await runs()) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await looks.stop()
    with recorded() as queries:
        for after in (None, claimed["_id"]):
            assert await begin_served(services, after) is None
    await check(database, queries)

    # Then the runtime has each that waits, once, and it is told that it waits no more
    assert await runs() == [first["_id"], second["_id"]]
    assert (await stored(first))["waiting_for"] is None
    last = (await mission_events(first))[-1]
    assert (last["type"], last["data"]["mission"]["waiting_for"]) == ("MissionProgressed", None)


async def runs() -> list[Any]:
    return [run["_id"] for run in await collection(MissionRun).find().sort("_id", 1).to_list()]
