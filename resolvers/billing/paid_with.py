"""What a top-up is paid with: a method of a customer of Stripe's who is the owner's."""

from collections.abc import Mapping
from typing import Any

from models.records import WalletRecord
from resolvers.billing.stripe import RefusedError, send
from resolvers.kit.context import Services


async def customer_of(
    services: Services, key: str, wallet: WalletRecord, method: str, owner: Mapping[str, Any]
) -> str | None:
    """Stripe's customer that a payment method is of; None where that is somebody else's: whoever knows the id of a
    method must not pay with it for that."""
    try:
        told = await send(
            services, key, lambda stripe: stripe.v1.payment_methods.retrieve_async(method, {"expand": ["customer"]})
        )
    except RefusedError:
        return None
    match told.get("customer"):
        case {"id": str(customer), "metadata": dict(metadata)}:
            ids = metadata.get("organization_id"), metadata.get("user_id")
        case {"id": str(customer)}:
            ids = None, None
        case _:
            return None
    mine = (
        (wallet["organization_id"] and str(wallet["organization_id"])),
        (wallet["user_id"] and str(wallet["user_id"])),
    )
    paid = owner.get("subscription") or {}
    is_ours = any(own is not None and own == told_id for own, told_id in zip(mine, ids, strict=True))
    return customer if is_ours or paid.get("customer_id") == customer else None
