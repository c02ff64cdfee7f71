"""What the customers of an organization pay it each month, as its own account at Stripe says."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bson import ObjectId

from models import Credential
from models.base import collection
from models.errors import OrreryError, Unavailable
from models.ids import among
from models.records import CredentialRecord
from resolvers.billing.stripe import Call, RefusedError, send
from resolvers.credential.credential import holds
from resolvers.credential.token import token_of
from resolvers.kit.context import Services

if TYPE_CHECKING:
    from stripe.params import SubscriptionListParams

CREDENTIAL = "stripe"
"""The key of the credential, as the integration is called."""
PAGES = 40
A_PAGE = 25
"""Subscriptions: each may be some kilobytes, and an answer 256 KiB (`models.outbound_stripe`)."""
NAMED = 100
"""Products that are asked for their names."""
SECONDS = 20.0
"""For all that is asked."""
AT_ONCE = 5
"""Accounts."""
_A_MONTH = {"month": Fraction(1), "year": Fraction(1, 12), "week": Fraction(365, 7 * 12), "day": Fraction(365, 12)}
"""How many times a month what is paid for an interval is."""

log = logging.getLogger("orrery.billing")


@dataclass(frozen=True, slots=True)
class ProductRevenue:
    """What is paid a month for a product of Stripe's, in the smallest unit of a currency."""

    product: str
    name: str | None
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Revenue:
    """What is paid a month, before discounts, in the smallest unit of a currency: in all where there is one alone."""

    currency: str | None
    amount: int | None
    products: list[ProductRevenue]


async def monthly_revenues(services: Services, organization_ids: Sequence[ObjectId]) -> list[Revenue | None]:
    """What each organization is paid a month by all that subscribe; None where that is not known: there is no key,
    Stripe does not answer, there are more than 1,000 subscriptions, or one is paid by what was used.

    Accounts are asked a few at a time, and all of them together for as long as one may take.
    """
    stored = {"organization_id": among(organization_ids), "key": CREDENTIAL}
    found = await collection(Credential).find(stored).to_list()
    turns, ends = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop().time() + SECONDS

    async def asked(credential: CredentialRecord) -> tuple[ObjectId, Revenue | None]:
        async with turns:
            return credential["organization_id"], await _revenue(services, credential, ends)

    revenues = dict(await asyncio.gather(*map(asked, filter(holds, found))))
    return [revenues.get(organization_id) for organization_id in organization_ids]


async def _revenue(services: Services, credential: CredentialRecord, ends: float) -> Revenue | None:
    """What the account of a credential says before a moment of the loop's clock."""
    try:
        async with asyncio.timeout_at(ends):
            key = (await token_of(services, credential)).text
            amounts = _amounts(await _subscriptions(services, key))
            names = await _names(services, key, {product for product, _ in amounts})
    except (OrreryError, RefusedError, TimeoutError, _UnknownError) as error:
        log.info("what %s is paid is not known: %s", credential["organization_id"], type(error).__name__)
        return None
    products = [
        ProductRevenue(product, names.get(product), currency, round(amount))
        for (product, currency), amount in sorted(amounts.items(), key=lambda row: -row[1])
    ]
    currencies = {found.currency for found in products}
    if len(currencies) > 1:
        return Revenue(None, None, products)
    return Revenue(next(iter(currencies), None), round(sum(amounts.values())), products)


class _UnknownError(Exception):
    """What a subscription comes to is not said."""


async def _subscriptions(services: Services, key: str) -> list[Mapping[str, Any]]:
    """All that are active."""
    found: list[Mapping[str, Any]] = []
    asked: SubscriptionListParams = {"status": "active", "limit": A_PAGE}
    for _ in range(PAGES):
        page = await _listed(services, key, lambda stripe: stripe.v1.subscriptions.list_async(asked))
        found += page["data"]
        if not page.get("has_more") or not page["data"]:
            return found
        asked["starting_after"] = str(found[-1]["id"])
    raise _UnknownError


async def _names(services: Services, key: str, products: Iterable[str]) -> dict[str, str]:
    """What products are called, of the first hundred."""
    ids = sorted(products)[:NAMED]
    if not ids:
        return {}
    page = await _listed(services, key, lambda stripe: stripe.v1.products.list_async({"ids": ids, "limit": NAMED}))
    return {str(found["id"]): str(found["name"]) for found in page["data"] if found.get("name")}


async def _listed(services: Services, key: str, call: Call) -> Mapping[str, Any]:
    told = await send(services, key, call)
    if not isinstance(told.get("data"), list):
        raise Unavailable
    return told


def _amounts(subscriptions: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Fraction]:
    """What is paid a month by product and currency. Raises _UnknownError."""
    amounts: dict[tuple[str, str], Fraction] = {}
    try:
        for item in (item for found in subscriptions for item in found["items"]["data"]):
            price = item["price"]
            recurring, product = price["recurring"], price["product"]
            times = _A_MONTH[recurring["interval"]] / int(recurring.get("interval_count") or 1)
            row = str(product if isinstance(product, str) else product["id"]), str(price["currency"])
            amounts[row] = amounts.get(row, Fraction(0)) + int(price["unit_amount"]) * int(item["quantity"]) * times
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise _UnknownError from error
    return amounts
