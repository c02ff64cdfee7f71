"""Personal access tokens."""

import strawberry

import models
from schema.fields import shows


@shows(models.ApiToken, "A personal access token. Its text is shown once, when it is created.")
class ApiToken:
    id: strawberry.ID = strawberry.field(description="The id.")
