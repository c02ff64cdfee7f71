"""Inputs of the operations on budgets."""

from typing import Annotated, Any

from bson import ObjectId
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.enums import BudgetPeriod
from models.errors import BadUserInput
from models.ids import Kind, kind_of, parse_id
from resolvers.kit.input import Input, OrganizationId, WrittenAs

MAX_BUDGETS = 1_000
"""Of one organization."""
SUBJECTS = frozenset({Kind.ORGANIZATION, Kind.WORKSPACE, Kind.AGENT, Kind.MISSION, Kind.USER})
MICRO = 1_000_000
MAX_USD = 1_000_000
MAX_TOKENS = 10**12


def _subject(value: Any) -> ObjectId:
    try:
        parsed = parse_id(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("id", "{reason}", {"reason": error.message}) from error
    if kind_of(parsed) not in SUBJECTS:
        raise PydanticCustomError("id", "must be an organization, a workspace, an agent, a mission or a user")
    return parsed


SubjectId = Annotated[
    ObjectId, BeforeValidator(_subject), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{24}$"})
]
Dollars = Annotated[float, Field(ge=0, le=MAX_USD, allow_inf_nan=False)]
Tokens = Annotated[int, Field(ge=0, le=MAX_TOKENS), WrittenAs(float)]

_USD = "US dollars that models may cost in a period, to the millionth"
_TOKENS = "Tokens that models may read and write in a period"


class BudgetCreate(Input):
    """A new budget.

    A new budget of an organization, or of what is in it. What was spent in the same day or month counts already.
    """

    organization_id: OrganizationId = Field(description="The organization that it is of, or that its subject is in.")
    subject_id: SubjectId = Field(
        description="Whose it is: the organization, a workspace, an agent, a mission, or a person in the organization."
    )
    period: BudgetPeriod = Field(BudgetPeriod.MONTH, description="When it begins anew.")
    limit_usd: Dollars | None = Field(None, description=f"{_USD}; null for any.")
    limit_tokens: Tokens | None = Field(None, description=f"{_TOKENS}; null for any.")


class BudgetUpdate(Input):
    """What changes of a budget."""

    limit_usd: Dollars | None = Field(None, description=f"{_USD}; null for any.")
    limit_tokens: Tokens | None = Field(None, description=f"{_TOKENS}; null for any.")


def micro(usd: float | None) -> int | None:
    """US dollars in millionths."""
    return None if usd is None else round(usd * MICRO)
