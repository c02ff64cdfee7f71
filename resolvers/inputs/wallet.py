"""Inputs of the operations on wallets."""

from typing import Annotated, Any, Final

import orjson
from bson import ObjectId
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.errors import BadUserInput
from models.ids import Kind, kind_of, parse_id
from models.json import check_json
from models.limits import Text
from models.wallet import OF_STRIPE, LedgerEntryType
from resolvers.kit.input import Flag, Input, NotNull, OrganizationId, WrittenAs

MAX_AMOUNT: Final = 10**12
MAX_MONTHLY, USUAL_MONTHLY = 100, 3
_MAX_METADATA = 8 * 1024


def _whole(value: Any) -> Any:
    """Whole numbers, which the graph hands over as floats where they are large."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PydanticCustomError("number", "must be a whole number")
    return value


Amount = Annotated[int, Field(ge=1, le=MAX_AMOUNT), BeforeValidator(_whole), WrittenAs(float)]
Threshold = Annotated[int, Field(ge=0, le=MAX_AMOUNT), BeforeValidator(_whole), WrittenAs(float)]
Action = Annotated[str, Text(1, 200)]
PackageSlug = Annotated[str, Text(1, 100)]
PaymentMethod = Annotated[str, Text(1, 255, pattern=r"^[A-Za-z0-9_-]+$")]
Monthly = Annotated[int, Field(strict=True, ge=1, le=MAX_MONTHLY)]


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    try:
        check_json(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("json", "{reason}", {"reason": error.message}) from error
    if len(orjson.dumps(value)) > _MAX_METADATA:
        raise PydanticCustomError("json", "must have at most 8 KB as JSON")
    return value


def _reference(value: str) -> str:
    if value.startswith(OF_STRIPE):
        raise PydanticCustomError("reference", "must not begin with {prefix}: so do payments", {"prefix": OF_STRIPE})
    return value


def _owner(value: Any) -> ObjectId:
    try:
        parsed = parse_id(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("id", "{reason}", {"reason": error.message}) from error
    if kind_of(parsed) not in (Kind.ORGANIZATION, Kind.USER):
        raise PydanticCustomError("id", "must be an organization or a user")
    return parsed


def _given(value: Any) -> LedgerEntryType:
    if value not in GIVEN:
        raise PydanticCustomError("type", "must be one of bonus, signup_bonus, admin_grant and refund")
    return LedgerEntryType(value)


GIVEN = (
    LedgerEntryType.BONUS,
    LedgerEntryType.SIGNUP_BONUS,
    LedgerEntryType.ADMIN_GRANT,
    LedgerEntryType.REFUND,
)
Reference = Annotated[str, Text(1, 200), AfterValidator(_reference)]
Metadata = Annotated[dict[str, Any], AfterValidator(_metadata)]
OwnerId = Annotated[ObjectId, BeforeValidator(_owner), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{24}$"})]
GivenType = Annotated[
    LedgerEntryType,
    BeforeValidator(_given),
    WithJsonSchema({"type": "string", "enum": [type_.value for type_ in GIVEN]}),
]

_REFERENCE = (
    "What tells it from all others of the wallet, so that it is written once however often it is asked for: up to 200 "
    "characters, which do not begin with `stripe:`. By default the id of the entry."
)
_THRESHOLD = "Below how much it is bought, up to 10^12: at once, where less is left already. With 0 it never is."
_MONTHLY = "How many times it is bought in a month at most, in UTC: 1 to 100"
_METHOD = (
    "What it is paid with: Stripe's id of a payment method of a customer who has `organization_id`, or for credit the "
    "viewer's `user_id`, in the metadata, or who pays for the plan of the organization"
)


class WalletConsume(Input):
    """What is used up of an organization's tokens."""

    organization_id: OrganizationId = Field(description="The organization.")
    amount: Amount = Field(description="How many tokens, 1 to 10^12.")
    action: Action = Field(description="What for, in up to 200 characters.")
    reference: Reference | None = Field(None, description=_REFERENCE)
    metadata: Metadata = Field(default_factory=dict, description="Whatever else is to be kept with it, at most 8 KB.")


class WalletGrant(Input):
    """What whoever runs the installation gives."""

    owner_id: OwnerId = Field(
        description="Who gets it: an organization, of which it is tokens, or a person, of whom it is cents."
    )
    amount: Amount = Field(description="How much, 1 to 10^12.")
    type: GivenType = Field(
        LedgerEntryType.ADMIN_GRANT, description="ADMIN_GRANT by default, BONUS, SIGNUP_BONUS or REFUND."
    )
    action: Action | None = Field(None, description="What for, in up to 200 characters.")
    reference: Reference | None = Field(None, description=_REFERENCE)


class TopUpValues(Input):
    """What is bought by itself once little is left."""

    threshold: Threshold = Field(description=_THRESHOLD)
    package: PackageSlug = Field(description="The package, by its slug.")
    is_enabled: Flag = Field(True, description="Whether it is bought; it is by default.")
    max_monthly: Monthly = Field(USUAL_MONTHLY, description=f"{_MONTHLY}, by default {USUAL_MONTHLY}.")
    payment_method: PaymentMethod | None = Field(None, description=f"{_METHOD}. Without one nothing is bought.")


class TopUpChanges(Input):
    """What changes of that. Where anything does, what failed before is tried again once less than the threshold is
    left."""

    threshold: Annotated[Threshold | None, NotNull] = Field(None, description=_THRESHOLD)
    package: Annotated[PackageSlug | None, NotNull] = Field(None, description="The package, by its slug.")
    is_enabled: Annotated[Flag | None, NotNull] = Field(
        None, description="Whether it is bought. What is turned off is not paid any more, unless Stripe was asked to."
    )
    max_monthly: Annotated[Monthly | None, NotNull] = Field(None, description=f"{_MONTHLY}.")
    payment_method: PaymentMethod | None = Field(None, description=f"{_METHOD}; null clears it.")


class TokenTopUpCreate(TopUpValues):
    """What an organization's tokens are topped up with."""

    organization_id: OrganizationId = Field(description="The organization.")


class TokenTopUpUpdate(TopUpChanges):
    """What changes of what an organization's tokens are topped up with."""

    organization_id: OrganizationId = Field(description="The organization.")


class CreditTopUpCreate(TopUpValues):
    """What the credit of the viewer is topped up with."""


class CreditTopUpUpdate(TopUpChanges):
    """What changes of what the credit of the viewer is topped up with."""
