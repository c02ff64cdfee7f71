"""The logs of agents."""

from typing import Annotated

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

import models
from resolvers.activity.log_line import log_lines_of
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.log_entry import Level, LogLimit, LogSearch
from schema.node import Node
from schema.references import WorkspaceRef

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


@extends(WorkspaceRef, after="activity_stats")
class OfWorkspace:
    log_lines: list[LogLine] = edge(
        log_lines_of,
        arguments=log_lines_range,
        description="The logs of its agents, newest first, of 30 days; by level or a part of the message, the latest "
        "10,000 lines are searched.",
    )
