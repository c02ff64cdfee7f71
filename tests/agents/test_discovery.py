"""Discovery engines at work: a model looks, and what it finds becomes cards."""

import pytest

from models import Card, DiscoveryEngine
from models.base import collection
from models.enums import MissionStatus
from models.records import WorkspaceRecord
from resolvers.discovery.engine import create_discovery_engine
from resolvers.discovery.run import run_discovery_engine
from resolvers.inputs.discovery_engine import DiscoveryEngineCreate
from resolvers.kit.context import Context
from tests.agents.lab import desk, results, working
from tests.agents.model_server import Json, Turn
from tests.resolvers.lab import again

pytestmark = pytest.mark.usefixtures("nothing_due")


async def test_what_an_engine_finds_is_a_card_that_nobody_approves_of_first(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given an engine, whose model creates a card, and would change another
    def script(_: Json, before: int) -> Turn:
        found = ("create_card", {"projectId": str(at.project_id), "title": "The home page takes two seconds"})
        other = ("update_card", {"id": str(at.card_id), "title": "Mine"})
        return Turn(calls=(found, other)) if before == 0 else Turn("One thing.")

    async with desk(owner, workspace, script) as at, working(at.owner.services):
        values = DiscoveryEngineCreate.of(workspace_id=workspace["_id"], name="Slow pages", layer="frontend")
        engine = (await create_discovery_engine(again(at.owner), values)).value

        # When it runs
        run = (await run_discovery_engine(again(at.owner), engine["_id"])).value
        ended = await at.ended(run["_id"])

        # Then the card is there and says where it comes from, and the other is as it was
        assert (ended["status"], ended["summary"]) == (MissionStatus.COMPLETED, "One thing.")
        cards = await collection(Card).find({"project_id": at.project_id}).sort("_id", 1).to_list()
        shown = [(card["title"], card["origin_mission_id"]) for card in cards]
        assert shown == [("Polish the lens", None), ("The home page takes two seconds", run["_id"])]
        assert results(at.model.requests[1])[1].startswith("FORBIDDEN")

    # And the engine has counted what it cost, and that it was not in vain
    counted = await collection(DiscoveryEngine).find_one({"_id": engine["_id"]})
    assert counted is not None
    assert (counted["run_count"], counted["wasted_count"], counted["card_count"]) == (1, 0, 1)
    assert counted["cost"] > 0
