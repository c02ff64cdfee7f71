"""Paying for top-ups: asked of Stripe once, credited once, and only with a method of the owner's."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest

from models.base import utc_now
from models.billing import EXAMPLES, Billing
from models.outbound import Outbound
from models.records import LedgerEntryRecord, OrganizationRecord, TopUpRecord
from models.wallet import LedgerEntryType
from realtime.log import Change
from resolvers.billing.top_up import FOREIGN, LATER, pay_due
from resolvers.inputs.wallet import TokenTopUpCreate, TokenTopUpUpdate, WalletConsume
from resolvers.kit.context import Context
from resolvers.wallet.ledger import credit, wallet_of
from resolvers.wallet.top_up import create_token_top_up, update_token_top_up
from resolvers.wallet.wallet import consume
from tests.resolvers.lab import again
from tests.resolvers.receiving import Received, Receiver, receiving

PACKAGE = EXAMPLES["tokens-100k"]


@dataclass
class Payments:
    """Stripe with its payments, by what they were asked as once. The next ones stand at `status`, or are `declined`."""

    receiver: Receiver
    owner: str
    status: str = "succeeded"
    declined: str | None = None
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)

    async def reply(self, asked: Received) -> bytes:
        method, path, _ = asked.line.split()
        if "/payment_methods/" in path:
            return orjson.dumps({"customer": {"id": "cus_1", "metadata": {"organization_id": self.owner}}})
        if method == "GET":
            return orjson.dumps(next(one for one in self.made.values() if path.endswith(f"/{one['id']}")))
        form = dict(parse_qsl(asked.body.decode()))
        self.forms.append(form)
        if self.declined is not None:
            return orjson.dumps({"error": {"type": "card_error", "message": self.declined}})
        name = asked.headers["idempotency-key"]
        new = {
            "id": f"pi_{len(self.made)}",
            "status": self.status,
            "metadata": {"amount": form["metadata[amount]"]},
        }
        return orjson.dumps(self.made.setdefault(name, new))


@pytest.fixture
async def stripe(organization: OrganizationRecord) -> AsyncIterator[Payments]:
    async with receiving() as opened:
        made = Payments(opened, str(organization["_id"]))
        opened.reply = made.reply
        yield made


@pytest.fixture
async def paying(owner: Context, organization: OrganizationRecord, stripe: Payments) -> Context:
    """A request of the owner's, whose organization has a top-up due."""
    billing = Billing("sk_test_1", stripe.receiver.url, packages=EXAMPLES)
    services = replace(owner.services, billing=billing, outbound=Outbound(frozenset({stripe.receiver.host})))
    paying = Context(owner.subject, services)
    ours = organization["_id"]
    values = TokenTopUpCreate(organization_id=ours, threshold=50, package=PACKAGE.slug, payment_method="pm_1")
    await create_token_top_up(paying, values)

    async def body(change: Change) -> LedgerEntryRecord:
        return await credit(change, ours, 60, LedgerEntryType.BONUS)

    await paying.write_as(ours, None, body)
    await use(paying, organization, 20)
    return paying


async def use(ctx: Context, organization: OrganizationRecord, amount: int) -> None:
    await consume(again(ctx), WalletConsume(organization_id=organization["_id"], amount=amount, action="Render"))


async def standing(organization: OrganizationRecord) -> tuple[int, TopUpRecord]:
    """What is left, and how the top-up stands."""
    wallet = await wallet_of(organization["_id"])
    assert wallet["top_up"] is not None
    return wallet["balance"], wallet["top_up"]


async def test_what_is_due_is_paid_and_credited_once_whoever_asks(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    # When three gateways look at once, and the webhook tells of it as well
    await asyncio.gather(*(pay_due(paying.services) for _ in range(3)))
    await paying.write_as(
        organization["_id"],
        None,
        lambda change: credit(change, organization["_id"], PACKAGE.amount, LedgerEntryType.PURCHASE, "pi_0"),
    )
    await pay_due(paying.services)

    # Then there is one payment, for what the package costs, and it counts once
    balance, top_up = await standing(organization)
    assert list(stripe.made) == [f"orrery-{(await wallet_of(organization['_id']))['_id']}-{top_up['month']}-1"]
    assert balance == 40 + PACKAGE.amount
    assert (top_up["due_at"], top_up["payment"], top_up["error"]) == (None, None, None)
    assert stripe.forms[0] == {
        "amount": str(PACKAGE.price),
        "currency": "usd",
        "customer": "cus_1",
        "payment_method": "pm_1",
        "confirm": "true",
        "off_session": "true",
        "metadata[organization_id]": str(organization["_id"]),
        "metadata[package]": PACKAGE.slug,
        "metadata[amount]": str(PACKAGE.amount),
    }


async def test_a_payment_that_takes_its_time_is_looked_at_again(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    # Given a Stripe that does not answer, and then says that it is under way
    stripe.receiver.statuses = [503]
    await pay_due(paying.services)
    stripe.receiver.statuses, stripe.status = [200], "processing"
    later = utc_now() + 2 * LATER
    await pay_due(paying.services, later)
    balance, top_up = await standing(organization)
    assert (balance, top_up["payment"]) == (40, "pi_0")

    # When it is over
    [payment] = stripe.made.values()
    payment["status"] = "succeeded"
    await pay_due(paying.services, later + timedelta(minutes=5))

    # Then it is credited, without another one
    balance, top_up = await standing(organization)
    assert (balance, top_up["due_at"], len(stripe.made)) == (40 + PACKAGE.amount, None, 1)


async def test_what_cannot_be_paid_is_told_and_not_tried_again(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    # Given a method of another customer
    stripe.owner = str(paying.user_id)
    await pay_due(paying.services)
    balance, top_up = await standing(organization)
    assert (balance, top_up["error"], top_up["due_at"], stripe.made) == (40, FOREIGN, None, {})

    # And a method that takes more, where another one is set
    stripe.owner = str(organization["_id"])
    values = TokenTopUpUpdate(organization_id=organization["_id"], payment_method="pm_2")
    await update_token_top_up(again(paying), values)
    await use(paying, organization, 1)
    stripe.receiver.statuses, stripe.status = [200, 200], "requires_action"
    await pay_due(paying.services)
    balance, top_up = await standing(organization)
    assert (balance, top_up["due_at"]) == (39, None)
    assert "requires_action" in (top_up["error"] or "")

    # Then using up more begins none
    await use(paying, organization, 1)
    await pay_due(paying.services)
    assert len(stripe.made) == 1

    # And a card that is declined, where yet another one is set
    values = TokenTopUpUpdate(organization_id=organization["_id"], payment_method="pm_3")
    await update_token_top_up(again(paying), values)
    await use(paying, organization, 1)
    stripe.receiver.statuses, stripe.declined = [200, 402], "Your card was declined."
    await pay_due(paying.services)
    balance, top_up = await standing(organization)
    assert (balance, top_up["error"], top_up["due_at"]) == (37, "Your card was declined.", None)
