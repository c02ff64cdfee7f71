"""The log of the gateway."""

import strawberry
from strawberry.scalars import JSON

import models
from schema.fields import shows


@shows(models.LogEntry, "An entry of the log of the gateway: no secret, and nothing that a tenant wrote.")
class LogEntry:
    id: strawberry.ID = strawberry.field(description="The id.")
    fields: JSON = strawberry.field(description="What else is known: the kind of a failure and where it happened.")
