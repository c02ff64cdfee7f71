"""What the operator offers, for whoever asks."""

from dataclasses import dataclass

from models.base import Record
from models.billing import Package
from resolvers.billing.plan import plans_offered
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation


@dataclass(frozen=True, slots=True)
class Pricing:
    """The plans that organizations may be on, and what is bought once."""

    plans: list[Record]
    packages: list[Package]


@operation("pricing", caller=Caller.ANYONE, read_only=True)
async def get_pricing(ctx: Context) -> Pricing:
    """The plans that organizations may be on, and what is bought once, in their order."""
    billing = ctx.services.billing
    return Pricing(plans_offered(billing), list(billing.offered.values()))
