"""Stripe, as the gateway asks it: by its SDK (`models.outbound_stripe`), whose failures are the gateway's here."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from models.errors import Conflict, NotConfigured, Unavailable
from models.pool import Pool
from resolvers.kit.context import Context, Services

if TYPE_CHECKING:
    from stripe import StripeClient, StripeError, StripeObject

Call: TypeAlias = "Callable[[StripeClient], Awaitable[StripeObject]]"
"""What an account is asked."""
_IMPORTS = Pool("imports", threads=2, at_once=1, of_one=50, in_all=1000)


class RefusedError(Exception):
    """Stripe does not do what it is asked, and says why."""


class UnknownError(RefusedError):
    """Stripe knows nothing of what is named."""


async def load_sdk() -> None:
    """Have the SDK be imported: the first time in a thread, so that others are answered meanwhile."""
    await _IMPORTS.run(import_module, "models.outbound_stripe", admitted=True)


async def ask(ctx: Context, call: Call) -> dict[str, Any]:
    """What Stripe answers to the operator's account.

    Raises NotConfigured where it refuses the key, or knows nothing of what is named, Conflict where something else was
    asked by the same idempotency key, and Unavailable.
    """
    key = ctx.services.billing.key
    if key is None:
        raise NotConfigured("Nothing can be paid here: set ORRERY_STRIPE_KEY")
    try:
        return await send(ctx.services, key, call)
    except UnknownError as error:
        raise NotConfigured("Stripe does not know what it is asked: see ORRERY_STRIPE_KEY") from error
    except RefusedError as error:
        raise Unavailable from error


async def send(services: Services, key: str, call: Call) -> dict[str, Any]:
    """What Stripe answers to an account. Raises RefusedError, NotConfigured where it refuses the key, Conflict where
    something else was asked by the same idempotency key, and Unavailable where there is no answer."""
    await load_sdk()
    from stripe import StripeError

    from models.outbound_stripe import stripe_client

    try:
        found = await call(stripe_client(services.outbound, services.billing.url, key))
    except StripeError as error:
        raise _meaning(error) from None  # it holds all that was answered
    return found.to_dict()


def _meaning(error: "StripeError") -> Exception:
    """What a failure of the SDK's is here."""
    from stripe import IdempotencyError

    told = getattr(error.error, "message", None)
    if isinstance(error, IdempotencyError):
        return Conflict("The idempotency key was used for something else")
    if error.http_status in (401, 403):
        return NotConfigured("Stripe refuses the key: see ORRERY_STRIPE_KEY")
    if error.http_status == 404:
        return UnknownError(told or "Stripe knows nothing of it")
    if error.http_status in (400, 402) and isinstance(told, str):
        return RefusedError(told)
    return Unavailable()
