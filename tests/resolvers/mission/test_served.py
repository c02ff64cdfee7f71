"""Missions that waited for a model, once there is one."""

import asyncio
from dataclasses import replace
from typing import Any

from gateway.database import Database
from gateway.mission_leases import MissionLeases
from models import Mission, MissionRun
from models.base import collection, utc_now
from models.language_model import LanguageModel, LanguageModels
from models.records import WorkspaceRecord
from resolvers.column.column import update_column
from resolvers.inputs.column import ColumnUpdate
from resolvers.kit.context import Context
from resolvers.mission.lease import LEASE, end_lapsed
from resolvers.mission.served import begin_served
from tests.conftest import empty
from tests.patience import PATIENCE
from tests.resolvers.lab import People
from tests.resolvers.missions import Crew, mission_events, stored
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


async def test_what_an_agent_claimed_of_another_and_left_is_the_other_s_again(
    people: People, owner: Context, workspace: WorkspaceRecord, database: Database
) -> None:
    # Given a run of the boards' agent that another one has claimed
    await empty(database, Mission)
    await empty(database, MissionRun)
    crew = Crew(people, owner, workspace)
    atlas, hera = await crew.hire("atlas"), await crew.hire("hera")
    board = await make_board(owner, workspace, 2)
    await update_column(board.ctx, board.column_id(1) or "", ColumnUpdate.of(kind="active", prompt="Go"))
    await board.card(1)
    [run] = await collection(Mission).find().to_list()

    # When nothing is heard of it
    claimed = await atlas.claim()
    assert claimed is not None
    assert claimed["agent_id"] == atlas.record["_id"]
    await end_lapsed(owner.services, utc_now() + LEASE * 2)

    # Then any agent may claim it, as before
    again = await stored(run)
    assert (again["agent_id"], again["waiting_for"], await runs()) == (run["agent_id"], "credential", [])
    assert await hera.claim() is not None

    # And the runtime has it where there is a model
    await end_lapsed(replace(owner.services, models=MODELS), utc_now() + LEASE * 2)
    again = await stored(run)
    assert (again["agent_id"], again["waiting_for"], await runs()) == (run["agent_id"], None, [run["_id"]])


async def runs() -> list[Any]:
    return [run["_id"] for run in await collection(MissionRun).find().sort("_id", 1).to_list()]
