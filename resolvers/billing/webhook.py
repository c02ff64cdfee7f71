"""What Stripe tells: signed, in any order, and more than once.

An event says only that something about a subscription may have changed. How it stands is read back from Stripe, and
written unless another event was followed meanwhile: then it is read once more. So the last state that is written was
read after every one before it, whichever way events come.
"""

import hmac
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast
from urllib.parse import quote

import orjson
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from models import BillingEvent, Organization
from models.base import collection, to_record, utc_now, with_changes
from models.billing import Billing, terms
from models.enums import SubscriptionStatus
from models.errors import BadUserInput, NotConfigured, Unavailable
from models.ids import Kind, parse_id
from models.records import BillingSubscriptionRecord, OrganizationRecord
from realtime.log import Change
from resolvers.billing.plan import set_billing
from resolvers.billing.stripe import ask
from resolvers.inputs.billing import BillingReceive
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation

log = logging.getLogger("orrery.billing")

TOLERANCE = 300
"""Seconds that a signature is good for, either way."""
MAX_ID = 255
ATTEMPTS = 5
"""How often a subscription is read back while others write what they have read of it."""


class _Changed(Exception):  # noqa: N818
    """Another event was followed meanwhile."""


@operation("billingReceive", caller=Caller.ANYONE)
async def receive_payment(ctx: Context, values: BillingReceive) -> None:
    """Take note of what Stripe tells. What is no matter of the gateway's changes nothing.

    Raises BadUserInput without a signature of Stripe's that is no older than five minutes, NotConfigured where the
    operator has set up no webhook, and Unavailable where Stripe does not say how things stand: it sends again then.
    """
    event = _verified(ctx.services.billing, values)
    about = _about(event)
    if about is not None:
        await _follow(ctx, str(event["id"]), *about)


async def _follow(ctx: Context, event_id: str, subscription_id: str, organization_id: ObjectId) -> None:
    """Have an organization be as Stripe says that its subscription stands, unless the event was followed already."""
    for _ in range(ATTEMPTS):
        if await collection(BillingEvent).find_one({"_id": event_id}, {"_id": 1}) is not None:
            return
        with suppress(_Changed):
            await _read_back(ctx, event_id, subscription_id, organization_id)
            return
    raise Unavailable


async def _read_back(ctx: Context, event_id: str, subscription_id: str, organization_id: ObjectId) -> None:
    before = await collection(Organization).find_one({"_id": organization_id}, {"subscription": 1})
    if before is None:
        log.warning("Stripe's event %s is for an organization that is not there: %s", event_id, organization_id)
        return
    known = before.get("subscription")
    told = await ask(ctx, f"subscriptions/{quote(subscription_id, safe='')}")
    now, price = _read(told)

    async def body(change: Change) -> None:
        await _note(change, event_id)
        current = await collection(Organization).find_one({"_id": organization_id}, session=change.session)
        if current is None:
            return
        if _revision(current.get("subscription")) != _revision(known):
            raise _Changed
        await _keep(change, ctx.services.billing, current, now, price)

    await ctx.write_as(organization_id, None, body)


async def _keep(
    change: Change, billing: Billing, organization: OrganizationRecord, now: BillingSubscriptionRecord, price: str
) -> None:
    """Write how a subscription stands, unless another one counts. Each time it is counted, and told if it differs."""
    known = organization.get("subscription")
    is_another = known is not None and known["subscription_id"] != now["subscription_id"]
    if known is not None and is_another and _is_live(known) and _is_live(now):
        ids = known["subscription_id"], now["subscription_id"]
        log.warning("Organization %s is paid for twice at Stripe: %s and %s", organization["_id"], *ids)
    given = _terms(billing, organization, now, price)
    is_over = is_another and not _is_live(now)  # what is known counts
    if known is not None and (is_over or (not given and _is_known(now, known))):
        counted = {"$inc": {"subscription.revision": 1}}
        await collection(Organization).update_one({"_id": organization["_id"]}, counted, session=change.session)
        return
    kept = with_changes(now, {"revision": _revision(known) + 1})
    await set_billing(change, organization["_id"], {"subscription": kept, **given})


def _terms(
    billing: Billing, organization: OrganizationRecord, now: BillingSubscriptionRecord, price: str
) -> dict[str, Any]:
    """What an organization has of the plan that it is on from now; nothing where it stays on the one that it has."""
    plan = billing.of_price(price) if _is_live(now) else billing.free
    if plan is None and _is_live(now):
        log.warning("Organization %s pays a price that no plan has: %s", organization["_id"], price)
        return {}
    given = terms(plan)
    return {} if given["plan"] == organization.get("plan") else given


async def _note(change: Change, event_id: str) -> None:
    event = to_record(BillingEvent(id=event_id, at=change.at))
    try:
        await collection(BillingEvent).insert_one(event, session=change.session)
    except DuplicateKeyError as error:
        raise _Changed from error


def _verified(billing: Billing, values: BillingReceive) -> Mapping[str, Any]:
    """The event that was signed; raises BadUserInput for what Stripe has not, or not lately."""
    if billing.webhook_secret is None or billing.key is None:
        raise NotConfigured("Nothing can be paid here: set ORRERY_STRIPE_KEY and ORRERY_STRIPE_WEBHOOK_SECRET")
    parts = [part.strip().partition("=")[::2] for part in values.signature.split(",")]
    at = next((value for name, value in parts if name == "t"), "")
    wanted = hmac.new(billing.webhook_secret.encode(), f"{at}.{values.payload}".encode(), sha256).hexdigest()
    signed = [hmac.compare_digest(wanted.encode(), value.encode()) for name, value in parts if name == "v1"]
    is_recent = at.isascii() and at.isdigit() and len(at) < 12 and abs(utc_now().timestamp() - int(at)) <= TOLERANCE
    if not (is_recent and any(signed)):
        raise BadUserInput("is no signature of this by Stripe, or an old one", field="signature")
    event = _json(values.payload)
    if not isinstance(event, dict) or not isinstance(event.get("id"), str) or not isinstance(event.get("type"), str):
        raise BadUserInput("is no event", field="payload")
    return cast("Mapping[str, Any]", event)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadUserInput("is no JSON", field="payload") from error


def _about(event: Mapping[str, Any]) -> tuple[str, ObjectId] | None:
    """The subscription that an event is about, and the organization that this was begun for; None for any other."""
    match event:
        case {"type": str(type_), "data": {"object": dict(found)}} if type_.startswith("customer.subscription."):
            subscription_id, metadata = found.get("id"), found.get("metadata")
        case {"type": str(type_), "data": {"object": dict(found)}} if type_.startswith("checkout.session."):
            subscription_id, metadata = found.get("subscription"), found.get("metadata")
        case {"type": str(type_), "data": {"object": {"parent": {"subscription_details": dict(found)}}}}:
            subscription_id, metadata = found.get("subscription"), found.get("metadata")
        case _:
            return None
    named = metadata.get("organization_id") if isinstance(metadata, dict) else None
    if not (isinstance(subscription_id, str) and 0 < len(subscription_id) <= MAX_ID and isinstance(named, str)):
        return None
    try:
        return subscription_id, parse_id(named, Kind.ORGANIZATION, field="organization_id")
    except BadUserInput:
        return None


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


def _is_live(told: BillingSubscriptionRecord) -> bool:
    return SubscriptionStatus(told["status"]).is_live


def _is_known(now: BillingSubscriptionRecord, known: BillingSubscriptionRecord) -> bool:
    return with_changes(now, {"revision": known["revision"]}) == known
