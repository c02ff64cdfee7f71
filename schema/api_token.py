"""Personal access tokens."""

from datetime import datetime

import strawberry

from schema.enums import TokenScope


@strawberry.type(description="A personal access token. Its text is shown once, when it is created.")
class ApiToken:
    id: strawberry.ID = strawberry.field(description="The id.")
    name: str = strawberry.field(description="What it is for.")
    prefix: str = strawberry.field(description="How its text begins.")
    scopes: list[TokenScope] = strawberry.field(description="What it may be used for.")
    expires_at: datetime | None = strawberry.field(description="When it ends; null for never.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    created_at: datetime = strawberry.field(description="When it was created.")
