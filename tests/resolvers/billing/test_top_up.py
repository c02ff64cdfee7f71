"""Paying for top-ups: asked of Stripe once, credited once, and only with a method of the owner's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest

from gateway.top_ups import Pace
from models import Organization, Wallet
from models.base import collection, utc_now
from models.billing import EXAMPLES
from models.errors import InsufficientBalance
from models.records import OrganizationRecord, TopUpRecord
from models.wallet import LedgerEntryType
from realtime.log import Change
from resolvers.billing.bought import Bought, credit_payment
from resolvers.billing.top_up import FOREIGN, GONE, LATER, SECONDS, pay_due
from resolvers.inputs.wallet import CreditTopUpCreate, TokenTopUpCreate, TokenTopUpUpdate, WalletConsume
from resolvers.kit.context import Context
from resolvers.wallet.ledger import credit, wallet_of
from resolvers.wallet.top_up import create_credit_top_up, create_token_top_up, set_top_up, update_token_top_up
from resolvers.wallet.wallet import consume
from tests.resolvers.lab import again
from tests.resolvers.receiving import Received, Receiver, receiving
from tests.resolvers.stripe import at_stripe

PACKAGE = EXAMPLES["tokens-100k"]


@dataclass
class Payments:
    """Stripe with its payments, `made` by what they were asked as once, of which those are `charged` that took money.
    The next ones stand at `status` once they are confirmed, or are `declined`. Answers to what is `lost` (`begin`,
    `confirm`) do not arrive. `meanwhile` happens before one is confirmed."""

    receiver: Receiver
    owners: dict[str, str]
    status: str = "succeeded"
    declined: str | None = None
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)
    charged: list[str] = field(default_factory=list)
    lost: str | None = None
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def reply(self, asked: Received) -> bytes:
        method, path, _ = asked.line.split()
        if "/payment_methods/" in path:
            return orjson.dumps({"customer": {"id": "cus_1", "metadata": self.owners}})
        if method == "GET":
            return orjson.dumps(self._found(path.rpartition("/")[2]))
        if path.endswith("/confirm"):
            return await self._confirmed(self._found(path.split("/")[-2]))
        form = dict(parse_qsl(asked.body.decode()))
        self.forms.append(form)
        metadata = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
        new = {"id": f"pi_{len(self.made)}", "status": "requires_confirmation", "metadata": metadata}
        self._lose("begin")
        return orjson.dumps(self.made.setdefault(asked.headers["idempotency-key"], new))

    async def _confirmed(self, payment: dict[str, Any]) -> bytes:
        if self.meanwhile is not None:
            await self.meanwhile()
        if payment["status"] == "requires_confirmation" and self.declined is not None:
            failed = {"type": "card_error", "message": self.declined}
            payment |= {"status": "requires_payment_method", "last_payment_error": failed}
            self.receiver.statuses = [402, 200]
            self._lose("confirm")
            return orjson.dumps({"error": failed})
        if payment["status"] == "requires_confirmation":
            payment["status"] = self.status
            self.charged.append(payment["id"])
        self._lose("confirm")
        return orjson.dumps(payment)

    def _found(self, payment_id: str) -> dict[str, Any]:
        return next(one for one in self.made.values() if one["id"] == payment_id)

    def _lose(self, what: str) -> None:
        if self.lost == what:
            self.lost, self.receiver.statuses = None, [503, 200]


@pytest.fixture
async def stripe(organization: OrganizationRecord) -> AsyncIterator[Payments]:
    async with receiving() as opened:
        made = Payments(opened, {"organization_id": str(organization["_id"])})
        opened.reply = made.reply
        yield made


@pytest.fixture
async def paying(owner: Context, organization: OrganizationRecord, stripe: Payments) -> Context:
    """A request of the owner's, whose organization has a top-up due."""
    paying = at_stripe(owner, stripe.receiver, packages=EXAMPLES)
    left = {"top_up.due_at": {"$ne": None}}  # by other tests
    await collection(Wallet).update_many(left, {"$set": {"top_up.due_at": None}})
    await give(paying, organization, 60)
    ours = organization["_id"]
    values = TokenTopUpCreate(organization_id=ours, threshold=50, package=PACKAGE.slug, payment_method="pm_1")
    await create_token_top_up(paying, values)
    await use(paying, organization, 20)
    return paying


async def give(ctx: Context, organization: OrganizationRecord, amount: int, reference: str | None = None) -> None:
    """Tokens that nobody has paid."""
    ours, type_ = organization["_id"], LedgerEntryType.BONUS
    await again(ctx).write_as(ours, None, lambda change: credit(change, ours, amount, type_, reference))


async def use(ctx: Context, organization: OrganizationRecord, amount: int) -> None:
    await consume(again(ctx), WalletConsume(organization_id=organization["_id"], amount=amount, action="Render"))


async def standing(organization: OrganizationRecord) -> tuple[int, TopUpRecord]:
    """What is left, and how the top-up stands."""
    wallet = await wallet_of(organization["_id"])
    assert wallet["top_up"] is not None
    return wallet["balance"], wallet["top_up"]


async def die_before_it_is_paid(ctx: Context, stripe: Payments) -> None:
    """A process ends once a payment is begun at Stripe, and before Stripe has heard that it is to be paid."""

    async def dies() -> None:
        stripe.meanwhile = None
        task.cancel()
        await asyncio.wait([task])
        raise ConnectionError

    stripe.meanwhile = dies
    task = asyncio.create_task(pay_due(ctx.services))
    await asyncio.wait([task])
    assert task.cancelled()


async def test_what_is_due_is_paid_and_credited_once_whoever_asks(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    # When three gateways look at once, and the webhook tells of it as well
    await asyncio.gather(*(pay_due(paying.services) for _ in range(3)))
    told = Bought(organization["_id"], PACKAGE.amount, PACKAGE.slug)
    await paying.write_as(organization["_id"], None, lambda change: credit_payment(change, "pi_0", told))
    await pay_due(paying.services, utc_now() + 2 * LATER)

    # Then there is one payment, for what the package costs, and it counts once
    balance, top_up = await standing(organization)
    [once] = stripe.made
    assert once.startswith(f"orrery-{(await wallet_of(organization['_id']))['_id']}-{top_up['month']}-1-")
    assert stripe.charged == ["pi_0"]
    assert balance == 40 + PACKAGE.amount
    assert (top_up["due_at"], top_up["payment"], top_up["error"]) == (None, None, None)
    assert stripe.forms[0] == {
        "amount": str(PACKAGE.price),
        "currency": "usd",
        "customer": "cus_1",
        "payment_method": "pm_1",
        "automatic_payment_methods[enabled]": "true",
        "automatic_payment_methods[allow_redirects]": "never",
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
    stripe.owners = {"organization_id": str(paying.user_id)}
    await pay_due(paying.services)
    balance, top_up = await standing(organization)
    assert (balance, top_up["error"], top_up["due_at"], stripe.made) == (40, FOREIGN, None, {})

    # And a method that takes more, where another one is set
    stripe.owners = {"organization_id": str(organization["_id"])}
    values = TokenTopUpUpdate(organization_id=organization["_id"], payment_method="pm_2")
    await update_token_top_up(again(paying), values)
    stripe.status = "requires_action"
    await pay_due(paying.services)
    balance, top_up = await standing(organization)
    assert (balance, top_up["due_at"]) == (40, None)
    assert "requires_action" in (top_up["error"] or "")

    # Then using up more begins none
    await use(paying, organization, 1)
    await pay_due(paying.services)
    assert len(stripe.made) == 1

    # And a card that is declined, where yet another one is set
    values = TokenTopUpUpdate(organization_id=organization["_id"], payment_method="pm_3")
    await update_token_top_up(again(paying), values)
    stripe.declined = "Your card was declined."
    await pay_due(paying.services)
    balance, top_up = await standing(organization)
    assert (balance, top_up["error"], top_up["due_at"]) == (39, "Your card was declined.", None)


@pytest.mark.parametrize("lost", ["begin", "confirm"])
async def test_a_top_up_whose_answer_is_lost_is_paid_once_and_credited(
    paying: Context, organization: OrganizationRecord, stripe: Payments, lost: str
) -> None:
    # Given a payment whose answer does not arrive
    stripe.lost = lost
    await pay_due(paying.services)
    balance, top_up = await standing(organization)
    assert (balance, top_up["error"], top_up["due_at"] is not None) == (40, None, True)

    # When it is looked at again, and the operator has another price meanwhile
    dearer = {PACKAGE.slug: replace(PACKAGE, price=2 * PACKAGE.price)}
    later = replace(paying.services, billing=replace(paying.services.billing, packages=dearer))
    await pay_due(later, utc_now() + 2 * LATER)

    # Then it was paid once, and has come
    balance, top_up = await standing(organization)
    assert (balance, top_up["error"], top_up["due_at"]) == (40 + PACKAGE.amount, None, None)
    assert len(stripe.charged) == 1


async def test_a_top_up_that_was_declined_unheard_says_why(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    stripe.lost, stripe.declined = "confirm", "Your card was declined."
    await pay_due(paying.services)
    await pay_due(paying.services, utc_now() + 2 * LATER)

    balance, top_up = await standing(organization)
    assert (balance, top_up["error"], top_up["due_at"]) == (40, "Your card was declined.", None)


async def test_a_top_up_whose_process_dies_before_it_is_paid_is_paid_by_another(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    await die_before_it_is_paid(paying, stripe)
    balance, top_up = await standing(organization)
    assert (balance, top_up["payment"], stripe.charged) == (40, "pi_0", [])

    await pay_due(paying.services)

    balance, top_up = await standing(organization)
    assert (balance, top_up["due_at"], len(stripe.charged)) == (40 + PACKAGE.amount, None, 1)


async def test_a_top_up_that_cannot_be_written_waits_and_holds_up_no_other(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    # Given two that are due, for the first of which the ledger has something else
    await give(paying, organization, 1, "stripe:pi_0")
    stripe.owners["user_id"] = str(paying.user_id)
    await create_credit_top_up(
        again(paying), CreditTopUpCreate(threshold=1, package="credit-10", payment_method="pm_2")
    )

    # When they are paid
    now = utc_now()
    await pay_due(paying.services)

    # Then the other one has come, and the first is looked at later
    _, top_up = await standing(organization)
    assert (await wallet_of(paying.user_id))["balance"] == EXAMPLES["credit-10"].amount
    assert top_up["due_at"] is not None
    assert top_up["due_at"] > now + LATER / 2


async def test_what_is_turned_off_while_it_is_due_is_not_paid(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    # Given one that is turned off before Stripe is asked
    off, on = (TokenTopUpUpdate(organization_id=organization["_id"], is_enabled=enabled) for enabled in (False, True))
    await update_token_top_up(again(paying), off)
    await pay_due(paying.services)
    _, top_up = await standing(organization)
    assert (top_up["due_at"], stripe.made) == (None, {})

    # And one that is begun, and not paid
    await update_token_top_up(again(paying), on)
    await die_before_it_is_paid(paying, stripe)
    await update_token_top_up(again(paying), off)
    await pay_due(paying.services, utc_now() + 2 * LATER)

    # Then neither is paid, and none is said to have failed
    balance, top_up = await standing(organization)
    assert (balance, top_up["due_at"], top_up["payment"], top_up["error"]) == (40, None, None, None)
    assert (len(stripe.made), stripe.charged) == (1, [])


async def test_what_became_of_a_top_up_that_is_over_changes_nothing(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    # Given one that another process ends while Stripe is asked, after which another one begins
    ours = organization["_id"]

    async def ends() -> None:
        stripe.meanwhile = None
        values = {"begun": 2, "payment": "pi_other"}
        await paying.services.hub.log.write(ours, None, lambda change: _set(change, values))

    async def _set(change: Change, values: dict[str, Any]) -> None:
        await set_top_up(change, ours, await wallet_of(ours), values)

    stripe.meanwhile, before = ends, await standing(organization)
    await pay_due(paying.services)

    # Then what becomes of the first is not written into the other
    balance, top_up = await standing(organization)
    assert (balance, top_up) == (40, {**before[1], "begun": 2, "payment": "pi_other"})


async def test_whoever_no_longer_holds_the_work_begins_no_other_payment(paying: Context, stripe: Payments) -> None:
    async def lost() -> bool:
        return False

    assert await pay_due(paying.services, go_on=lost) is False

    assert stripe.receiver.received == []
    assert Pace().lease / 2 > SECONDS  # for one: the work is held for longer than half of the lease when one begins


async def test_what_was_paid_for_somebody_who_is_gone_is_in_no_wallet(
    paying: Context, organization: OrganizationRecord, stripe: Payments, caplog: pytest.LogCaptureFixture
) -> None:
    async def goes() -> None:
        await collection(Organization).update_one({"_id": organization["_id"]}, {"$set": {"deleted_at": utc_now()}})

    stripe.meanwhile = goes
    await pay_due(paying.services)

    balance, top_up = await standing(organization)
    assert (balance, top_up["due_at"], top_up["error"]) == (40, None, GONE)
    assert "what was paid by pi_0 at Stripe is for nobody who is there" in caplog.text


async def test_a_top_up_begins_where_little_is_left_already_and_as_long_as_that_is_so(
    paying: Context, organization: OrganizationRecord, stripe: Payments
) -> None:
    # Given a top-up that is set up for credit that was never used
    stripe.owners["user_id"] = str(paying.user_id)
    bought = EXAMPLES["credit-10"].amount
    values = CreditTopUpCreate(threshold=bought + 1, package="credit-10", payment_method="pm_2", max_monthly=2)
    await create_credit_top_up(again(paying), values)

    # When it is paid, and what has come is too little still
    for _ in range(3):
        await pay_due(paying.services)

    # Then it is bought until that is enough, as often as it may be
    assert (await wallet_of(paying.user_id))["balance"] == 2 * bought

    # And what is refused for want of tokens has them topped up, as may be another one in another month
    await pay_due(paying.services)
    await use(paying, organization, 40 + PACKAGE.amount)
    await paying.services.hub.log.write(organization["_id"], None, lambda change: _last_month(change, organization))
    with pytest.raises(InsufficientBalance):
        await use(paying, organization, 1)
    _, top_up = await standing(organization)
    assert (top_up["begun"], top_up["due_at"] is not None) == (1, True)


async def _last_month(change: Change, organization: OrganizationRecord) -> None:
    values = {"month": "2001-01", "begun": 3, "due_at": None}
    await set_top_up(change, organization["_id"], await wallet_of(organization["_id"]), values)
