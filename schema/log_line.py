"""The logs of agents."""

from typing import Annotated

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

import models
from schema.fields import shows
from schema.log_entry import Level, LogLimit, LogSearch
from schema.node import Node

OfName = Annotated[str | None, strawberry.argument(description="Those of the log of that name alone.")]

BeforeLine = Annotated[strawberry.ID | None, strawberry.argument(description="Those before a line, by its id.")]


def log_lines_range(
    agent_name: OfName = UNSET,
    level: Level = UNSET,
    search: LogSearch = UNSET,
    limit: LogLimit = UNSET,
    before: BeforeLine = UNSET,
) -> None:
    """The arguments of a list of lines."""


@shows(models.LogLine, "A line of the log of an agent: what it, or a program that runs it, says of what it does.")
class LogLine(Node):
    meta: JSON | None = strawberry.field(description="Details, as they were given.")
