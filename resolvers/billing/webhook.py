"""What Stripe tells: signed, in any order, and more than once.

An event says only that something about a subscription may have changed. How it stands is read back from Stripe, and
written unless another event has written something else meanwhile: then it is read once more. So the last state that is
written was read after every one before it, whichever way events come.
"""

import hmac
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
from models.billing import Billing, Plan
from models.enums import SubscriptionStatus
from models.errors import BadUserInput, NotConfigured, Unavailable
from models.ids import Kind, parse_id
from models.records import BillingSubscriptionRecord
from realtime.log import Change
from resolvers.billing.plan import put_on
from resolvers.billing.stripe import ask
from resolvers.inputs.billing import BillingReceive
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation

TOLERANCE = 300
"""Seconds that a signature is good for, either way."""
MAX_ID = 255
ATTEMPTS = 5
"""How often a subscription is read back while others write what they have read of it."""


class _Changed(Exception):  # noqa: N818
    """Another event has written what it has read meanwhile."""


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
        return
    known = before.get("subscription")
    told = await ask(ctx, f"subscriptions/{quote(subscription_id, safe='')}")
    plan, now = _read(ctx.services.billing, told)

    async def body(change: Change) -> None:
        await _note(change, event_id)
        current = await collection(Organization).find_one({"_id": organization_id}, session=change.session)
        if current is None:
            return
        if _revision(current.get("subscription")) != _revision(known):
            raise _Changed
        if known is not None and known["subscription_id"] != now["subscription_id"] and not _is_live(now):
            return  # another one is over; this is what counts
        kept = with_changes(now, {"revision": _revision(known)})
        if kept != known:
            kept = with_changes(kept, {"revision": _revision(known) + 1})
        await put_on(change, organization_id, plan, {"subscription": kept})

    await ctx.write_as(organization_id, None, body)


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


def _read(billing: Billing, told: Mapping[str, Any]) -> tuple[Plan | None, BillingSubscriptionRecord]:
    """The plan that a subscription pays for, and what is kept of it. Raises Unavailable for what is none."""
    try:
        status = SubscriptionStatus(told["status"])
        item = told["items"]["data"][0]
        ends = item.get("current_period_end") or told.get("current_period_end")
        kept: BillingSubscriptionRecord = {
            "subscription_id": str(told["id"]),
            "customer_id": str(told["customer"]),
            "status": status.value,
            "renews_at": None if ends is None else datetime.fromtimestamp(int(ends), UTC),
            "is_ending": bool(told.get("cancel_at_period_end")),
            "revision": 0,
        }
        plan = billing.of_price(str(item["price"]["id"])) if status.is_live else None
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise Unavailable from error
    return plan or billing.free, kept


def _revision(known: BillingSubscriptionRecord | None) -> int:
    return 0 if known is None else known["revision"]


def _is_live(told: BillingSubscriptionRecord) -> bool:
    return SubscriptionStatus(told["status"]).is_live
