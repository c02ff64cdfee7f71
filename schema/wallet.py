"""Wallets of organizations and people, and their ledgers."""

import strawberry

import models
from models import wallet
from models.base import utc_now
from resolvers.wallet.top_up import begun_in, top_ups_of
from resolvers.wallet.wallet import entries_of, wallets_of_organizations, wallets_of_users
from schema.connection import Connection, window_of
from schema.extension import extends
from schema.fields import shows
from schema.filters import LedgerEntryFilter
from schema.loading import derived, edge
from schema.references import OrganizationRef, UserRef


@shows(models.LedgerEntry, "A change of a balance, which stays.")
class LedgerEntry:
    id: strawberry.ID = strawberry.field(description="The id.")
    amount: float = strawberry.field(description="How much came; below 0 where it was used up.")
    balance: float = strawberry.field(description="What was left then.")


@shows(wallet.TopUp, "What is bought by itself once little is left.")
class TopUp:
    threshold: float = strawberry.field(description="Below how much it is bought.")
    has_payment_method: bool = derived(
        lambda top_up: top_up["payment_method"] is not None,
        needs=("payment_method",),
        description="Whether there is something that it is paid with; without that, nothing is bought.",
    )
    is_due: bool = derived(
        lambda top_up: top_up["due_at"] is not None, needs=("due_at",), description="Whether one is being paid."
    )
    begun_this_month: int = derived(
        lambda top_up: begun_in(top_up, utc_now()),
        needs=("month", "begun"),
        description="How many were begun in this month, in UTC.",
    )


@shows(models.Wallet, "What an organization or a person has left.", without=("created_at", "updated_at"))
class Wallet:
    id: strawberry.ID = strawberry.field(description="The id.")
    balance: float = strawberry.field(description="What is left, never below 0.")
    credited: float = strawberry.field(description="What has come and was not given back at Stripe, in all.")
    consumed: float = strawberry.field(description="What was used up, in all.")
    top_up: TopUp | None = edge(
        top_ups_of,
        needs=("organization_id", "top_up"),
        description="What is bought by itself once little is left; null where nothing is. Of an organization, for its "
        "admins.",
    )
    entries: Connection[LedgerEntry] = edge(
        entries_of,
        arguments=window_of(LedgerEntryFilter),
        description="What came and was used up, the latest first.",
    )


@extends(OrganizationRef, after="billing_overview")
class OfOrganization:
    wallet: Wallet = edge(wallets_of_organizations, description="The tokens that it has left.")


@extends(UserRef, after="preferences")
class OfUser:
    credit_wallet: Wallet = edge(wallets_of_users, description="The credit that is left: the viewer's own only.")
