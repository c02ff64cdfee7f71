"""Wallets, what came and was used up, and what is bought by itself."""

from collections.abc import Iterable
from typing import Any

from typing_extensions import TypedDict

from models.base import timestamp, utc_now
from models.billing import Package
from models.records import LedgerEntryRecord, TopUpRecord, WalletRecord
from models.wallet import WalletUnit
from resolvers.wallet.top_up import begun_in
from rest.orkosi.present.show import Timestamp


class TokenBalanceData(TypedDict):
    """The tokens that the organization has left. `company_id` is its number."""

    company_id: int | None
    balance: int
    total_credited: int
    total_consumed: int
    updated_at: Timestamp


class TokenTransactionData(TypedDict):
    """What came, or below 0 was used up. `type` is consume, purchase, bonus, signup_bonus, admin_grant or refund."""

    id: str
    type: str
    amount: int
    balance_after: int
    action: str
    reference_id: str
    metadata: dict[str, Any]
    created_at: Timestamp


class ConsumedData(TokenTransactionData):
    """What was used up; `balance` is what is left."""

    balance: int


class TokenPackageData(TypedDict):
    """What is bought. `price_cents` is in US dollars."""

    slug: str
    name: str
    tokens: int
    price_cents: int


class CreditPackageData(TypedDict):
    """What is bought, in cents of US dollars as its price."""

    slug: str
    name: str
    cents: int
    price_cents: int


class TopUpSettings(TypedDict):
    """What is bought by itself. Nothing is set where it is not `configured`. `last_error` is why it could not be paid;
    none is bought then until something else is set."""

    configured: bool
    enabled: bool
    package_id: str | None
    package_slug: str | None
    max_monthly_topups: int | None
    topups_this_month: int
    stripe_payment_method_id: str | None
    pending: bool
    last_error: str | None


class AutoTopUpData(TopUpSettings):
    """The same of the organization's tokens, with the packages that there are."""

    threshold_tokens: int | None
    packages: list[TokenPackageData]


class CreditTopUpData(TopUpSettings):
    """The same of the caller's credit, with the packages that there are."""

    threshold_cents: int | None
    packages: list[CreditPackageData]


def token_balance(wallet: WalletRecord, company: int | None) -> TokenBalanceData:
    return {
        "company_id": company,
        "balance": wallet["balance"],
        "total_credited": wallet["credited"],
        "total_consumed": wallet["consumed"],
        "updated_at": timestamp(wallet["updated_at"]),
    }


def transaction(entry: LedgerEntryRecord) -> TokenTransactionData:
    return {
        "id": str(entry["_id"]),
        "type": entry["type"],
        "amount": entry["amount"],
        "balance_after": entry["balance"],
        "action": entry["action"],
        "reference_id": entry["reference"],
        "metadata": entry["metadata"],
        "created_at": timestamp(entry["created_at"]),
    }


def consumed(entry: LedgerEntryRecord) -> ConsumedData:
    return {**transaction(entry), "balance": entry["balance"]}


def auto_top_up(wallet: WalletRecord, packages: Iterable[Package]) -> AutoTopUpData:
    """`packages` are all that there are."""
    top_up = wallet["top_up"]
    return {
        **_settings(top_up),
        "threshold_tokens": None if top_up is None else top_up["threshold"],
        "packages": [
            {"slug": each.slug, "name": each.name, "tokens": each.amount, "price_cents": each.price}
            for each in packages
            if each.unit is WalletUnit.TOKENS
        ],
    }


def credit_top_up(wallet: WalletRecord, packages: Iterable[Package]) -> CreditTopUpData:
    """`packages` are all that there are."""
    top_up = wallet["top_up"]
    return {
        **_settings(top_up),
        "threshold_cents": None if top_up is None else top_up["threshold"],
        "packages": [
            {"slug": each.slug, "name": each.name, "cents": each.amount, "price_cents": each.price}
            for each in packages
            if each.unit is WalletUnit.CENTS
        ],
    }


def _settings(top_up: TopUpRecord | None) -> TopUpSettings:
    if top_up is None:
        return {
            "configured": False,
            "enabled": False,
            "package_id": None,
            "package_slug": None,
            "max_monthly_topups": None,
            "topups_this_month": 0,
            "stripe_payment_method_id": None,
            "pending": False,
            "last_error": None,
        }
    return {
        "configured": True,
        "enabled": top_up["is_enabled"],
        "package_id": top_up["package"],
        "package_slug": top_up["package"],
        "max_monthly_topups": top_up["max_monthly"],
        "topups_this_month": begun_in(top_up, utc_now()),
        "stripe_payment_method_id": top_up["payment_method"],
        "pending": top_up["due_at"] is not None,
        "last_error": top_up["error"],
    }
