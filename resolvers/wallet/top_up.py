"""Top-ups: what is bought by itself once little is left, and when it is due.

One is begun in the change after which little is left (something was used up, or set), and paid afterwards
(`resolvers.billing.top_up`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from auth.policies import wallet as policy
from models import Wallet
from models.base import collection, with_changes
from models.billing import Billing, Package
from models.enums import BudgetPeriod, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound, OrreryError
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
from resolvers.kit.access import check_organization, organization_memberships
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import Caller, edge, operation
from resolvers.usage.spending import period_of
from resolvers.wallet.ledger import find_wallet, open_wallet, wallet_of
from resolvers.wallet.owner import PEOPLES, require_owner

READ, WRITE = TokenScope.BILLING_READ, TokenScope.BILLING_WRITE
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
        await require_owner(change, organization_id)
        return await _create(ctx, change, organization_id, values)

    return await ctx.write(organization_id, body)


@operation("tokenTopUpUpdate", inside=ORGANIZATION, permission=policy.SET_PAYMENTS, scope=WRITE, no_tool=PEOPLES)
async def update_token_top_up(
    ctx: Context, membership: OrganizationMemberRecord, values: TokenTopUpUpdate
) -> Committed[WalletRecord]:
    """Change what an organization's tokens are topped up with. Raises Conflict while what is changed is being paid."""
    if values.package is not None:
        package_of(ctx.services.billing, values.package, WalletUnit.TOKENS)
    organization_id = membership["organization_id"]
    return await ctx.write(organization_id, lambda change: _update(ctx, change, organization_id, values))


@operation("creditWallet", scope=READ, read_only=True, no_tool=PEOPLES)
async def get_credit_wallet(ctx: Context) -> WalletRecord:
    """The credit that the caller has left, with what it is topped up with."""
    return await wallet_of(ctx.user_id)


@operation("creditTopUpCreate", caller=Caller.NO_AGENT, scope=WRITE)
async def create_credit_top_up(ctx: Context, values: CreditTopUpCreate) -> Committed[WalletRecord]:
    """Have the viewer's credit topped up by itself. Raises Conflict where it is already."""
    _require_person(ctx)
    package_of(ctx.services.billing, values.package, WalletUnit.CENTS)
    return await ctx.write(ctx.user_id, lambda change: _create(ctx, change, ctx.user_id, values))


@operation("creditTopUpUpdate", caller=Caller.NO_AGENT, scope=WRITE)
async def update_credit_top_up(ctx: Context, values: CreditTopUpUpdate) -> Committed[WalletRecord]:
    """Change what the viewer's credit is topped up with. Raises Conflict while what is changed is being paid."""
    _require_person(ctx)
    if values.package is not None:
        package_of(ctx.services.billing, values.package, WalletUnit.CENTS)
    return await ctx.write(ctx.user_id, lambda change: _update(ctx, change, ctx.user_id, values))


async def begin_due(change: Change, owner_id: ObjectId, wallet: WalletRecord) -> WalletRecord:
    """Have a wallet topped up that has little left; the wallet as it is then."""
    if not is_short(wallet, change.at):
        return wallet
    begun = 0 if wallet["top_up"] is None else begun_in(wallet["top_up"], change.at)
    began = {"month": period_of(BudgetPeriod.MONTH, change.at), "begun": begun + 1, "due_at": change.at}
    return await set_top_up(change, owner_id, wallet, began)


def is_short(wallet: WalletRecord, moment: datetime) -> bool:
    """Whether a wallet has so little left that it is to be topped up, unless that is under way, has failed or was done
    often enough."""
    top_up = wallet["top_up"]
    if top_up is None or not top_up["is_enabled"] or top_up["payment_method"] is None:
        return False
    is_open = top_up["due_at"] is None and top_up["error"] is None
    return is_open and wallet["balance"] < top_up["threshold"] and begun_in(top_up, moment) < top_up["max_monthly"]


def begun_in(top_up: TopUpRecord, moment: datetime) -> int:
    """How many top-ups were begun in the month of a moment."""
    return top_up["begun"] if top_up["month"] == period_of(BudgetPeriod.MONTH, moment) else 0


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


@edge(scope=READ, viewer=True)
async def top_ups_of(
    ctx: Context, wallets: Sequence[WalletRecord], fields: Fields
) -> list[TopUpRecord | OrreryError | None]:
    """What each wallet is topped up with; an error in the place of each that the viewer may not see this of."""
    ids = {wallet["organization_id"] for wallet in wallets if wallet["organization_id"] is not None}
    refused: dict[ObjectId, OrreryError] = {}
    await organization_memberships(ctx, ids)  # in one query
    for organization_id in ids:
        try:
            await check_organization(ctx, organization_id, policy.READ_PAYMENTS)
        except OrreryError as error:
            refused[organization_id] = error
    return [refused.get(wallet["organization_id"] or wallet["_id"], wallet["top_up"]) for wallet in wallets]


async def _create(ctx: Context, change: Change, owner_id: ObjectId, values: TopUpValues) -> WalletRecord:
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
    return await _begin(ctx, change, owner_id, await set_top_up(change, owner_id, wallet, made.model_dump()))


async def _update(ctx: Context, change: Change, owner_id: ObjectId, values: TopUpChanges) -> WalletRecord:
    wallet = await find_wallet(owner_id, change)
    top_up = None if wallet is None else wallet["top_up"]
    if wallet is None or top_up is None:
        raise NotFound("Top-up")
    given = {name: value for name, value in values.given().items() if name in TopUpChanges.model_fields}
    differing = {name: value for name, value in given.items() if top_up[name] != value}  # type: ignore[literal-required]
    if top_up["due_at"] is not None and PAID_WITH & differing.keys():
        raise Conflict("A top-up is being paid: change this once it has ended")
    if not differing:
        return wallet
    # What is not at Stripe yet is not paid any more; what is, the worker looks at before it has it paid.
    dropped = {"due_at": None} if differing.get("is_enabled") is False and top_up["payment"] is None else {}
    changed = await set_top_up(change, owner_id, wallet, {**differing, **dropped, "error": None})
    return await _begin(ctx, change, owner_id, changed)


async def _begin(ctx: Context, change: Change, owner_id: ObjectId, wallet: WalletRecord) -> WalletRecord:
    """Have it topped up at once where little is left as it is; what has come never need not have been used."""
    return wallet if ctx.services.billing.key is None else await begin_due(change, owner_id, wallet)


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
