"""The tokens of the organization: what is left, what came and was used up."""

from typing import Any, Literal

from resolvers.inputs.wallet import Action, Amount, Metadata, Reference, WalletConsume
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.numbered import numbers_of
from resolvers.kit.page import Window
from resolvers.wallet.wallet import consume, get_wallet, list_ledger_entries
from rest.orkosi.bodies import Body, Query, called
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import PageQuery, listed
from rest.orkosi.present.wallet import (
    ConsumedData,
    TokenBalanceData,
    TokenTransactionData,
    consumed,
    token_balance,
    transaction,
)
from rest.orkosi.workspace import OrganizationRef, organization_of, require_organization
from rest.routing import Call

routes = orkosi_routes(
    "tokens", "/tokens", about="The tokens that an organization has left, and its ledger.", place=270, tag_place=300
)


class TokenBalanceQuery(Query):
    """`company_id` is the organization's; that of any other is 404."""

    company_id: OrganizationRef | None = None


class TokenTransactionsQuery(PageQuery):
    """Which: of one type alone."""

    company_id: OrganizationRef | None = None
    type: Literal["consume", "purchase", "bonus", "signup_bonus", "admin_grant", "refund"] | None = None


class TokenConsumeBody(Body):
    """What is used up, and what for. By the same `reference_id` it is used up once."""

    amount: Amount
    action: Action
    company_id: OrganizationRef | None = None
    reference_id: Reference | None = None
    metadata: Metadata | None = None


@routes.get("/balance", "Read how many tokens are left", runs=get_wallet, query=TokenBalanceQuery, names_object=True)
async def balance(call: Call) -> TokenBalanceData:
    """Those of the organization of the request's workspace."""
    await require_organization(call, call.query(TokenBalanceQuery).company_id)
    organization_id = await organization_of(call)
    numbers = await numbers_of(ORGANIZATION, [organization_id])
    return token_balance(await get_wallet(call.ctx, organization_id), numbers.get(organization_id))


@routes.get(
    "/transactions",
    "List what came and was used up",
    runs=list_ledger_entries,
    query=TokenTransactionsQuery,
    names_object=True,
)
async def transactions(call: Call) -> list[TokenTransactionData]:
    """The latest first."""
    query = call.query(TokenTransactionsQuery)
    await require_organization(call, query.company_id)
    organization_id = await organization_of(call)
    where: dict[str, Any] = {} if query.type is None else {"type": {"eq": query.type}}
    found = await listed(
        call,
        query,
        lambda first, after: list_ledger_entries(call.ctx, organization_id, Window.read(first, after), where),
    )
    return [transaction(entry) for entry in found]


@routes.post(
    "/consume",
    "Use up tokens",
    runs=consume,
    body=TokenConsumeBody,
    status=200,
    names_object=True,
    refused_with=(402,),
)
async def use_up(call: Call) -> ConsumedData:
    """All that are named or none: 402 `INSUFFICIENT_BALANCE` where fewer are left. By a `reference_id` that was used,
    what that came to; 409 where it was another amount."""
    body = call.body(TokenConsumeBody)
    await require_organization(call, body.company_id)
    values = WalletConsume(
        organization_id=await organization_of(call),
        amount=body.amount,
        action=body.action,
        reference=body.reference_id,
        metadata=body.metadata or {},
    )
    with called(reference="reference_id"):
        return consumed((await consume(call.ctx, values)).value)
