"""Paying for what is bought by itself: what is due is begun at Stripe, noted, and only then paid there.

What is noted is paid once, whoever dies meanwhile and whichever answer is lost: Stripe is asked how it stands before it
is asked anything else. What is paid is credited by the id of the payment, as it is where Stripe tells of it
(`resolvers.billing.webhook`): whichever comes first, it counts once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
from bson import ObjectId

from models import Wallet
from models.base import collection, utc_now
from models.errors import NotFound, Unavailable
from models.reach import unexpected
from models.records import TopUpRecord, WalletRecord
from realtime.log import Change
from resolvers.billing.bought import CURRENCY, SUCCEEDED, Bought, credit_payment
from resolvers.billing.paid_with import customer_of
from resolvers.billing.stripe import RefusedError, send
from resolvers.kit.context import Services
from resolvers.wallet.ledger import find_wallet
from resolvers.wallet.owner import find_owner
from resolvers.wallet.top_up import begin_due, set_top_up

if TYPE_CHECKING:
    from stripe.params import PaymentIntentConfirmParams, PaymentIntentCreateParams

AT_ONCE = 20
SECONDS = 25.0
"""For one top-up: less than half of what its worker holds its work for (`gateway.top_ups`)."""
LATER = timedelta(minutes=1)
"""When it is looked at again where Stripe does not answer, or does not know yet."""
MAX_TOLD = 200
GONE = "There is nobody any more that it would be for"
UNKNOWN = "There is no such package any more"
FOREIGN = "What it is to be paid with is of another customer"
UNPAID = "requires_confirmation"
PROCESSING = "processing"
PAID = frozenset({SUCCEEDED, PROCESSING})

log = logging.getLogger("orrery.billing")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a top-up: a `payment` came in, for what was `bought`, or it failed by an `error`, or it `is_over`
    unpaid, as it was turned off; else it is not over."""

    payment: str | None = None
    bought: Bought | None = None
    error: str | None = None
    is_over: bool = False


OPEN = Outcome()


async def pay_due(
    services: Services, now: datetime | None = None, go_on: Callable[[], Awaitable[bool]] | None = None
) -> bool:
    """Pay some of what is due, as long as `go_on` says so; whether there may be more. Several processes may at once."""
    due = {"top_up.due_at": {"$lte": now or utc_now()}}
    found = await collection(Wallet).find(due).sort("top_up.due_at", 1).limit(AT_ONCE).to_list()
    for wallet in found:
        if go_on is not None and not await go_on():
            return False
        top_up, owner_id = wallet["top_up"], wallet["organization_id"] or wallet["user_id"]
        if top_up is not None and owner_id is not None:
            await _try(services, owner_id, wallet, top_up)
    return len(found) == AT_ONCE


async def _try(services: Services, owner_id: ObjectId, wallet: WalletRecord, top_up: TopUpRecord) -> None:
    """Pay for one. Whatever fails of it leaves it for later, and the others alone."""
    try:
        await _settle(services, owner_id, wallet, top_up)
    except Exception as error:
        log.warning("a top-up of %s waits", owner_id, exc_info=unexpected(error))
        try:
            await _write(services, owner_id, top_up, OPEN)
        except Exception as unwritten:
            log.warning("that a top-up of %s waits is not written", owner_id, exc_info=unexpected(unwritten))


async def _settle(services: Services, owner_id: ObjectId, wallet: WalletRecord, top_up: TopUpRecord) -> None:
    """Pay for one, and write what became of it."""
    try:
        async with asyncio.timeout(SECONDS):
            outcome = await _pay(services, owner_id, wallet, top_up)
    except RefusedError as error:
        outcome = Outcome(error=str(error)[:MAX_TOLD])
    try:
        await _write(services, owner_id, top_up, outcome)
    except NotFound:
        log.warning("what was paid by %s at Stripe is for nobody who is there", outcome.payment)
        await _write(services, owner_id, top_up, Outcome(error=GONE))


async def _pay(services: Services, owner_id: ObjectId, wallet: WalletRecord, top_up: TopUpRecord) -> Outcome:
    """Have Stripe be paid, unless it is. Raises RefusedError where it is not to be, and Unavailable."""
    key = services.billing.key
    if key is None:
        raise Unavailable
    payment_id = top_up["payment"]
    if payment_id is not None:
        told = await _read(services, key, payment_id)
        if told.get("status") != UNPAID:
            return _outcome(told)
    if not top_up["is_enabled"]:
        return Outcome(is_over=True)
    owner = await find_owner(owner_id)
    if owner is None:
        raise RefusedError(GONE)
    if payment_id is None:
        payment_id = await _begin(services, key, wallet, top_up, owner)
        if not await _note(services, owner_id, top_up, payment_id):
            return OPEN
    return _outcome(await _confirm(services, key, payment_id))


async def _begin(
    services: Services, key: str, wallet: WalletRecord, top_up: TopUpRecord, owner: Mapping[str, Any]
) -> str:
    """The id of a payment that is begun, and by which nothing is paid yet."""
    package = services.billing.offered.get(top_up["package"])
    if package is None or package.unit != wallet["unit"]:
        raise RefusedError(UNKNOWN)
    customer = await customer_of(services, key, wallet, str(top_up["payment_method"]), owner)
    if customer is None:
        raise RefusedError(FOREIGN)
    form: PaymentIntentCreateParams = {
        "amount": package.price,
        "currency": CURRENCY,
        "customer": customer,
        "payment_method": str(top_up["payment_method"]),
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},  # nobody is there to be led away
        "metadata": Bought(owner["_id"], package.amount, package.slug).metadata,
    }
    # With its terms: one that was begun by others, as they were before, was noted by nobody, and is never paid.
    terms = sha256(orjson.dumps(form)).hexdigest()[:16]
    once = f"orrery-{wallet['_id']}-{top_up['month']}-{top_up['begun']}-{terms}"
    told = await send(
        services, key, lambda stripe: stripe.v1.payment_intents.create_async(form, {"idempotency_key": once})
    )
    if not isinstance(told.get("id"), str):
        raise Unavailable
    return str(told["id"])


async def _confirm(services: Services, key: str, payment_id: str) -> Mapping[str, Any]:
    """How a payment stands that was noted, after it was asked to be paid."""
    form: PaymentIntentConfirmParams = {"off_session": True}
    once = f"orrery-{payment_id}"
    try:
        return await send(
            services,
            key,
            lambda stripe: stripe.v1.payment_intents.confirm_async(payment_id, form, {"idempotency_key": once}),
        )
    except RefusedError:
        told = await _read(services, key, payment_id)
        if told.get("status") in PAID:  # another process had asked for it
            return told
        raise


async def _read(services: Services, key: str, payment_id: str) -> Mapping[str, Any]:
    return await send(services, key, lambda stripe: stripe.v1.payment_intents.retrieve_async(payment_id))


def _outcome(told: Mapping[str, Any]) -> Outcome:
    """What became of a payment that was asked for. Raises Unavailable where that is not told."""
    match told:
        case {"id": str(payment), "status": "succeeded"}:
            if (bought := Bought.told_by(told)) is not None:
                return Outcome(payment, bought)
        case {"status": "processing"}:
            return OPEN
        case {"last_payment_error": {"message": str(message)}}:
            return Outcome(error=message[:MAX_TOLD])
        case {"status": str(state)}:
            return Outcome(error=f"It takes more than the method to pay with: {state}"[:MAX_TOLD])
    raise Unavailable


async def _note(services: Services, owner_id: ObjectId, began: TopUpRecord, payment_id: str) -> bool:
    """Note that a payment is begun, before it is paid; False where another one is, or none is to be any more."""

    async def body(change: Change) -> bool:
        wallet = await _under_way(change, owner_id, began)
        top_up = None if wallet is None else wallet["top_up"]
        if wallet is None or top_up is None or not top_up["is_enabled"]:
            return False
        if top_up["payment"] is None:
            await set_top_up(change, owner_id, wallet, {"payment": payment_id})
        return top_up["payment"] in (None, payment_id)

    return (await services.hub.log.write(owner_id, None, body)).value


async def _write(services: Services, owner_id: ObjectId, began: TopUpRecord, outcome: Outcome) -> None:
    """Write what became of a top-up, unless that was written already."""

    async def body(change: Change) -> None:
        wallet = await _under_way(change, owner_id, began)
        if wallet is None:
            return
        if outcome.payment is not None and outcome.bought is not None:
            await credit_payment(change, outcome.payment, outcome.bought)
            wallet = await find_wallet(owner_id, change) or wallet
        is_over = outcome.is_over or outcome.bought is not None or outcome.error is not None
        values = {"payment": None, "due_at": None, "error": outcome.error} if is_over else {"due_at": change.at + LATER}
        wallet = await set_top_up(change, owner_id, wallet, values)
        if outcome.bought is not None:
            await begin_due(change, owner_id, wallet)  # as what came may be little too

    await services.hub.log.write(owner_id, None, body)


async def _under_way(change: Change, owner_id: ObjectId, began: TopUpRecord) -> WalletRecord | None:
    """The wallet of somebody, where that top-up of it is under way still."""
    wallet = await find_wallet(owner_id, change)
    top_up = None if wallet is None else wallet["top_up"]
    if top_up is None or top_up["due_at"] is None or _name(top_up) != _name(began):
        return None
    return wallet


def _name(top_up: TopUpRecord) -> tuple[str, int]:
    """What tells a top-up from the others of a wallet."""
    return top_up["month"], top_up["begun"]
