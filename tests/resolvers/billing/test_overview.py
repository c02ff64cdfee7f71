"""What an organization is paid, as its own account at Stripe says: what is not known is null."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest

from models.billing import Billing
from models.errors import Forbidden
from models.outbound import Outbound
from models.records import OrganizationRecord, WorkspaceRecord
from resolvers.billing.overview import billing_overviews_of, get_billing_overview
from resolvers.credential.credential import upsert_credential
from resolvers.inputs.credential import CredentialUpsert
from resolvers.kit.context import Context
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again
from tests.resolvers.receiving import Received, receiving


def subscribed(number: int, product: str, amount: int | None, interval: str = "month", **values: Any) -> dict[str, Any]:
    """An active subscription to one product."""
    price = {
        "product": product,
        "currency": "usd",
        "unit_amount": amount,
        "recurring": {"interval": interval, "interval_count": 1},
        **values,
    }
    return {"id": f"sub_{number}", "items": {"data": [{"quantity": 2, "price": price}]}}


async def test_revenue_is_what_stripe_says_and_null_where_it_does_not(
    owner: Context, organization: OrganizationRecord
) -> None:
    # Given an account at Stripe whose subscriptions are on two pages
    pages = [[subscribed(1, "prod_a", 1_000)], [subscribed(2, "prod_a", 6_000, "year"), subscribed(3, "prod_b", 250)]]

    async def reply(asked: Received) -> bytes:
        path = asked.line.split()[1]
        if path.startswith("/v1/products"):
            return orjson.dumps({"data": [{"id": "prod_a", "name": "Scout"}]})
        assert (asked.headers["authorization"], "status=active" in path) == ("Bearer sk_of_ours", True)
        is_last = "starting_after=sub_1" in path
        return orjson.dumps({"data": pages[is_last], "has_more": not is_last})

    async with receiving() as stripe:
        stripe.reply = reply
        billing, outbound = Billing(url=stripe.url), Outbound(frozenset({stripe.host}))
        asking = Context(owner.subject, replace(owner.services, billing=billing, outbound=outbound))

        async def revenue() -> Any:
            return (await get_billing_overview(again(asking), organization["_id"]))["revenue"]

        # When nothing is configured, nothing is asked
        assert (await revenue(), stripe.received) == (None, [])
        ours = CredentialUpsert(organization_id=organization["_id"], key="stripe", value="sk_of_ours")
        await upsert_credential(again(asking), ours)

        # Then it is what is paid a month, by product
        assert await revenue() == {
            "currency": "usd",
            "amount": 2 * (1_000 + 500 + 250),
            "products": [
                {"product": "prod_a", "name": "Scout", "currency": "usd", "amount": 3_000},
                {"product": "prod_b", "name": None, "currency": "usd", "amount": 500},
            ],
        }

        # And no total over several currencies, and nothing where one pays by what it uses, or Stripe refuses
        pages[1][1] = subscribed(3, "prod_b", 250, currency="eur")
        told = await revenue()
        assert (told["currency"], told["amount"], len(told["products"])) == (None, None, 2)
        pages[1][1] = subscribed(3, "prod_b", None)
        assert await revenue() is None
        stripe.statuses = [401]
        assert await revenue() is None


async def test_revenue_is_known_where_each_subscription_has_much_to_say(
    owner: Context, organization: OrganizationRecord
) -> None:
    # Given 60 subscriptions with 8 KiB of metadata each, of which a page has as many as are asked for
    each = [{**subscribed(number, "prod_a", 100), "metadata": {"note": "x" * 8192}} for number in range(60)]

    async def reply(asked: Received) -> bytes:
        path = urlsplit(asked.line.split()[1])
        if path.path == "/v1/products":
            return orjson.dumps({"data": []})
        query = dict(parse_qsl(path.query))
        begins = int(query.get("starting_after", "sub_-1").removeprefix("sub_")) + 1
        ends = begins + int(query["limit"])
        return orjson.dumps({"data": each[begins:ends], "has_more": ends < len(each)})

    async with receiving() as stripe:
        stripe.reply = reply
        billing, outbound = Billing(url=stripe.url), Outbound(frozenset({stripe.host}))
        asking = Context(owner.subject, replace(owner.services, billing=billing, outbound=outbound))
        ours = CredentialUpsert(organization_id=organization["_id"], key="stripe", value="sk_of_ours")
        await upsert_credential(again(asking), ours)

        revenue = (await get_billing_overview(again(asking), organization["_id"]))["revenue"]

    assert revenue["amount"] == 60 * 2 * 100


async def test_what_an_organization_is_paid_is_for_its_admins(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    member = await join(workspace, "member")

    with pytest.raises(Forbidden):
        await billing_overviews_of(again(member), [organization], None)
    with pytest.raises(Forbidden):
        await get_billing_overview(again(member), organization["_id"])
    [overview] = await billing_overviews_of(again(owner), [organization], None)

    assert overview["organization_id"] == organization["_id"]
