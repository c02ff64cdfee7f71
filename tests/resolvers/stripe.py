"""What Stripe says: events with their signatures, and how a subscription stands."""

import hmac
import time
from hashlib import sha256
from typing import Any

import orjson
from bson import ObjectId


def signature_of(payload: bytes | str, secret: str, at: float | None = None) -> str:
    """What the header of an event says, signed at a moment: now, unless another is given."""
    text = payload.decode() if isinstance(payload, bytes) else payload
    moment = int(time.time() if at is None else at)
    return f"t={moment},v1={hmac.new(secret.encode(), f'{moment}.{text}'.encode(), sha256).hexdigest()}"


def subscription_of(organization_id: ObjectId | str, price: str = "price_1", **values: Any) -> dict[str, Any]:
    """How a subscription of an organization stands, as Stripe answers."""
    item = {"price": {"id": price}, "current_period_end": 1_900_000_000}
    usual = {"id": "sub_1", "customer": "cus_1", "status": "active", "cancel_at_period_end": False}
    metadata = {"organization_id": str(organization_id)}
    return {**usual, "items": {"data": [item]}, "metadata": metadata, **values}


def told_of(type_: str, organization_id: ObjectId | str, number: int = 1, subscription_id: str = "sub_1") -> bytes:
    """An event about a subscription of an organization; of those each `number` is another one."""
    metadata = {"organization_id": str(organization_id)}
    about: dict[str, Any] = {"id": subscription_id, "metadata": metadata}
    if type_.startswith("checkout."):
        about = {"id": "cs_1", "subscription": subscription_id, "metadata": metadata}
    if type_.startswith("invoice."):
        details = {"subscription": subscription_id, "metadata": metadata}
        about = {"id": "in_1", "parent": {"subscription_details": details}}
    return orjson.dumps({"id": f"evt_{organization_id}_{number}", "type": type_, "data": {"object": about}})
