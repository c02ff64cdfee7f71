"""How a subscription of an organization stands at Stripe: read back, and written in the organization.

What was read is written unless another event was followed meanwhile: then it is read once more. So the last state that
is written was read after every one before it, whichever way events come.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from models import Organization
from models.base import collection, with_changes
from models.billing import Billing, terms
from models.enums import SubscriptionStatus
from models.errors import NotFound, Unavailable
from models.records import BillingSubscriptionRecord, OrganizationRecord
from realtime.events.organization import OrganizationUpdated
from realtime.log import Change, Committed
from resolvers.billing.billing_event import ChangedError, note_event, require_unheard
from resolvers.billing.stripe import ask
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields

log = logging.getLogger("orrery.billing")

ATTEMPTS = 5
"""How often a subscription is read back while others write what they have read of it."""


async def follow_subscription(
    ctx: Context, subscription_id: str, organization_id: ObjectId, event_id: str | None = None
) -> Committed[OrganizationRecord]:
    """Have an organization be as Stripe says that its subscription stands, as an event tells, or somebody who has
    changed it there.

    Raises HeardError where the event was followed already, NotFound for an organization that is not there, and
    Unavailable.
    """
    for _ in range(ATTEMPTS):
        if event_id is not None:
            await require_unheard(event_id)
        with suppress(ChangedError):
            return await _read_back(ctx, subscription_id, organization_id, event_id)
    raise Unavailable


async def _read_back(
    ctx: Context, subscription_id: str, organization_id: ObjectId, event_id: str | None
) -> Committed[OrganizationRecord]:
    known = await subscription_of(organization_id)
    told = await ask(ctx, lambda stripe: stripe.v1.subscriptions.retrieve_async(subscription_id))
    now, price = _read(told)

    async def body(change: Change) -> OrganizationRecord:
        if event_id is not None:
            await note_event(change, event_id)
        current = await collection(Organization).find_one({"_id": organization_id}, session=change.session)
        if current is None:
            raise NotFound("Organization")
        if _revision(current.get("subscription")) != _revision(known):
            raise ChangedError
        return await _keep(change, ctx.services.billing, current, now, price)

    return await ctx.write_as(organization_id, ctx.user_id if event_id is None else None, body)


async def subscription_of(organization_id: ObjectId) -> BillingSubscriptionRecord | None:
    """What is, or was, paid for an organization; raises NotFound for one that is not there."""
    found = await collection(Organization).find_one({"_id": organization_id}, {"subscription": 1})
    if found is None:
        raise NotFound("Organization")
    return found.get("subscription")


async def set_billing(change: Change, organization_id: ObjectId, values: Mapping[str, Any]) -> OrganizationRecord:
    """Change what an organization has of a plan, or pays for it, and tell of it if anything differs."""
    organization, differs = await set_fields(change, Organization, organization_id, values)
    if differs:
        change.append(organization_id, OrganizationUpdated(organization=organization))
    return organization


async def _keep(
    change: Change, billing: Billing, organization: OrganizationRecord, now: BillingSubscriptionRecord, price: str
) -> OrganizationRecord:
    """Write how a subscription stands, unless another one counts. Each time it is counted, and told if it differs."""
    known = organization.get("subscription")
    is_another = known is not None and known["subscription_id"] != now["subscription_id"]
    if known is not None and is_another and is_live(known) and is_live(now):
        ids = known["subscription_id"], now["subscription_id"]
        log.warning("Organization %s is paid for twice at Stripe: %s and %s", organization["_id"], *ids)
    given = _terms(billing, organization, now, price)
    is_over = is_another and not is_live(now)  # what is known counts
    if known is not None and (is_over or (not given and _is_known(now, known))):
        counted = {"$inc": {"subscription.revision": 1}}
        await collection(Organization).update_one({"_id": organization["_id"]}, counted, session=change.session)
        return organization
    kept = with_changes(now, {"revision": _revision(known) + 1})
    return await set_billing(change, organization["_id"], {"subscription": kept, **given})


def _terms(
    billing: Billing, organization: OrganizationRecord, now: BillingSubscriptionRecord, price: str
) -> dict[str, Any]:
    """What an organization has of the plan that it is on from now; nothing where it stays on the one that it has."""
    plan = billing.of_price(price) if is_live(now) else billing.free
    if plan is None and is_live(now):
        log.warning("Organization %s pays a price that no plan has: %s", organization["_id"], price)
        return {}
    given = terms(plan)
    return {} if given["plan"] == organization.get("plan") else given


def _read(told: Mapping[str, Any]) -> tuple[BillingSubscriptionRecord, str]:
    """What is kept of a subscription, and the price that is paid. Raises Unavailable for what is none."""
    try:
        item = told["items"]["data"][0]
        ends = item.get("current_period_end") or told.get("current_period_end")
        kept: BillingSubscriptionRecord = {
            "subscription_id": str(told["id"]),
            "customer_id": str(told["customer"]),
            "status": SubscriptionStatus(told["status"]).value,
            "renews_at": None if ends is None else datetime.fromtimestamp(int(ends), UTC),
            "is_ending": bool(told.get("cancel_at_period_end")),
            "revision": 0,
        }
        return kept, str(item["price"]["id"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise Unavailable from error


def _revision(known: BillingSubscriptionRecord | None) -> int:
    return 0 if known is None else known["revision"]


def is_live(told: BillingSubscriptionRecord) -> bool:
    """Whether it is paid, or will be."""
    return SubscriptionStatus(told["status"]).is_live


def _is_known(now: BillingSubscriptionRecord, known: BillingSubscriptionRecord) -> bool:
    return with_changes(now, {"revision": known["revision"]}) == known
