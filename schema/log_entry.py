"""The log of the gateway, and the files that it is written to."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

import models
from models.installation_enums import LogLevel
from schema.fields import shows

Level = Annotated[LogLevel | None, strawberry.argument(description="Those of one level.")]
LogSearch = Annotated[str | None, strawberry.argument(description="A part of the message, at most 100 characters.")]
LogLimit = Annotated[int | None, strawberry.argument(description="How many to return: 100 by default, at most 500.")]


@shows(models.LogEntry, "An entry of the log of the gateway: no secret, and nothing that a tenant wrote.")
class LogEntry:
    id: strawberry.ID = strawberry.field(description="The id.")
    fields: JSON = strawberry.field(description="What else is known: the kind of a failure and where it happened.")


@strawberry.type(description="A file that the gateway writes its log to.")
class LogFile:
    name: str = strawberry.field(description="The name.")
    size: float = strawberry.field(description="The bytes that it takes.")
    modified_at: datetime = strawberry.field(description="When it was last written to.")


@strawberry.type(description="A line of such a file: no secret, and nothing that a tenant wrote.")
class LogFileLine:
    file: str = strawberry.field(description="The name of the file.")
    at: datetime = strawberry.field(description="When it was written.")
    level: LogLevel = strawberry.field(description="How much it matters.")
    message: str = strawberry.field(
        description="What happened. Texts that are not the product's own are left out: `…`."
    )
    target: str = strawberry.field(description="What part of the gateway says so.")
    fields: JSON = strawberry.field(description="What else is known: the kind of a failure and where it happened.")
