"""Personal access tokens, and the API keys of organizations."""

import strawberry

import models
from schema.fields import shows


@shows(
    models.ApiToken,
    "A personal access token, or the API key of an organization. Its text is shown once, when it is made.",
)
class ApiToken:
    id: strawberry.ID = strawberry.field(description="The id.")


@shows(models.KeyUse, "A request that came with an API key.")
class KeyUse:
    id: strawberry.ID = strawberry.field(description="The id.")


@strawberry.type(description="Requests that came with an API key, the newest first.")
class KeyUses:
    nodes: list[KeyUse] = strawberry.field(description="The requests.")
    total_count: int = strawberry.field(description="How many there were in the last 90 days, 10,000 at most.")
