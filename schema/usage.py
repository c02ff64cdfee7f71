"""What models have cost."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import UNSET

from schema.loading import derived

MICRO = 1_000_000

From = Annotated[
    datetime | None,
    strawberry.argument(
        name="from", description="The first day. By default 30 days before `to`; at most 366 days before it."
    ),
]
To = Annotated[datetime | None, strawberry.argument(description="Where to end: now, by default.")]


def usage_range(from_: From = UNSET, to: To = UNSET) -> None:
    """The arguments of what models cost over time."""


@strawberry.type(description="Calls of models, and what they cost.")
class UsageTotal:
    calls: float = strawberry.field(description="How many calls.")
    input_tokens: float = strawberry.field(description="Tokens that were read.")
    cached_tokens: float = strawberry.field(description="Those of them that the provider had in its cache.")
    output_tokens: float = strawberry.field(description="Tokens that were written.")
    cost_usd: float = derived(
        lambda total: total["cost"] / MICRO, needs=("cost",), description="What they cost, in US dollars."
    )


@strawberry.type(description="What models cost on a day.")
class UsageDay(UsageTotal):
    day: str = strawberry.field(description="The day in UTC, such as 2026-03-01.")


@strawberry.type(description="What a model cost.")
class UsageModel(UsageTotal):
    model: str = strawberry.field(description="The name of the model.")


@strawberry.type(description="What models cost in all, by day and by model. Calls whose end is not known are left out.")
class Usage(UsageTotal):
    days: list[UsageDay] = strawberry.field(description="By day, those on which there was a call.")
    models: list[UsageModel] = strawberry.field(description="By model.")
