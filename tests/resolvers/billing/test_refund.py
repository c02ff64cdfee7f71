"""What is given back at Stripe: taken out of the wallet once, in any order, and no more than there is."""

import asyncio
import random

import pytest

from models import LedgerEntry
from models.base import collection
from models.billing import EXAMPLES
from models.errors import Unavailable
from models.records import OrganizationRecord
from models.wallet import LedgerEntryType, wallet_id
from resolvers.billing.payment import begin_purchase
from resolvers.inputs.billing import BillingPaymentBegin
from resolvers.inputs.wallet import WalletConsume
from resolvers.kit.context import Context
from resolvers.wallet.ledger import wallet_of
from resolvers.wallet.wallet import consume
from tests.resolvers.lab import again
from tests.resolvers.stripe import SECRET, Stripe, at_stripe, hear, payment_told

PAID, BOUGHT = 1_000, 100_000


@pytest.fixture
def paying(owner: Context, stripe: Stripe) -> Context:
    return at_stripe(owner, stripe.receiver, webhook_secret=SECRET, packages=EXAMPLES)


async def paid(ctx: Context, organization: OrganizationRecord, stripe: Stripe) -> str:
    """The id of a payment that has succeeded at Stripe, which nobody has told of."""
    begun = await begin_purchase(again(ctx), organization["_id"], BillingPaymentBegin(package="tokens-100k"))
    stripe.states[begun.id] |= {"status": "succeeded", "latest_charge": {"amount": PAID, "amount_refunded": 0}}
    return begun.id


async def tell(ctx: Context, stripe: Stripe, payment_id: str, kind: str, number: int) -> None:
    await hear(ctx, payment_told(stripe.states[payment_id], kind, number))


async def test_what_is_given_back_is_taken_once_however_it_is_told(
    paying: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    # Given a payment that is given back in three parts
    chance, payment_id = random.Random(3), await paid(paying, organization, stripe)

    # When all that is told of it comes in any order, several times, and some at once
    told = [("payment_intent.succeeded", 0), *(("charge.refunded", number) for number in (1, 2, 3))]
    for back in (100, 350, 600):
        stripe.states[payment_id]["latest_charge"]["amount_refunded"] = back
        some = chance.sample(told, 3)
        await asyncio.gather(*(tell(paying, stripe, payment_id, kind, 10 * back + number) for kind, number in some))

    # Then the wallet has what was not given back, and the ledger adds up to it
    wallet = await wallet_of(organization["_id"])
    entries = await collection(LedgerEntry).find({"wallet_id": wallet_id(organization["_id"])}).to_list()
    assert wallet["balance"] == wallet["credited"] == sum(entry["amount"] for entry in entries) == BOUGHT * 4 // 10
    assert [entry["type"] for entry in entries if entry["amount"] > 0] == [LedgerEntryType.PURCHASE]


async def test_what_was_used_up_before_it_is_given_back_is_missed_and_told(
    paying: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    # Given a payment most of which was used up
    payment_id = await paid(paying, organization, stripe)
    await tell(paying, stripe, payment_id, "payment_intent.succeeded", 1)
    used = WalletConsume(organization_id=organization["_id"], amount=BOUGHT - 10, action="Render")
    await consume(again(paying), used)

    # When it is given back, and nobody is told how much
    stripe.states[payment_id]["latest_charge"] = "ch_1"
    with pytest.raises(Unavailable):
        await tell(paying, stripe, payment_id, "charge.refunded", 2)

    # And when that is told, twice
    stripe.states[payment_id]["latest_charge"] = {"amount": PAID, "amount_refunded": PAID}
    for number in (2, 3):
        await tell(paying, stripe, payment_id, "charge.refunded", number)

    # Then the wallet is empty, and the ledger says what was not there
    wallet = await wallet_of(organization["_id"])
    refund = {"wallet_id": wallet["_id"], "type": LedgerEntryType.REFUND}
    [entry] = await collection(LedgerEntry).find(refund).to_list()
    assert wallet["balance"] == 0
    assert (entry["amount"], entry["metadata"]) == (-10, {"refunded": BOUGHT, "missing": BOUGHT - 10})
