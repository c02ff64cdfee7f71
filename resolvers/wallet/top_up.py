"""Top-ups: what is bought by itself once little is left, and when it is due.

One is begun in the change that uses something up, and paid afterwards (`resolvers.billing.top_up`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from auth.policies import wallet as policy
from models import Organization, Wallet
from models.base import collection, with_changes
from models.billing import Billing, Package
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.records import OrganizationMemberRecord, TopUpRecord, WalletRecord
from models.wallet import TopUp, WalletUnit
from realtime.events.wallet import TopUpChanged
from realtime.log import Change, Committed
from resolvers.inputs.wallet import (
    CreditTopUpCreate,
    CreditTopUpUpdate,
    TokenTopUpCreate,
    TokenTopUpUpdate,
    TopUpChanges,
    TopUpValues,
)
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import Caller, operation
from resolvers.wallet.ledger import find_wallet, open_wallet, wallet_of

READ, WRITE = TokenScope.BILLING_READ, TokenScope.BILLING_WRITE
PEOPLES = "people decide what is paid for"
PAID_WITH = frozenset({"package", "payment_method"})


@operation(
    "tokenTopUp",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.READ_PAYMENTS,
    scope=READ,
    read_only=True,
    no_tool=PEOPLES,
)
async def get_token_top_up(ctx: Context, membership: OrganizationMemberRecord) -> WalletRecord:
    """The tokens of an organization, with what they are topped up with, and what that is paid with."""
    return await wallet_of(membership["organization_id"])


@operation("tokenTopUpCreate", inside=ORGANIZATION, permission=policy.SET_PAYMENTS, scope=WRITE, no_tool=PEOPLES)
async def create_token_top_up(
    ctx: Context, membership: OrganizationMemberRecord, values: TokenTopUpCreate
) -> Committed[WalletRecord]:
    """Have an organization's tokens topped up by themselves. Raises Conflict where they are already."""
    package_of(ctx.services.billing, values.package, WalletUnit.TOKENS)
    organization_id = membership["organization_id"]

    async def body(change: Change) -> WalletRecord:
        await require_parent(change, Organization, organization_id)
        return await _create(change, organization_id, values)

    return await ctx.write(organization_id, body)


@operation("tokenTopUpUpdate", inside=ORGANIZATION, permission=policy.SET_PAYMENTS, scope=WRITE, no_tool=PEOPLES)
async def update_token_top_up(
    ctx: Context, membership: OrganizationMemberRecord, values: TokenTopUpUpdate
) -> Committed[WalletRecord]:
    """Change what an organization's tokens are topped up with. Raises Conflict while what is changed is being paid."""
    if values.package is not None:
        package_of(ctx.services.billing, values.package, WalletUnit.TOKENS)
    organization_id = membership["organization_id"]
    return await ctx.write(organization_id, lambda change: _update(change, organization_id, values))


@operation("creditWallet", scope=READ, read_only=True, no_tool=PEOPLES)
async def get_credit_wallet(ctx: Context) -> WalletRecord:
    """The credit that the caller has left, with what it is topped up with."""
    return await wallet_of(ctx.user_id)


@operation("creditTopUpCreate", caller=Caller.NO_AGENT, scope=WRITE)
async def create_credit_top_up(ctx: Context, values: CreditTopUpCreate) -> Committed[WalletRecord]:
    """Have the viewer's credit topped up by itself. Raises Conflict where it is already."""
    _require_person(ctx)
    package_of(ctx.services.billing, values.package, WalletUnit.CENTS)
    return await ctx.write(ctx.user_id, lambda change: _create(change, ctx.user_id, values))


@operation("creditTopUpUpdate", caller=Caller.NO_AGENT, scope=WRITE)
async def update_credit_top_up(ctx: Context, values: CreditTopUpUpdate) -> Committed[WalletRecord]:
    """Change what the viewer's credit is topped up with. Raises Conflict while what is changed is being paid."""
    _require_person(ctx)
    if values.package is not None:
        package_of(ctx.services.billing, values.package, WalletUnit.CENTS)
    return await ctx.write(ctx.user_id, lambda change: _update(change, ctx.user_id, values))


async def begin_due(change: Change, owner_id: ObjectId, wallet: WalletRecord) -> None:
    """Have a wallet topped up that has little left, unless that is under way, has failed or was done often enough."""
    top_up = wallet["top_up"]
    if top_up is None or not top_up["is_enabled"] or top_up["payment_method"] is None:
        return
    is_open = top_up["due_at"] is None and top_up["error"] is None
    begun = begun_in(top_up, change.at)
    if is_open and wallet["balance"] < top_up["threshold"] and begun < top_up["max_monthly"]:
        began = {"month": _month(change.at), "begun": begun + 1, "due_at": change.at}
        await set_top_up(change, owner_id, wallet, began)


def begun_in(top_up: TopUpRecord, moment: datetime) -> int:
    """How many top-ups were begun in the month of a moment."""
    return top_up["begun"] if top_up["month"] == _month(moment) else 0


async def set_top_up(
    change: Change, owner_id: ObjectId, wallet: WalletRecord, values: Mapping[str, Any]
) -> WalletRecord:
    """Write some of what a wallet is topped up with, and tell of it."""
    top_up = {**(wallet["top_up"] or {}), **values}
    changes = {"top_up": top_up, "updated_at": change.at}
    await collection(Wallet).update_one({"_id": wallet["_id"]}, {"$set": changes}, session=change.session)
    after = with_changes(wallet, changes)
    change.append(owner_id, TopUpChanged(wallet=after))
    return after


async def _create(change: Change, owner_id: ObjectId, values: TopUpValues) -> WalletRecord:
    wallet = await open_wallet(change, owner_id)
    if wallet["top_up"] is not None:
        raise Conflict("Automatic top-ups are set up already: change them instead")
    made = TopUp(
        threshold=values.threshold,
        package=values.package,
        is_enabled=values.is_enabled,
        max_monthly=values.max_monthly,
        payment_method=values.payment_method,
    )
    return await set_top_up(change, owner_id, wallet, made.model_dump())


async def _update(change: Change, owner_id: ObjectId, values: TopUpChanges) -> WalletRecord:
    wallet = await find_wallet(owner_id, change)
    top_up = None if wallet is None else wallet["top_up"]
    if wallet is None or top_up is None:
        raise NotFound("Top-up")
    given = {name: value for name, value in values.given().items() if name in TopUpChanges.model_fields}
    differing = {name: value for name, value in given.items() if top_up[name] != value}  # type: ignore[literal-required]
    if top_up["due_at"] is not None and PAID_WITH & differing.keys():
        raise Conflict("A top-up is being paid: change this once it has ended")
    if not differing and top_up["error"] is None:
        return wallet
    return await set_top_up(change, owner_id, wallet, {**differing, "error": None})


def package_of(billing: Billing, slug: str, unit: WalletUnit, *, field: str = "package") -> Package:
    """A package of what a wallet counts; raises BadUserInput for any other."""
    offered = {name: package for name, package in billing.offered.items() if package.unit is unit}
    if slug not in offered:
        raise BadUserInput(f"is no package: there are {', '.join(offered) or 'none'}", field=field)
    return offered[slug]


def _require_person(ctx: Context) -> None:
    """Raise Forbidden for the key of an organization, whose user has no credit."""
    if ctx.subject.organization_id is not None:
        raise Forbidden("A key of an organization has no credit of its own")


def _month(moment: datetime) -> str:
    return f"{moment:%Y-%m}"
