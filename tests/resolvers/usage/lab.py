"""What tests of what models cost are written with: calls of missions, as a runtime makes them."""

from bson import ObjectId

from models import Budget, UsageRecord, Workspace
from models.base import collection
from models.records import BudgetRecord, MissionRecord, OrganizationRecord, UsageRecordRecord
from realtime.change import Change
from resolvers.budget.budget import create_budget
from resolvers.inputs.budget import BudgetCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.usage.spending import Amount
from resolvers.usage.usage import Asked, Usage, reserve, settle
from tests.resolvers.lab import again

MODEL = "small"


async def reserve_call(
    ctx: Context, mission: MissionRecord, *, cost: int = 100, tokens: int = 1_000, model: str = MODEL
) -> ObjectId:
    """Reserve what a call of a mission may come to; raises BudgetExhausted."""
    log = ctx.services.hub.log
    worst = Amount(cost, tokens)
    workspace = await collection(Workspace).find_one({"_id": mission["workspace_id"]})
    assert workspace is not None
    organization_id = workspace["organization_id"]

    async def body(change: Change) -> ObjectId:
        [reserved] = await reserve(change, [Asked(mission, organization_id, worst, model)])
        return reserved["_id"]

    return (await log.write(mission["workspace_id"], None, body)).value


async def settle_call(ctx: Context, mission: MissionRecord, usage_id: ObjectId, usage: Usage) -> UsageRecordRecord:
    """Write what a call came to."""
    log = ctx.services.hub.log
    reserved = await collection(UsageRecord).find_one({"_id": usage_id})
    assert reserved is not None
    settled = await log.write(mission["workspace_id"], None, lambda change: settle(change, [(reserved, usage)]))
    return settled.value[0]


async def call(ctx: Context, mission: MissionRecord, usage: Usage, model: str = MODEL) -> UsageRecordRecord:
    """A call that comes to what it may at worst."""
    amount = usage.amount
    usage_id = await reserve_call(ctx, mission, cost=amount.cost, tokens=amount.tokens, model=model)
    return await settle_call(ctx, mission, usage_id, usage)


async def set_budget(
    ctx: Context, organization: OrganizationRecord, subject_id: ObjectId, **values: object
) -> BudgetRecord:
    """A budget: `limitUsd`, `limitTokens`, `period`, as clients name them."""
    given = {"organizationId": organization["_id"], "subjectId": subject_id, **values}
    return (await create_budget(again(ctx), read_input(BudgetCreate, given))).value


async def stored_budget(budget: BudgetRecord) -> BudgetRecord:
    """A budget as it is now."""
    found = await collection(Budget).find_one({"_id": budget["_id"]})
    assert found is not None
    return found


async def calls_of(mission: MissionRecord) -> list[UsageRecordRecord]:
    """The ledger of a mission, oldest first."""
    return await collection(UsageRecord).find({"mission_id": mission["_id"]}).sort("_id", 1).to_list()


def held(budget: BudgetRecord) -> tuple[int, int, int, int]:
    """What is spent of a budget, and what is reserved: money and tokens each."""
    spent = budget["cost_spent"], budget["tokens_spent"]
    return (*spent, budget["cost_reserved"], budget["tokens_reserved"])
