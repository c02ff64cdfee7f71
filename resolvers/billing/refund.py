"""What is given back at Stripe is taken out of the wallet that it came into, in proportion, as far as it is there."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from models import LedgerEntry
from models.base import collection
from models.errors import Unavailable
from models.wallet import OF_STRIPE, wallet_id
from realtime.log import Change
from resolvers.billing.billing_event import ChangedError, HeardError, note_event, require_unheard
from resolvers.billing.bought import Bought, credit_payment
from resolvers.billing.stripe import ask
from resolvers.kit.context import Context
from resolvers.wallet.ledger import take_back


async def follow_refund(ctx: Context, payment_id: str, event: Mapping[str, Any]) -> None:
    """Take out of a wallet what was given back of its payment, as Stripe says that it stands.

    Raises HeardError where the event was followed already, NotFound where whoever has bought it is not there, and
    Unavailable where Stripe does not say.
    """
    await require_unheard(event["id"])
    told = await ask(
        ctx, lambda stripe: stripe.v1.payment_intents.retrieve_async(payment_id, {"expand": ["latest_charge"]})
    )
    bought = Bought.told_by(told)
    if bought is None:
        return
    in_all = _given_back(told, bought)

    async def body(change: Change) -> None:
        await note_event(change, event["id"])
        await credit_payment(change, payment_id, bought)  # as that may be told later
        more = in_all - await _taken(change, bought.owner_id, payment_id)
        if more > 0:
            reference, kept = _reference(payment_id, in_all), {"refunded": in_all}
            await take_back(change, bought.owner_id, more, reference, action=bought.package, metadata=kept)

    try:
        await ctx.write_as(bought.owner_id, None, body)
    except ChangedError as error:
        raise HeardError from error


def _given_back(told: Mapping[str, Any], bought: Bought) -> int:
    """How much of what was bought is given back, in all. Raises Unavailable where that is not told."""
    match told.get("latest_charge"):
        case {"amount": int(paid), "amount_refunded": int(back)} if 0 <= back <= paid and paid > 0:
            return bought.amount * back // paid
    raise Unavailable


async def _taken(change: Change, owner_id: ObjectId, payment_id: str) -> int:
    """How much of a payment was looked for in its wallet so far, whether or not it was there."""
    within = {"$gt": _reference(payment_id, 0), "$lt": f"{OF_STRIPE}{payment_id};"}
    mine = {"wallet_id": wallet_id(owner_id), "reference": within}
    found = collection(LedgerEntry).find(mine, {"metadata": 1}, session=change.session)
    return max([int(entry["metadata"]["refunded"]) for entry in await found.to_list()], default=0)


def _reference(payment_id: str, in_all: int) -> str:
    """What tells what was taken back of a payment: as often as more of it is given back, another entry."""
    return f"{OF_STRIPE}{payment_id}:{in_all:013d}"
