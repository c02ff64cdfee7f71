"""Stripe on loopback: what it keeps, what it answers, and what it tells with its signature."""

import asyncio
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

import orjson
from bson import ObjectId

from auth.subject import ANONYMOUS
from models.billing import Billing
from models.outbound import Outbound
from resolvers.billing.webhook import receive_payment
from resolvers.inputs.billing import BillingReceive
from resolvers.kit.context import Context
from tests.resolvers.receiving import Received, Receiver, receiving

SECRET = "whsec_1"
"""What events are signed with."""

PAGES = {
    "checkout/sessions": "https://checkout.stripe.com/c/pay/cs_1",
    "billing_portal/sessions": "https://billing.stripe.com/p/session/1",
}


@dataclass
class Stripe:
    """Stripe with its subscriptions and payments, by their ids, and what was `begun`, by keys. `slow` is waited for
    before the first answer leaves."""

    receiver: Receiver
    states: dict[str, Any] = field(default_factory=dict)
    begun: dict[str, Any] = field(default_factory=dict)
    slow: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def reply(self, asked: Received) -> bytes:
        method, path, _ = asked.line.split()
        form = {name: value for name, [value] in parse_qs(asked.body.decode()).items()}
        said = orjson.dumps(self._answer(method, path.removeprefix("/v1/"), form, asked.headers.get("idempotency-key")))
        waited, self.slow = self.slow, None
        self.asked.set()
        if waited is not None:
            await waited.wait()
        return said

    def _answer(self, method: str, path: str, form: dict[str, str], key: str | None) -> Any:
        if path == "payment_intents":
            return self._begun(form, key)
        if path in PAGES:
            return {"url": PAGES[path]}
        known = self.states.get(path.partition("?")[0].rpartition("/")[2], {})
        if method == "POST" and known:
            if price := form.get("items[0][price]"):
                known["items"]["data"][0]["price"]["id"] = price
            known["cancel_at_period_end"] = form["cancel_at_period_end"] == "true"
        return known

    def _begun(self, form: dict[str, str], key: str | None) -> Any:
        """A payment that is begun, or was with the same key."""
        known = self.begun.get(key) if key is not None else None
        if known is not None and known["form"] != form:
            self.receiver.statuses = [400, 200]
            return {"error": {"type": "idempotency_error", "message": "Keys are for one form"}}
        if known is None:
            id_ = f"pi_{len(self.begun) + 1}"
            metadata = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
            intent = {"id": id_, "client_secret": f"{id_}_secret", "status": "requires_payment_method"}
            self.states[id_] = {**intent, "metadata": metadata}
            self.begun[key or id_] = known = {"form": form, "id": id_}
        return self.states[known["id"]]


@asynccontextmanager
async def stripe_on_loopback() -> AsyncIterator[Stripe]:
    """Stripe, which nobody pays anything at yet."""
    async with receiving() as receiver:
        made = Stripe(receiver)
        receiver.reply = made.reply
        yield made


def at_stripe(ctx: Context, receiver: Receiver, **values: Any) -> Context:
    """The same caller in a gateway that has Stripe there, and what else of `Billing` is given."""
    billing = Billing("sk_test_1", receiver.url, **values)
    outbound = Outbound(frozenset({receiver.host}))
    return Context(ctx.subject, replace(ctx.services, billing=billing, outbound=outbound))


async def hear(ctx: Context, event: bytes, signature: str | None = None) -> None:
    """Have the gateway of a request be told of an event, by nobody who has signed in."""
    values = BillingReceive(payload=event.decode(), signature=signature or signature_of(event, SECRET))
    await receive_payment(Context(ANONYMOUS, ctx.services), values)


def signature_of(payload: bytes | str, secret: str, at: float | None = None) -> str:
    """What the header of an event says, signed at a moment: now, unless another is given."""
    text = payload.decode() if isinstance(payload, bytes) else payload
    moment = int(time.time() if at is None else at)
    return f"t={moment},v1={hmac.new(secret.encode(), f'{moment}.{text}'.encode(), sha256).hexdigest()}"


def subscription_of(organization_id: ObjectId | str, price: str = "price_1", **values: Any) -> dict[str, Any]:
    """How a subscription of an organization stands, as Stripe answers."""
    item = {"id": "si_1", "price": {"id": price}, "current_period_end": 1_900_000_000}
    usual = {"id": "sub_1", "customer": "cus_1", "status": "active", "cancel_at_period_end": False}
    metadata = {"organization_id": str(organization_id)}
    return {**usual, "items": {"data": [item]}, "metadata": metadata, **values}


def told_of(type_: str, organization_id: ObjectId | str, number: int = 1, subscription_id: str = "sub_1") -> bytes:
    """An event about a subscription of an organization; of those each `number` is another one."""
    metadata = {"organization_id": str(organization_id)}
    about: dict[str, Any] = {"id": subscription_id, "metadata": metadata}
    if type_.startswith("checkout."):
        about = {"id": "cs_1", "subscription": subscription_id, "metadata": metadata}
    if type_.startswith("invoice."):
        details = {"subscription": subscription_id, "metadata": metadata}
        about = {"id": "in_1", "parent": {"subscription_details": details}}
    return orjson.dumps({"id": f"evt_{organization_id}_{number}", "type": type_, "data": {"object": about}})


def payment_told(intent: dict[str, Any], type_: str, number: int) -> bytes:
    """An event about a payment as it stands, or about what was paid by it; of those each `number` is another one."""
    metadata = intent["metadata"]
    whose = metadata.get("organization_id") or metadata.get("user_id")
    about = intent
    if type_.startswith("charge."):
        about = {"id": "ch_1", "payment_intent": intent["id"], "metadata": metadata}
    return orjson.dumps({"id": f"evt_{whose}_{intent['id']}_{number}", "type": type_, "data": {"object": about}})
