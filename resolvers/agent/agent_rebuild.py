"""Gives agents of an earlier version, whose tools held nobody back, all of them."""

from collections.abc import Sequence

from models import Agent
from models.base import collection
from models.records import AgentRecord
from resolvers.kit.groups import EVERYTHING
from resolvers.kit.migration_step import MigrationStep, Work, over_all


async def _run(work: Work) -> None:
    await over_all(Agent, work, _give, ["tools"])


async def _give(agents: Sequence[AgentRecord]) -> None:
    for agent in agents:
        if not agent["tools"]:
            # One of now has a policy, and no tools because somebody wanted it so.
            before = {"_id": agent["_id"], "tools": [], "policy": {"$exists": False}}
            await collection(Agent).update_one(before, {"$set": {"tools": [EVERYTHING]}})


AGENT_STEP = MigrationStep("agents-tools", "What agents may use", _run)
