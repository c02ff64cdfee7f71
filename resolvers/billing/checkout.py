"""Checkout: an organization is paid for at Stripe, which the gateway asks for a page."""

from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2
import orjson
from bson import ObjectId

from auth.policies import organization as policy
from models.billing import Billing
from models.enums import TokenScope
from models.errors import BadUserInput, NotConfigured, Unavailable
from models.outbound import Answer
from models.records import OrganizationMemberRecord
from resolvers.inputs.billing import BillingCheckout
from resolvers.kit.context import Context
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import operation

SECONDS = 20.0
MAX_ANSWER = 256 * 1024
VERSION = "2025-03-31.basil"
"""Of Stripe's interface, so that an answer looks as it does here whenever the account was made."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where somebody pays."""

    url: str


@operation(
    "billingCheckout",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.UPDATE,
    scope=TokenScope.ACCOUNT_WRITE,
    no_tool="people decide what is paid for",
)
async def begin_checkout(ctx: Context, membership: OrganizationMemberRecord, values: BillingCheckout) -> Checkout:
    """Begin to pay for an organization: `url` is the page to send the browser to.

    Nothing changes here until it is paid. Raises NotConfigured where the operator has set up no payments.
    """
    billing = ctx.services.billing
    price = _price(billing, values.plan)
    success, cancel = (
        _same_origin(ctx, url, field)
        for url, field in ((values.success_url, "successUrl"), (values.cancel_url, "cancelUrl"))
    )
    answer = await _ask(ctx, billing, membership["organization_id"], price, success, cancel)
    if answer.status in (401, 403, 404):
        raise NotConfigured("Stripe refuses the key, or knows no such price: see ORRERY_STRIPE_KEY and its prices")
    if answer.status != 200:
        raise Unavailable
    return Checkout(orjson.loads(answer.body)["url"])


def _price(billing: Billing, plan: str | None) -> str:
    """Stripe's id of the price of a plan."""
    if billing.key is None or not billing.prices:
        raise NotConfigured("Nothing can be paid here: set ORRERY_STRIPE_KEY and ORRERY_STRIPE_PRICES")
    chosen = next(iter(billing.prices)) if plan is None else plan
    if chosen not in billing.prices:
        raise BadUserInput(f"is no plan: there are {', '.join(billing.prices)}", field="plan")
    return billing.prices[chosen]


def _same_origin(ctx: Context, url: str | None, field: str) -> str:
    """An address of this gateway; raises BadUserInput for any other, so that nobody is led elsewhere from Stripe."""
    base = ctx.services.base_url
    found = urlsplit(urljoin(base.rstrip("/") + "/", url or ""))
    ours = urlsplit(base)
    if (found.scheme, found.netloc) != (ours.scheme, ours.netloc) or "\\" in found.geturl():
        raise BadUserInput("has to be an address of this gateway", field=field)
    return found.geturl()


async def _ask(
    ctx: Context, billing: Billing, organization_id: ObjectId, price: str, success: str, cancel: str
) -> Answer:
    form = {
        "mode": "subscription",
        "line_items[0][price]": price,
        "line_items[0][quantity]": "1",
        "success_url": success,
        "cancel_url": cancel,
        "client_reference_id": str(organization_id),
        "metadata[organization_id]": str(organization_id),
        "subscription_data[metadata][organization_id]": str(organization_id),
    }
    headers = {
        "authorization": f"Bearer {billing.key}",
        "content-type": "application/x-www-form-urlencoded",
        "stripe-version": VERSION,
    }
    try:
        return await ctx.services.outbound.request(
            "POST",
            billing.url.rstrip("/") + "/v1/checkout/sessions",
            headers=headers,
            body=urlencode(form).encode(),
            timeout=SECONDS,
            max_bytes=MAX_ANSWER,
        )
    except httpx2.TransportError as error:
        raise Unavailable from error
