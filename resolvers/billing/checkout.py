"""Where people pay: Stripe is asked for a page, for a plan that there is, or for what is paid already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from auth.policies import organization as policy
from models.billing import Billing
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, NotConfigured, NotFound
from models.records import OrganizationMemberRecord
from resolvers.billing.stripe import ask
from resolvers.billing.subscription import is_live, subscription_of
from resolvers.inputs.billing import BillingCheckout, BillingPortal
from resolvers.kit.context import Context
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import operation
from resolvers.wallet.owner import PEOPLES

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where somebody pays."""

    url: str


@operation(
    "billingCheckout",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.UPDATE,
    scope=TokenScope.BILLING_WRITE,
    scope_before=TokenScope.ACCOUNT_WRITE,
    no_tool=PEOPLES,
)
async def begin_checkout(ctx: Context, membership: OrganizationMemberRecord, values: BillingCheckout) -> Checkout:
    """Begin to pay for an organization: `url` is the page to send the browser to.

    Nothing changes here until it is paid. Raises NotConfigured where the operator has set up no payments, Conflict
    where something is paid already: that is changed in the portal.
    """
    price = _price(ctx.services.billing, values.plan)
    success, cancel = (
        _same_origin(ctx, url, field)
        for url, field in ((values.success_url, "successUrl"), (values.cancel_url, "cancelUrl"))
    )
    organization_id = str(membership["organization_id"])
    form: SessionCreateParams = {
        "mode": "subscription",
        "line_items": [{"price": price, "quantity": 1}],
        "success_url": success,
        "cancel_url": cancel,
        "client_reference_id": organization_id,
        "metadata": {"organization_id": organization_id},
        "subscription_data": {"metadata": {"organization_id": organization_id}},
    }
    paid = await subscription_of(membership["organization_id"])
    if paid is not None:
        if is_live(paid):
            raise Conflict("The organization is paid for already: change that in the portal")
        form["customer"] = paid["customer_id"]
    return _page(await ask(ctx, lambda stripe: stripe.v1.checkout.sessions.create_async(form)))


@operation(
    "billingPortal",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.UPDATE,
    scope=TokenScope.BILLING_WRITE,
    scope_before=TokenScope.ACCOUNT_WRITE,
    no_tool=PEOPLES,
)
async def open_portal(ctx: Context, membership: OrganizationMemberRecord, values: BillingPortal) -> Checkout:
    """Change or end what is paid for an organization, or read its invoices: `url` is the page to send the browser to.

    Raises NotConfigured where the operator has set up no payments, NotFound where nothing was ever paid.
    """
    if ctx.services.billing.key is None:
        raise NotConfigured("Nothing can be paid here: set ORRERY_STRIPE_KEY")
    back = _same_origin(ctx, values.return_url, "returnUrl")
    paid = await subscription_of(membership["organization_id"])
    if paid is None:
        raise NotFound("Subscription")
    customer = paid["customer_id"]
    begun = await ask(
        ctx,
        lambda stripe: stripe.v1.billing_portal.sessions.create_async({"customer": customer, "return_url": back}),
    )
    return _page(begun)


def _page(told: Mapping[str, Any]) -> Checkout:
    return Checkout(str(told["url"]))


def _price(billing: Billing, plan: str | None) -> str:
    """Stripe's id of the price of a plan."""
    prices = billing.paid
    if billing.key is None or not prices:
        raise NotConfigured("Nothing can be paid here: set ORRERY_STRIPE_KEY, and prices in ORRERY_PLANS")
    chosen = next(iter(prices)) if plan is None else plan
    if chosen not in prices:
        raise BadUserInput(f"is nothing to pay for: there are {', '.join(prices)}", field="plan")
    return prices[chosen]


def _same_origin(ctx: Context, url: str | None, field: str) -> str:
    """An address of this gateway; raises BadUserInput for any other, so that nobody is led elsewhere from Stripe."""
    base = ctx.services.base_url
    found = urlsplit(urljoin(base.rstrip("/") + "/", url or ""))
    ours = urlsplit(base)
    if (found.scheme, found.netloc) != (ours.scheme, ours.netloc) or "\\" in found.geturl():
        raise BadUserInput("has to be an address of this gateway", field=field)
    return found.geturl()
