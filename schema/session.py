"""Where a person is signed in."""

import strawberry

import models
from schema.fields import shows


@shows(models.Session, "A sign-in of the viewer that has not ended.")
class Session:
    id: strawberry.ID = strawberry.field(description="The id.")
    is_current: bool = strawberry.field(description="Whether this request came with it.")
