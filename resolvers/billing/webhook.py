"""What Stripe tells: signed, in any order, and more than once.

An event says only that something may have changed. How it stands is read back from Stripe (`subscription`, `payment`).
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bson import ObjectId

from models.errors import BadUserInput, NotFound
from models.ids import Kind, parse_id
from resolvers.billing.billing_event import HeardError
from resolvers.billing.payment import follow_payment
from resolvers.billing.refund import follow_refund
from resolvers.billing.signature import verified
from resolvers.billing.subscription import follow_subscription
from resolvers.inputs.billing import BillingReceive
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation

log = logging.getLogger("orrery.billing")

MAX_ID = 255


@operation("billingReceive", caller=Caller.ANYONE)
async def receive_payment(ctx: Context, values: BillingReceive) -> None:
    """Take note of what Stripe tells. What is no matter of the gateway's changes nothing.

    Raises BadUserInput without a signature of Stripe's that is no older than five minutes, NotConfigured where the
    operator has set up no webhook, and Unavailable where Stripe does not say how things stand: it sends again then.
    """
    event = await verified(ctx.services.billing, values)
    payment_id, refunded_id, about = _payment(event), _refunded(event), _about(event)
    try:
        with suppress(HeardError):
            if payment_id is not None:
                await follow_payment(ctx, payment_id, event)
            elif refunded_id is not None:
                await follow_refund(ctx, refunded_id, event)
            elif about is not None:
                await follow_subscription(ctx, *about, event["id"])
    except NotFound as missing:
        log.warning("Stripe's event %s is for nobody who is there: %s", event["id"], missing.message)


def _payment(event: Mapping[str, Any]) -> str | None:
    """The payment for a package that an event is about; None for any other."""
    match event:
        case {"type": str(type_), "data": {"object": {"id": str(payment_id), "metadata": {"package": str()}}}}:
            is_payment = type_.startswith("payment_intent.") and 0 < len(payment_id) <= MAX_ID
            return payment_id if is_payment else None
    return None


def _refunded(event: Mapping[str, Any]) -> str | None:
    """The payment for a package that some is given back of, as an event tells; None for any other event."""
    match event:
        case {
            "type": "charge.refunded",
            "data": {"object": {"payment_intent": str(payment_id), "metadata": {"package": str()}}},
        }:
            return payment_id if 0 < len(payment_id) <= MAX_ID else None
    return None


def _about(event: Mapping[str, Any]) -> tuple[str, ObjectId] | None:
    """The subscription that an event is about, and the organization that this was begun for; None for any other."""
    match event:
        case {"type": str(type_), "data": {"object": dict(found)}} if type_.startswith("customer.subscription."):
            subscription_id, metadata = found.get("id"), found.get("metadata")
        case {"type": str(type_), "data": {"object": dict(found)}} if type_.startswith("checkout.session."):
            subscription_id, metadata = found.get("subscription"), found.get("metadata")
        case {"type": str(type_), "data": {"object": {"parent": {"subscription_details": dict(found)}}}}:
            subscription_id, metadata = found.get("subscription"), found.get("metadata")
        case _:
            return None
    named = metadata.get("organization_id") if isinstance(metadata, dict) else None
    if not (isinstance(subscription_id, str) and 0 < len(subscription_id) <= MAX_ID and isinstance(named, str)):
        return None
    try:
        return subscription_id, parse_id(named, Kind.ORGANIZATION, field="organization_id")
    except BadUserInput:
        return None
