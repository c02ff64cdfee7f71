"""Tokens of an organization and credit of people, and how they are topped up."""

from models import Organization
from models.base import collection
from models.wallet import LedgerEntryType
from resolvers.inputs.wallet import (
    CreditTopUpCreate,
    CreditTopUpUpdate,
    TokenTopUpCreate,
    TokenTopUpUpdate,
    WalletConsume,
    WalletGrant,
)
from resolvers.kit.page import Window
from resolvers.wallet import wallet
from resolvers.wallet.ledger import credit
from resolvers.wallet.top_up import create_credit_top_up, create_token_top_up
from tests.resolvers.lab import again
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Body, Case, Route, Sample, sent
from tests.world.world import Ids, World

TOKENS = ORKOSI + "/tokens"
AUTO, CREDIT = ORKOSI + "/billing/auto-topup", ORKOSI + "/billing/credit-auto-topup"
ROUTES: dict[Route, Body | None] = {
    ("GET", TOKENS + "/balance"): None,
    ("GET", TOKENS + "/transactions"): sent(type="admin_grant"),
    ("POST", TOKENS + "/consume"): sent(amount=10, action="Render", reference_id="four"),
    ("GET", AUTO): None,
    ("POST", AUTO): sent(threshold_tokens=100, package_id="tokens-100k"),
    ("PUT", AUTO): sent(threshold_tokens=200),
    ("GET", CREDIT): None,
    ("POST", CREDIT): sent(threshold_cents=100, package_slug="credit-10"),
    ("PUT", CREDIT): sent(threshold_cents=200),
    ("GET", ORKOSI + "/billing/overview"): None,
}


async def make(world: World) -> None:
    """Of the organization, with something in it."""
    some = WalletGrant(owner_id=world.ids["organization"], amount=1_000, action="To begin with")
    await wallet.grant(await world.context("outsider"), some)


def _token_top_up(ids: Ids) -> tuple[TokenTopUpCreate]:
    return (TokenTopUpCreate(organization_id=ids["organization"], threshold=100, package="tokens-100k"),)


def _credit_top_up(_: Ids) -> tuple[CreditTopUpCreate]:
    return (CreditTopUpCreate(threshold=100, package="credit-10"),)


async def _top_up_tokens(world: World) -> None:
    """What an organization's tokens are topped up with."""
    await create_token_top_up(again(world.owner), *_token_top_up(world.ids))


async def _top_up_credit(world: World) -> None:
    """The same of the owner's credit."""
    await create_credit_top_up(again(world.owner), *_credit_top_up(world.ids))


async def orkosi_story(cast: Cast) -> None:
    ann, base = cast.ann, cast.orkosi
    tokens = base + "/tokens"
    short = await ann.post(f"{tokens}/consume", json={"amount": 1, "action": "render"})
    assert (short.status_code, short.json()["error"]["code"]) == (402, "INSUFFICIENT_BALANCE")
    organization = await collection(Organization).find_one({"slug": cast.workspace.split("/")[2]})
    assert organization is not None
    ours, paid = organization["_id"], LedgerEntryType.PURCHASE
    await cast.api.ctx.write_as(
        ours, None, lambda change: credit(change, ours, 500, paid, "stripe:pi_1", action="tokens-100k")
    )

    values = {"amount": 120, "action": "render", "reference_id": "job-7", "metadata": {"frames": 2}}
    used = await ask_orkosi(ann, "POST", f"{tokens}/consume", company_id=organization["number"], **values)
    assert (used["amount"], used["balance"]) == (-120, 380)
    assert await ask_orkosi(ann, "POST", f"{tokens}/consume", **values) == used
    other = await ann.post(f"{tokens}/consume", json={**values, "amount": 1})
    assert (other.status_code, other.json()["error"]["details"]["field"]) == (409, "reference_id")
    assert (await ask_orkosi(ann, "GET", f"{tokens}/balance?company_id={ours}"))["balance"] == 380
    listed = await ask_orkosi(ann, "GET", f"{tokens}/transactions?limit=10")
    assert [(each["type"], each["amount"]) for each in listed] == [("consume", -120), ("purchase", 500)]
    theirs = (organization["number"] or 0) % 1_000_000 + 1
    elsewhere = await ann.get(f"{tokens}/balance?company_id={theirs}")
    assert elsewhere.status_code == 404

    for name, threshold in (("auto-topup", "threshold_tokens"), ("credit-auto-topup", "threshold_cents")):
        path = f"{base}/billing/{name}"
        [package, *_] = (await ask_orkosi(ann, "GET", path))["packages"]
        slug = {"package_id" if name == "auto-topup" else "package_slug": package["slug"]}
        made = await ask_orkosi(ann, "POST", path, 201, **{threshold: 100}, **slug)
        assert (made["configured"], made["enabled"], made[threshold]) == (True, True, 100)
        assert (await ann.post(path, json={threshold: 100, **slug})).status_code == 409
        assert (await ask_orkosi(ann, "PUT", path, enabled=False))["enabled"] is False
    assert (await ask_orkosi(ann, "GET", f"{base}/billing/overview"))["mrr"] is None


SAMPLE = Sample(
    make=make,
    calls={
        "wallet": lambda ids: (ids["organization"],),
        "ledgerEntries": lambda ids: (ids["organization"], Window.read()),
        "walletConsume": lambda ids: (
            WalletConsume(organization_id=ids["organization"], amount=10, action="Render", reference="one"),
        ),
        "walletGrant": lambda ids: (WalletGrant(owner_id=ids["organization"], amount=100, reference="two"),),
        "billingOverview": lambda ids: (ids["organization"],),
        "tokenTopUp": lambda ids: (ids["organization"],),
        "tokenTopUpCreate": _token_top_up,
        "tokenTopUpUpdate": lambda ids: (TokenTopUpUpdate(organization_id=ids["organization"], threshold=200),),
        "creditWallet": lambda _: (),
        "creditTopUpCreate": _credit_top_up,
        "creditTopUpUpdate": lambda _: (CreditTopUpUpdate(threshold=200),),
    },
    routes=ROUTES,
    by_workspace=frozenset(route for route in ROUTES if route[1] != CREDIT),
    cases={
        "walletGrant": Case(caller="outsider"),
        "tokenTopUpUpdate": Case(prepare=_top_up_tokens),
        "creditTopUpUpdate": Case(prepare=_top_up_credit),
    },
    unseen=dict.fromkeys(
        (
            "walletConsume",
            "walletGrant",
            "tokenTopUpCreate",
            "tokenTopUpUpdate",
            "creditTopUpCreate",
            "creditTopUpUpdate",
        ),
        "wallets are organizations' and people's, which have no stream that can be watched",
    ),
    orkosi_story=orkosi_story,
)
