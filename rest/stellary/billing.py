"""Paying for an organization."""

from typing_extensions import TypedDict

from resolvers.billing.checkout import begin_checkout
from resolvers.inputs.billing import BillingCheckout
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import ORGANIZATION

routes = Routes("Billing", ORGANIZATION + "/billing")


class Checkout(TypedDict):
    """Where to send the browser."""

    url: str


@routes.post("/checkout", "Begin to pay for an organization", runs=begin_checkout)
async def checkout(call: Call) -> Checkout:
    """503 `NOT_CONFIGURED` where the operator has set up no payments."""
    organization = await guards.organization(call)
    return {"url": (await begin_checkout(call.ctx, organization["_id"], call.body(BillingCheckout))).url}
