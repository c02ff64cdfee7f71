"""`python -m tests.agents.budgets COUNT`: missions that run at once have a budget together that is far too small.

Some requests of theirs are cut, refused, or answered without usage. What the model bills is never more than the budget,
and the ledger never less than that.
"""

import asyncio
import random
import sys
from collections import Counter

from bson import ObjectId

from models import Budget, UsageRecord
from models.base import collection
from models.enums import UsageState
from models.records import BudgetRecord
from tests.agents.model_server import Fault, Json, Turn
from tests.agents.served import FINAL, PRICE, Served, board, card_of, served

PORT = 3980
MICRO = 1_000_000
SHARE = 30_000
"""Micro-USD of the budget for each mission: a few of its turns."""
END_SECONDS = 300.0
STATUS = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Mission { status waitingFor } } }"


def script(request: Json, before: int) -> Turn:
    """A comment in each of many turns, sometimes without usage."""
    comment = ("comment", {"cardId": card_of(request), "content": f"Turn {before}"})
    return Turn("a few words " * 3, (comment,), usage=bool(random.randrange(5)))


async def main(count: int) -> int:
    """Run that many; the exit status."""
    async with served(script, PORT) as at:
        made = await board(at, count)
        agent = await at.make(
            "agentCreate", "agent", workspaceId=made.workspace, name="A", slug="atlas", autonomyMode="AUTONOMOUS"
        )
        limit = SHARE * count
        budget = await at.make(
            "budgetCreate",
            "budget",
            organizationId=made.organization,
            subjectId=made.organization,
            period="TOTAL",
            limitUsd=limit / MICRO,
        )
        faults = [Fault(cut_after=2), Fault(status=429, retry_after="0.1"), Fault(status=529), Fault(), Fault()]
        at.model.faults.extend(random.choices(faults, k=count * 2))
        missions = [
            await at.make("missionCreate", "mission", agentId=agent, cardId=card, prompt="Go", maxSteps=100)
            for card in made.cards
        ]
        ends = await _stopped(at, missions)
        async with at.database():
            spent = await collection(Budget).find_one({"_id": ObjectId(budget)})
            usages = await collection(UsageRecord).find({}).to_list()
    assert spent is not None
    bill = sum(PRICE[0] * read + PRICE[1] * written for read, written in at.model.bill)
    counted = sum(usage["cost"] if usage["state"] == UsageState.SETTLED else usage["reserved_cost"] for usage in usages)
    print(f"{count} missions: {dict(Counter(ends))}; {len(at.model.bill)} answers, {len(at.model.requests)} requests")
    print(f"budget {limit} micro-USD, billed {bill}, counted {counted} ({_told(spent)})")
    waited = any("BUDGET" in end for end in ends)
    return 0 if bill <= counted <= limit and waited else 1


async def _stopped(at: Served, missions: list[str]) -> list[str]:
    """How missions stand once each has ended or waits."""
    async with asyncio.timeout(END_SECONDS):
        while True:
            nodes = (await at.ask(STATUS, ids=missions))["nodes"]
            if all(node["status"] in FINAL or node["waitingFor"] for node in nodes):
                return [node["waitingFor"] or node["status"] for node in nodes]
            await asyncio.sleep(0.5)


def _told(budget: BudgetRecord) -> str:
    return f"{budget['cost_spent']} spent, {budget['cost_reserved']} reserved"


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)))
