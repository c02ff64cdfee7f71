"""What is bought once: Stripe is asked for a payment, and what was paid comes into a wallet, once.

A payment says itself what it was for, as it was begun: whatever the operator has changed since counts for others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from auth.policies import organization as policy
from models.billing import Billing, Package
from models.enums import TokenScope
from models.errors import BadUserInput, Forbidden, NotConfigured, Unavailable
from models.records import OrganizationMemberRecord
from models.wallet import WalletUnit
from realtime.log import Change
from resolvers.billing.billing_event import ChangedError, HeardError, note_event, require_unheard
from resolvers.billing.bought import CURRENCY, SUCCEEDED, Bought, credit_payment
from resolvers.billing.stripe import ask
from resolvers.inputs.billing import BillingPaymentBegin
from resolvers.kit.context import Context
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import Caller, operation
from resolvers.wallet.owner import PEOPLES

if TYPE_CHECKING:
    from stripe.params import PaymentIntentCreateParams


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that was begun at Stripe. Who has the `client_secret` may pay it."""

    id: str
    client_secret: str
    status: str
    package: str
    unit: WalletUnit
    amount: int
    price: int


@operation(
    "billingPaymentBegin",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.PAY,
    caller=Caller.NO_AGENT,
    scope=TokenScope.BILLING_WRITE,
    reveals=True,
    no_tool=PEOPLES,
)
async def begin_purchase(ctx: Context, membership: OrganizationMemberRecord, values: BillingPaymentBegin) -> Payment:
    """Begin to pay for a package: tokens for the organization, or credit for whoever asks.

    Nothing comes until it is paid, by whoever confirms the payment with the `clientSecret`. With an `idempotencyKey`
    of before it is the payment of before. Raises NotConfigured where the operator has set up no payments.
    """
    package = package_named(ctx.services.billing, values.package)
    if package.unit is WalletUnit.CENTS and ctx.subject.organization_id is not None:
        raise Forbidden("A key of an organization has no credit of its own")
    organization_id = membership["organization_id"]
    owner_id = organization_id if package.unit is WalletUnit.TOKENS else ctx.user_id
    once = f"{organization_id}:{ctx.user_id}:{values.idempotency_key or uuid4().hex}"
    form: PaymentIntentCreateParams = {
        "amount": package.price,
        "currency": CURRENCY,
        "description": package.name,
        "automatic_payment_methods": {"enabled": True},
        "metadata": Bought(owner_id, package.amount, package.slug).metadata,
    }
    begun = await ask(ctx, lambda stripe: stripe.v1.payment_intents.create_async(form, {"idempotency_key": once}))
    match begun:
        case {"id": str(payment_id), "client_secret": str(secret), "status": str(status)}:
            return Payment(payment_id, secret, status, package.slug, package.unit, package.amount, package.price)
    raise Unavailable


async def follow_payment(ctx: Context, payment_id: str, event: Mapping[str, Any]) -> None:
    """Put what was paid into its wallet, as an event tells that was signed.

    Raises HeardError where the event was followed already, NotFound where whoever has bought it is not there, and
    Unavailable where Stripe does not yet say so of what was told to be paid.
    """
    await require_unheard(event["id"])
    told = await ask(ctx, lambda stripe: stripe.v1.payment_intents.retrieve_async(payment_id))
    if told.get("status") != SUCCEEDED:
        if event["type"].endswith(SUCCEEDED):
            raise Unavailable
        return
    bought = Bought.told_by(told)
    if bought is None:
        return

    async def body(change: Change) -> None:
        await note_event(change, event["id"])
        await credit_payment(change, payment_id, bought)

    try:
        await ctx.write_as(bought.owner_id, None, body)
    except ChangedError as error:
        raise HeardError from error


def package_named(billing: Billing, slug: str) -> Package:
    """The package that a client names; raises NotConfigured where nothing can be paid, BadUserInput for another one."""
    if billing.key is None or not billing.offered:
        raise NotConfigured("Nothing can be paid here: set ORRERY_STRIPE_KEY, and packages in ORRERY_PLANS")
    package = billing.offered.get(slug)
    if package is None:
        raise BadUserInput(f"is no package: there are {', '.join(billing.offered)}", field="package")
    return package
