"""Credentials of organizations."""

import strawberry

import models
from schema.fields import shows


@shows(models.Credential, "What an organization signs in with to others: a key of a model's provider, say.")
class Credential:
    id: strawberry.ID = strawberry.field(description="The id.")
