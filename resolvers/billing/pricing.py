"""What the operator offers, for whoever asks."""

from dataclasses import dataclass

from models.base import Record
from resolvers.billing.plan import plans_offered
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation


@dataclass(frozen=True, slots=True)
class Pricing:
    """The plans that organizations may be on."""

    plans: list[Record]


@operation("pricing", caller=Caller.ANYONE, read_only=True)
async def get_pricing(ctx: Context) -> Pricing:
    """The plans that organizations may be on, in their order."""
    return Pricing(plans_offered(ctx.services.billing))
