"""Wallets: what organizations and people have left, how it is used up, and what is given."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import wallet as policy
from models import LedgerEntry, Organization, Wallet
from models.base import collection, utc_now
from models.enums import ServerRole, TokenScope
from models.errors import Forbidden, InsufficientBalance
from models.ids import among
from models.records import (
    LedgerEntryRecord,
    OrganizationMemberRecord,
    OrganizationRecord,
    UserRecord,
    WalletRecord,
)
from models.wallet import wallet_id
from realtime.log import Change, Committed
from resolvers.inputs.wallet import WalletConsume, WalletGrant
from resolvers.kit.context import Context
from resolvers.kit.contract import Filters
from resolvers.kit.edit import require_parent
from resolvers.kit.filters import compile_filter
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import Caller, edge, operation
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages
from resolvers.wallet.ledger import credit, debit, empty_wallet, open_wallet, wallet_of
from resolvers.wallet.owner import PEOPLES, require_owner
from resolvers.wallet.top_up import begin_due, is_short

READ, WRITE = TokenScope.BILLING_READ, TokenScope.BILLING_WRITE
COUNTED = "what models cost an agent is counted by itself"

Filter = Annotated[Mapping[str, Any] | None, Filters(LedgerEntry)]


@operation(
    "wallet",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.READ,
    scope=READ,
    read_only=True,
    no_tool=PEOPLES,
)
async def get_wallet(ctx: Context, membership: OrganizationMemberRecord) -> WalletRecord:
    """The tokens that an organization has left."""
    return await wallet_of(membership["organization_id"])


@operation(
    "ledgerEntries",
    opens=ORGANIZATION.by("organization_id"),
    permission=policy.READ,
    scope=READ,
    read_only=True,
    no_tool=PEOPLES,
)
async def list_ledger_entries(
    ctx: Context, membership: OrganizationMemberRecord, window: Window, filter: Filter = None
) -> Page[LedgerEntryRecord]:
    """A page of what came to an organization's tokens and was used up of them, the latest first."""
    return (await _pages([wallet_id(membership["organization_id"])], window, filter))[0]


@operation("walletConsume", inside=ORGANIZATION, permission=policy.CONSUME, scope=WRITE, no_tool=COUNTED)
async def consume(
    ctx: Context, membership: OrganizationMemberRecord, values: WalletConsume
) -> Committed[LedgerEntryRecord]:
    """Use up some of an organization's tokens, all or none. With a reference that was used, what that came to.

    Raises InsufficientBalance where fewer are left, Conflict where the reference was used for something else.
    """
    organization_id = membership["organization_id"]

    async def body(change: Change) -> LedgerEntryRecord:
        await require_parent(change, Organization, organization_id)
        entry, wallet = await debit(
            change,
            organization_id,
            values.amount,
            values.reference,
            action=values.action,
            metadata=values.metadata,
        )
        if wallet is not None and ctx.services.billing.key is not None:
            await begin_due(change, organization_id, wallet)
        return entry

    try:
        return await ctx.write(organization_id, body)
    except InsufficientBalance:
        await _top_up(ctx, organization_id)
        raise


async def _top_up(ctx: Context, organization_id: ObjectId) -> None:
    """Have an organization's tokens topped up that are too few for what was refused: that has begun nothing."""

    async def body(change: Change) -> None:
        await begin_due(change, organization_id, await open_wallet(change, organization_id))

    if ctx.services.billing.key is not None and is_short(await wallet_of(organization_id), utc_now()):
        # Not as a part of the request, which is refused: by its idempotency key it may be sent again.
        await ctx.services.hub.log.write(organization_id, None, body)


@operation("walletGrant", caller=Caller.PERSON, server_role=ServerRole.ADMIN)
async def grant(ctx: Context, values: WalletGrant) -> Committed[LedgerEntryRecord]:
    """Give tokens to an organization, or credit to a person: for whoever runs the installation.

    Raises NotFound for what is not there, Conflict where the reference was used for something else.
    """
    owner_id = values.owner_id

    async def body(change: Change) -> LedgerEntryRecord:
        await require_owner(change, owner_id)
        return await credit(change, owner_id, values.amount, values.type, values.reference, action=values.action or "")

    return await ctx.write(owner_id, body)


@edge(scope=READ)
async def wallets_of_organizations(
    ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields
) -> list[WalletRecord]:
    """The tokens that each organization has left."""
    ids = [wallet_id(organization["_id"]) for organization in organizations]
    found = {wallet["_id"]: wallet for wallet in await collection(Wallet).find({"_id": among(ids)}).to_list()}
    return [
        found.get(wallet_id(organization["_id"])) or empty_wallet(organization["_id"], utc_now())
        for organization in organizations
    ]


@edge(scope=READ, viewer=True)
async def wallets_of_users(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[WalletRecord | Forbidden]:
    """The credit that the viewer has left; an error in the place of each other user."""
    own = await wallet_of(ctx.user_id)
    return [own if user["_id"] == ctx.user_id else Forbidden("A wallet is its own user's") for user in users]


@edge(scope=READ)
async def entries_of(
    ctx: Context,
    wallets: Sequence[WalletRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
    filter: Mapping[str, Any] | None = None,
) -> list[Page]:
    """What came and was used up of each wallet, the latest first."""
    return await _pages([wallet["_id"] for wallet in wallets], Window.read(first, after), filter)


async def _pages(ids: Sequence[ObjectId], window: Window, filter: Mapping[str, Any] | None) -> list[Page]:
    where = compile_filter(filter, LedgerEntry)
    found = await pages(LedgerEntry, "wallet_id", ids, window, sort=NEWEST_FIRST, where=where)
    return [found[wallet] for wallet in ids]
