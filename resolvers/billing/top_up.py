"""Paying for what is bought by itself: what is due is asked of Stripe, by a name that makes it one payment.

What came of it is written where it is still the one that is under way. What is paid is credited by the id of the
payment, as it is where Stripe tells of it (`resolvers.billing.webhook`): whichever comes first, it counts once.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bson import ObjectId

from models import Organization, User, Wallet
from models.base import collection, utc_now
from models.errors import Conflict, Unavailable
from models.reach import unexpected
from models.records import LedgerEntryRecord, TopUpRecord, WalletRecord
from models.wallet import LedgerEntryType
from realtime.log import Change
from resolvers.billing.stripe import Call, RefusedError, send
from resolvers.kit.context import Services
from resolvers.wallet.ledger import credit, find_wallet
from resolvers.wallet.top_up import set_top_up

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams

AT_ONCE = 20
LATER = timedelta(minutes=1)
"""When it is looked at again where Stripe does not answer, or does not know yet."""
MAX_TOLD = 200
GONE = "There is nobody any more that it would be for"
UNKNOWN = "There is no such package any more"
FOREIGN = "What it is to be paid with is of another customer"

log = logging.getLogger("orrery.billing")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a payment: it is `paid`, or failed by an `error`, or is not over."""

    payment: str | None = None
    paid: int | None = None
    error: str | None = None


async def pay_due(services: Services, now: datetime | None = None) -> bool:
    """Pay some of what is due; whether there may be more. Several processes may at once."""
    due = {"top_up.due_at": {"$lte": now or utc_now()}}
    found = await collection(Wallet).find(due).sort("top_up.due_at", 1).limit(AT_ONCE).to_list()
    for wallet in found:
        top_up, owner_id = wallet["top_up"], wallet["organization_id"] or wallet["user_id"]
        if top_up is None or owner_id is None:
            continue
        try:
            outcome = await _pay(services, owner_id, wallet, top_up)
        except Exception as error:
            log.warning("a top-up of %s waits", owner_id, exc_info=unexpected(error))
            outcome = Outcome(top_up["payment"])
        await _write(services, owner_id, top_up, outcome)
    return len(found) == AT_ONCE


async def _pay(services: Services, owner_id: ObjectId, wallet: WalletRecord, top_up: TopUpRecord) -> Outcome:
    """Ask Stripe for a payment or, where it knows of one, how that stands. Raises Unavailable."""
    key = services.billing.key
    if key is None:
        raise Unavailable
    if top_up["payment"] is not None:
        known = top_up["payment"]
        return await _outcome(services, key, lambda stripe: stripe.v1.payment_intents.retrieve_async(known))
    owner = await _owner(wallet)
    if owner is None:
        return Outcome(error=GONE)
    package = services.billing.offered.get(top_up["package"])
    if package is None or package.unit != wallet["unit"]:
        return Outcome(error=UNKNOWN)
    customer = await _customer(services, key, wallet, top_up, owner)
    if customer is None:
        return Outcome(error=FOREIGN)
    name = "organization_id" if wallet["user_id"] is None else "user_id"
    form: PaymentIntentCreateParams = {
        "amount": package.price,
        "currency": "usd",
        "customer": customer,
        "payment_method": str(top_up["payment_method"]),
        "confirm": True,
        "off_session": True,
        "metadata": {name: str(owner_id), "package": package.slug, "amount": str(package.amount)},
    }
    once = f"orrery-{wallet['_id']}-{top_up['month']}-{top_up['begun']}"
    return await _outcome(
        services, key, lambda stripe: stripe.v1.payment_intents.create_async(form, {"idempotency_key": once})
    )


async def _owner(wallet: WalletRecord) -> Mapping[str, Any] | None:
    """Whose wallet it is; None where that is gone."""
    if wallet["user_id"] is None:
        organization = {"_id": wallet["organization_id"], "deleted_at": None}
        return await collection(Organization).find_one(organization, {"subscription": 1})
    return await collection(User).find_one({"_id": wallet["user_id"], "deleted_at": None}, {"_id": 1})


async def _customer(
    services: Services, key: str, wallet: WalletRecord, top_up: TopUpRecord, owner: Mapping[str, Any]
) -> str | None:
    """Stripe's customer that the payment method is of; None where that is somebody else's: whoever knows the id of a
    method must not pay with it for that."""
    method = str(top_up["payment_method"])
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


async def _outcome(services: Services, key: str, call: Call) -> Outcome:
    """What Stripe says of a payment. Raises Unavailable where it says nothing."""
    try:
        told = await send(services, key, call)
    except (RefusedError, Conflict) as error:
        return Outcome(error=str(error)[:MAX_TOLD])
    match told:
        case {"id": str(payment), "status": "succeeded", "metadata": {"amount": str(amount)}}:
            return Outcome(payment, paid=int(amount))
        case {"id": str(payment), "status": "processing"}:
            return Outcome(payment)
        case {"status": str(state)}:
            return Outcome(error=f"It takes more than the method to pay with: {state}"[:MAX_TOLD])
    raise Unavailable


async def _write(services: Services, owner_id: ObjectId, began: TopUpRecord, outcome: Outcome) -> None:
    """Write what became of a payment, unless that was written already."""

    async def body(change: Change) -> LedgerEntryRecord | None:
        wallet = await find_wallet(owner_id, change)
        top_up = None if wallet is None else wallet["top_up"]
        if wallet is None or top_up is None or top_up["due_at"] is None or _name(top_up) != _name(began):
            return None
        if outcome.paid is None:
            is_open = outcome.error is None
            values = {"payment": outcome.payment, "due_at": change.at + LATER if is_open else None}
            await set_top_up(change, owner_id, wallet, {**values, "error": outcome.error})
            return None
        type_, slug = LedgerEntryType.PURCHASE, top_up["package"]
        entry = await credit(change, owner_id, outcome.paid, type_, outcome.payment, action=slug)
        after = await find_wallet(owner_id, change)
        if after is not None:
            await set_top_up(change, owner_id, after, {"payment": None, "due_at": None})
        return entry

    await services.hub.log.write(owner_id, None, body)


def _name(top_up: TopUpRecord) -> tuple[str, int]:
    """What tells a top-up from the others of a wallet."""
    return top_up["month"], top_up["begun"]
