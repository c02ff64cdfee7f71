"""What is bought once: begun at Stripe, told in any order and more than once, and in the wallet once."""

import asyncio
import random
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from models import LedgerEntry, Organization, User, Wallet
from models.base import collection, utc_now
from models.billing import Package
from models.errors import BadUserInput, Conflict, NotConfigured, Unavailable
from models.records import OrganizationRecord
from models.wallet import WalletUnit, wallet_id
from resolvers.billing.payment import Payment, begin_purchase
from resolvers.billing.signature import TOLERANCE
from resolvers.inputs.billing import BillingPaymentBegin
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import again
from tests.resolvers.stripe import SECRET, Stripe, at_stripe, hear, payment_told, signature_of

PACKAGES = {
    "small": Package("small", "Small", WalletUnit.TOKENS, 100_000, 900),
    "large": Package("large", "Large", WalletUnit.TOKENS, 1_000_000, 8000),
    "credit": Package("credit", "Credit", WalletUnit.CENTS, 1000, 1000),
}


@pytest.fixture
def paying(owner: Context, stripe: Stripe) -> Context:
    return at_stripe(owner, stripe.receiver, webhook_secret=SECRET, packages=PACKAGES)


async def begun(ctx: Context, organization: OrganizationRecord, package: str, key: str | None = None) -> Payment:
    values = BillingPaymentBegin(package=package, idempotency_key=key)
    return await begin_purchase(again(ctx), organization["_id"], values)


async def held(ctx: Context, organization: OrganizationRecord) -> tuple[int, int]:
    """What the wallets of the organization and of the person hold."""
    ids = [wallet_id(owner_id) for owner_id in (organization["_id"], ctx.user_id)]
    found = {wallet["_id"]: wallet["balance"] async for wallet in collection(Wallet).find({"_id": {"$in": ids}})}
    return found.get(ids[0], 0), found.get(ids[1], 0)


async def test_a_payment_is_begun_once_for_a_key_and_brings_nothing_until_it_is_paid(
    paying: Context, owner: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    # When a package is bought twice with a key, and once without
    first, same, other = [await begun(paying, organization, "small", key) for key in ("one", "one", None)]

    # Then Stripe is asked for its price, once for the key
    assert (first, first.amount, first.price) == (same, 100_000, 900)
    assert other.id != first.id
    form = parse_qs(stripe.receiver.received[0].body.decode())
    assert (form["amount"], form["currency"], form["metadata[package]"]) == (["900"], ["usd"], ["small"])

    # And what is not paid, though it is told, brings nothing
    await hear(paying, payment_told(stripe.states[first.id], "payment_intent.created", 1))
    with pytest.raises(Unavailable):  # Stripe is to tell it again
        await hear(paying, payment_told(stripe.states[first.id], "payment_intent.succeeded", 2))
    assert await held(paying, organization) == (0, 0)

    # What is asked for otherwise with the same key is refused, as is what there is not
    with pytest.raises(Conflict):
        await begun(paying, organization, "large", "one")
    with pytest.raises(BadUserInput, match="is no package: there are small, large, credit"):
        await begun(paying, organization, "none")
    with pytest.raises(NotConfigured, match="ORRERY_STRIPE_KEY"):
        await begun(owner, organization, "small")


async def test_a_hundred_events_shuffled_repeated_and_late_leave_the_ledger_right(
    paying: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    # Given ten payments, nine of which are paid, of what was offered at another price since
    chance = random.Random(11)
    bought = [await begun(paying, organization, chance.choice(list(PACKAGES))) for _ in range(10)]
    cheaper = {slug: replace(package, amount=1) for slug, package in PACKAGES.items()}
    hearing = Context(
        paying.subject, replace(paying.services, billing=replace(paying.services.billing, packages=cheaper))
    )
    for payment in bought[1:]:
        stripe.states[payment.id]["status"] = "succeeded"
    told = [
        payment_told(stripe.states[payment.id], f"payment_intent.{kind}", number)
        for payment in bought
        for number, kind in enumerate(("created", "processing", "succeeded", "succeeded", "requires_action"))
        if payment is not bought[0] or kind != "succeeded"
    ]

    # When each is told twice and more, in any order and several at once, and all of them too late
    events = (told * 3)[:100]
    chance.shuffle(events)
    for some in range(0, len(events), 10):
        await asyncio.gather(*(hear(hearing, event) for event in events[some : some + 10]))
    for event in told:
        with pytest.raises(BadUserInput, match=r"^signature"):
            await hear(hearing, event, signature_of(event, SECRET, time.time() - TOLERANCE - 1))

    # Then each that is paid is in a wallet once, and the wallets hold what the ledger adds up to
    paid = bought[1:]
    tokens = sum(payment.amount for payment in paid if payment.unit == WalletUnit.TOKENS)
    cents = sum(payment.amount for payment in paid if payment.unit == WalletUnit.CENTS)
    assert len(events) == 100
    assert await held(paying, organization) == (tokens, cents)
    owners = [wallet_id(owner_id) for owner_id in (organization["_id"], paying.user_id)]
    entries = await collection(LedgerEntry).find({"wallet_id": {"$in": owners}}).to_list()
    assert sorted(entry["reference"] for entry in entries) == sorted(f"stripe:{payment.id}" for payment in paid)
    assert sum(entry["amount"] for entry in entries) == tokens + cents


async def test_a_key_that_no_header_holds_is_refused_by_its_name(
    paying: Context, organization: OrganizationRecord, stripe: Stripe
) -> None:
    with pytest.raises(BadUserInput, match=r"^idempotencyKey: must match"):
        read_input(
            BillingPaymentBegin, {"package": "small", "idempotencyKey": "caf\N{LATIN SMALL LETTER E WITH ACUTE}"}
        )

    assert await begun(paying, organization, "small", "A key, of 2026-11: #1")


@pytest.mark.parametrize("package", ["small", "credit"])
async def test_what_is_paid_for_who_is_gone_comes_into_no_wallet(
    paying: Context, organization: OrganizationRecord, stripe: Stripe, package: str
) -> None:
    payment = await begun(paying, organization, package)
    stripe.states[payment.id]["status"] = "succeeded"
    gone = {"$set": {"deleted_at": utc_now()}}
    if package == "small":
        await collection(Organization).update_one({"_id": organization["_id"]}, gone)
    else:
        await collection(User).update_one({"_id": paying.user_id}, gone)

    await hear(paying, payment_told(stripe.states[payment.id], "payment_intent.succeeded", 1))

    assert await held(paying, organization) == (0, 0)


async def test_a_payment_that_was_not_begun_here_is_no_matter_of_ours(
    paying: Context, organization: OrganizationRecord, stripe: Stripe, caplog: pytest.LogCaptureFixture
) -> None:
    payment = await begun(paying, organization, "small")
    intent = stripe.states[payment.id]
    intent["status"] = "succeeded"
    gone = str(organization["_id"])[:-1] + ("0" if str(organization["_id"])[-1] != "0" else "1")
    usual = intent["metadata"]
    others: list[Any] = [
        {},
        {**usual, "organization_id": "x"},
        {**usual, "amount": "-5"},
        {**usual, "organization_id": gone},
    ]
    for number, metadata in enumerate(others):
        stripe.states[payment.id] = {**intent, "metadata": metadata}
        await hear(paying, payment_told(stripe.states[payment.id], "payment_intent.succeeded", number))

    assert await held(paying, organization) == (0, 0)
    assert "is for nobody who is there: Organization not found" in caplog.text
