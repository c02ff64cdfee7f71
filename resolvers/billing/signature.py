"""Whether Stripe has said something: it signs what it tells, with the moment at which it does."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, cast

import orjson

from models.base import utc_now
from models.billing import Billing
from models.errors import BadUserInput, NotConfigured
from resolvers.inputs.billing import BillingReceive

TOLERANCE = 300
"""Seconds that a signature is good for, either way."""


def verified(billing: Billing, values: BillingReceive) -> Mapping[str, Any]:
    """The event that was signed, which has an `id` and a `type`; raises BadUserInput for what Stripe has not, or not
    lately."""
    if billing.webhook_secret is None or billing.key is None:
        raise NotConfigured("Nothing can be paid here: set ORRERY_STRIPE_KEY and ORRERY_STRIPE_WEBHOOK_SECRET")
    parts = [part.strip().partition("=")[::2] for part in values.signature.split(",")]
    at = next((value for name, value in parts if name == "t"), "")
    wanted = hmac.new(billing.webhook_secret.encode(), f"{at}.{values.payload}".encode(), sha256).hexdigest()
    signed = [hmac.compare_digest(wanted.encode(), value.encode()) for name, value in parts if name == "v1"]
    is_recent = at.isascii() and at.isdigit() and len(at) < 12 and abs(utc_now().timestamp() - int(at)) <= TOLERANCE
    if not (is_recent and any(signed)):
        raise BadUserInput("is no signature of this by Stripe, or an old one", field="signature")
    event = _json(values.payload)
    if not isinstance(event, dict) or not isinstance(event.get("id"), str) or not isinstance(event.get("type"), str):
        raise BadUserInput("is no event", field="payload")
    return cast("Mapping[str, Any]", event)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadUserInput("is no JSON", field="payload") from error
