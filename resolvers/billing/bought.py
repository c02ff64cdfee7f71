"""What is bought once: a payment says itself what it was for, as it was begun, and comes into the wallet once."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models.errors import BadUserInput
from models.ids import Kind, kind_of, parse_id
from models.records import LedgerEntryRecord
from models.wallet import OF_STRIPE, LedgerEntryType
from realtime.log import Change
from resolvers.wallet.ledger import credit
from resolvers.wallet.owner import require_owner

CURRENCY = "usd"
SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True)
class Bought:
    """What is paid for: `amount` of what the wallet of an organization or a person counts."""

    owner_id: ObjectId
    amount: int
    package: str

    @property
    def metadata(self) -> dict[str, str]:
        """The same as Stripe keeps it with the payment."""
        name = "organization_id" if kind_of(self.owner_id) is Kind.ORGANIZATION else "user_id"
        return {name: str(self.owner_id), "package": self.package, "amount": str(self.amount)}

    @classmethod
    def told_by(cls, payment: Mapping[str, Any]) -> "Bought | None":
        """What a payment of Stripe's is for; None where it was not begun here."""
        match payment.get("metadata"):
            case {"package": str(package), "amount": str(amount), "organization_id": str(owner)}:
                kind = Kind.ORGANIZATION
            case {"package": str(package), "amount": str(amount), "user_id": str(owner)}:
                kind = Kind.USER
            case _:
                return None
        if not (amount.isascii() and amount.isdigit()):
            return None
        with suppress(BadUserInput):
            return cls(parse_id(owner, kind), int(amount), package)
        return None


async def credit_payment(change: Change, payment_id: str, bought: Bought) -> LedgerEntryRecord:
    """Put what was paid into its wallet, unless it is there; raises NotFound where nobody is there to have it.

    A reference of a client's never begins as that of a payment does: none is taken before the payment comes.
    """
    await require_owner(change, bought.owner_id)
    reference = f"{OF_STRIPE}{payment_id}"
    type_ = LedgerEntryType.PURCHASE
    return await credit(change, bought.owner_id, bought.amount, type_, reference, action=bought.package)
