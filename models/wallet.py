"""Wallets: the tokens that an organization has left, and the credit of a person; with the ledger of each."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from bson import ObjectId
from pydantic import BaseModel, Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.enums import Told
from models.facts import FILTER, GRAPH, SHOWN, Facts
from models.ids import Kind, id_of
from models.records import LedgerEntryRecord, WalletRecord

OF_STRIPE = "stripe:"
"""How the references of what was paid begin, and no others: the id of the payment at Stripe follows."""


class WalletUnit(Told):
    """What a wallet counts."""

    TOKENS = "tokens", "Tokens, of an organization."
    CENTS = "cents", "Cents of a US dollar, of a person."


class LedgerEntryType(Told):
    """Why a balance changed."""

    CONSUME = "consume", "It was used up."
    PURCHASE = "purchase", "It was paid for."
    BONUS = "bonus", "Whoever runs the installation gave it."
    SIGNUP_BONUS = "signup_bonus", "The same, to begin with."
    ADMIN_GRANT = "admin_grant", "The same, for whatever reason."
    REFUND = "refund", "What was used up is given back or, below 0, what was paid for is."


class TopUp(BaseModel):
    """What is bought once little is left.

    `begun` of them were begun in `month` (`2026-03`, UTC). One is under way while `due_at` is set, which is when it is
    looked at next: it is told from others by `month` and `begun`, so that it is paid once however often that is asked
    for, and has a `payment` once Stripe knows of it. After one that failed none is begun until something else is set.
    """

    threshold: int
    package: Annotated[str, Facts("The package that is bought, by its slug.", GRAPH)]
    is_enabled: Annotated[bool, Facts("Whether it is bought by itself.", GRAPH)] = True
    max_monthly: Annotated[int, Facts("How many times it is bought in a month, in UTC.", GRAPH)]
    payment_method: str | None = None
    month: str = ""
    begun: int = 0
    due_at: datetime | None = None
    payment: str | None = None
    error: Annotated[str | None, Facts("Why it could not be paid the last time; null where it could.", GRAPH)] = None


@kind(0xF2)
class Wallet(Stored[WalletRecord]):
    """What an organization or a person has left; one of the two ids is set. The balance is never below 0.

    Its `id` follows from whose it is (`wallet_id`): as long as nothing has come or was set, it is not there.
    """

    id: PydanticObjectId
    organization_id: PydanticObjectId | None = None
    user_id: PydanticObjectId | None = None
    unit: Annotated[WalletUnit, Facts("What it counts.")]
    balance: int = 0
    credited: int = 0
    consumed: int = 0
    top_up: Annotated[
        TopUp | None, Facts("What is bought by itself once little is left; null where nothing is.", GRAPH)
    ] = None
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "wallets"
        indexes = [
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("top_up.due_at", ASCENDING)]),
        ]


@kind(0xF3)
class LedgerEntry(Stored[LedgerEntryRecord]):
    """A change of a balance, which stays. `reference` tells it from all others of its wallet: what is told twice by
    the same one is written once. Whoever names none gets its id; that of a payment begins with OF_STRIPE."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.LEDGER_ENTRY))
    wallet_id: PydanticObjectId
    organization_id: PydanticObjectId | None = None
    user_id: PydanticObjectId | None = None
    type: Annotated[LedgerEntryType, Facts("Why the balance changed.", SHOWN | FILTER)]
    amount: int
    balance: int
    action: Annotated[str, Facts("What for.")] = ""
    reference: Annotated[str, Facts("What tells it from all others of the wallet; by default its id.")]
    metadata: Annotated[dict[str, Any], Facts("Whatever else was said of it.")] = Field(default_factory=dict)
    created_by: Annotated[
        PydanticObjectId | None, Facts("Who has used or given it; null for what was paid.", refers=Kind.USER)
    ] = None

    class Settings:
        name = "ledger_entries"
        indexes = [
            IndexModel([("wallet_id", ASCENDING), ("reference", ASCENDING)], unique=True),
            IndexModel([("wallet_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("wallet_id", ASCENDING), ("type", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)]),
        ]


def wallet_id(owner_id: ObjectId) -> ObjectId:
    """The id of the wallet of an organization or a person."""
    return id_of(Kind.WALLET, owner_id)
