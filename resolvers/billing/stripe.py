"""Stripe, as the gateway asks it: forms out, JSON back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import orjson

from models.errors import Conflict, NotConfigured, Unavailable
from resolvers.kit.context import Context, Services

SECONDS = 20.0
MAX_ANSWER = 256 * 1024
VERSION = "2025-03-31.basil"
"""Of Stripe's interface, so that an answer looks as it does here whenever the account was made."""


def subscription_path(subscription_id: str) -> str:
    """Where a subscription is."""
    return f"subscriptions/{quote(subscription_id, safe='')}"


async def ask(
    ctx: Context, path: str, form: Mapping[str, str] | None = None, *, once: str | None = None
) -> dict[str, Any]:
    """What Stripe answers: to a form (that of before, where it was sent as the same `once`), or to being asked what
    there is.

    Raises NotConfigured where it refuses the key, or knows nothing of what is named, Conflict where another form was
    sent as the same `once`, and Unavailable.
    """
    billing = ctx.services.billing
    if billing.key is None:
        raise NotConfigured("Nothing can be paid here: set ORRERY_STRIPE_KEY")
    status, found = await send(ctx.services, billing.key, path, form, once=once)
    if status in (401, 403, 404):
        raise NotConfigured("Stripe refuses the key, or does not know what it is asked: see ORRERY_STRIPE_KEY")
    match found:
        case {"error": {"type": "idempotency_error"}}:
            raise Conflict("The idempotency key was used for something else")
        case _ if status == 200:
            return found
    raise Unavailable


async def send(
    services: Services, key: str, path: str, form: Mapping[str, str] | None = None, *, once: str | None = None
) -> tuple[int, dict[str, Any]]:
    """The status of an answer of Stripe's, and what it says. However often a form is sent as the same `once`, it is
    carried out once. Raises Unavailable where there is no answer."""
    headers = {"authorization": f"Bearer {key}", "stripe-version": VERSION}
    if form is not None:
        headers["content-type"] = "application/x-www-form-urlencoded"
    if once is not None:
        headers["idempotency-key"] = once
    try:
        answer = await services.outbound.request(
            "GET" if form is None else "POST",
            f"{services.billing.url.rstrip('/')}/v1/{path}",
            headers=headers,
            body=None if form is None else urlencode(form).encode(),
            timeout=SECONDS,
            max_bytes=MAX_ANSWER,
        )
        found = orjson.loads(answer.body)
    except (httpx2.TransportError, orjson.JSONDecodeError) as error:
        raise Unavailable from error
    if not isinstance(found, dict):
        raise Unavailable
    return answer.status, found
