"""Standing orders: what agents always keep to. Other published interfaces call them rules."""

from collections.abc import Mapping
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import pilotage as policy
from models import Agent, StandingOrder
from models.base import AnyRecord, collection
from models.enums import TokenScope
from models.errors import Forbidden, NotFound
from models.records import StandingOrderRecord, WorkspaceMemberRecord
from realtime.events.pilotage import StandingOrderCreated, StandingOrderDeleted, StandingOrderUpdated
from realtime.log import Change, Committed
from resolvers.inputs.pilotage import StandingOrderCreate, StandingOrderUpdate
from resolvers.kit.context import Context
from resolvers.kit.contract import Filters
from resolvers.kit.filters import compile_filter
from resolvers.kit.nouns import STANDING_ORDER, WORKSPACE
from resolvers.kit.operation import operation
from resolvers.kit.page import Page, Window, pages
from resolvers.register.register import Register, create_in, delete_in, listed, update_in

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
MAX_STANDING_ORDERS = 100
"""All of them stand in a prompt, so they have to be few."""


async def _following(change: Change, before: AnyRecord, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """An agent that one is for is of its workspace."""
    if (agent_id := values.get("agent_id")) is not None:
        there = {"_id": agent_id, "workspace_id": before["workspace_id"], "deleted_at": None}
        if await collection(Agent).find_one(there, {"_id": 1}, session=change.session) is None:
            raise NotFound("Agent")
    return {}


STANDING_ORDERS = Register(
    STANDING_ORDER,
    StandingOrderCreated,
    StandingOrderUpdated,
    StandingOrderDeleted,
    most=MAX_STANDING_ORDERS,
    follow=_following,
)

Filter = Annotated[Mapping[str, Any] | None, Filters(StandingOrder)]

standing_orders_of = listed(STANDING_ORDER)
"""The standing orders of a workspace, oldest first."""


@operation("standingOrders", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_standing_orders(
    ctx: Context, membership: WorkspaceMemberRecord, window: Window, filter: Filter = None
) -> Page[StandingOrderRecord]:
    """A page of the standing orders of a workspace, oldest first."""
    workspace_id, where = membership["workspace_id"], compile_filter(filter, StandingOrder)
    return (await pages(StandingOrder, "workspace_id", [workspace_id], window, where=where))[workspace_id]


@operation("standingOrderCreate", inside=WORKSPACE, permission=policy.WRITE, scope=WRITE)
async def create_standing_order(
    ctx: Context, membership: WorkspaceMemberRecord, values: StandingOrderCreate
) -> Committed[StandingOrderRecord]:
    """Give a standing order to the agents of a workspace, or to one of them."""
    return await create_in(ctx, STANDING_ORDERS, membership, values)


@operation("standingOrderUpdate", opens=STANDING_ORDER, permission=policy.WRITE, scope=WRITE)
async def update_standing_order(
    ctx: Context, door: StandingOrderRecord, values: StandingOrderUpdate
) -> Committed[StandingOrderRecord]:
    """Change a standing order."""
    return await update_in(ctx, STANDING_ORDERS, door, values)


@operation("standingOrderDelete", opens=STANDING_ORDER, permission=policy.WRITE, scope=WRITE)
async def delete_standing_order(ctx: Context, door: StandingOrderRecord) -> Committed[ObjectId]:
    """Delete a standing order that is not permanent."""
    return await delete_in(ctx, STANDING_ORDERS, door, _check_not_permanent)


def _check_not_permanent(order: StandingOrderRecord) -> None:
    if order["permanent"]:
        raise Forbidden("A permanent standing order is not deleted: let it no longer be permanent first")


async def orders_for(workspace_id: ObjectId, agent_id: ObjectId) -> list[StandingOrderRecord]:
    """What an agent of a workspace has to keep to at present: the orders for all, and those for it alone, oldest
    first."""
    where = {"workspace_id": workspace_id, "active": True, "agent_id": {"$in": [None, agent_id]}}
    return await collection(StandingOrder).find(where).sort("_id", 1).limit(MAX_STANDING_ORDERS).to_list()
