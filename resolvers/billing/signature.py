"""Whether Stripe has said something: it signs what it tells, with the moment at which it does."""

import re
from collections.abc import Mapping
from typing import Any, cast

import orjson

from models.base import utc_now
from models.billing import Billing
from models.errors import BadUserInput, NotConfigured
from resolvers.billing.stripe import load_sdk
from resolvers.inputs.billing import BillingReceive

TOLERANCE = 300
"""Seconds that a signature is good for, either way."""
_SIGNATURE = re.compile(r"(?:\w+=\w+,)*?t=(\d{1,11})(?:,\w+=\w+)+", re.ASCII)


async def verified(billing: Billing, values: BillingReceive) -> Mapping[str, Any]:
    """The event that was signed, which has an `id` and a `type`; raises BadUserInput for what Stripe has not, or not
    lately."""
    if billing.webhook_secret is None or billing.key is None:
        raise NotConfigured("Nothing can be paid here: set ORRERY_STRIPE_KEY and ORRERY_STRIPE_WEBHOOK_SECRET")
    if not await _is_signed(billing.webhook_secret, values):
        raise BadUserInput("is no signature of this by Stripe, or an old one", field="signature")
    event = _json(values.payload)
    if not isinstance(event, dict) or not isinstance(event.get("id"), str) or not isinstance(event.get("type"), str):
        raise BadUserInput("is no event", field="payload")
    return cast("Mapping[str, Any]", event)


async def _is_signed(secret: str, values: BillingReceive) -> bool:
    """The SDK looks at what was signed, and whether it is old; not at whether it is still to come."""
    parts = _SIGNATURE.fullmatch(values.signature)
    if parts is None or int(parts[1]) > utc_now().timestamp() + TOLERANCE:
        return False
    await load_sdk()
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        WebhookSignature.verify_header(values.payload, values.signature, secret, TOLERANCE)
    except SignatureVerificationError:
        return False
    return True


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadUserInput("is no JSON", field="payload") from error
