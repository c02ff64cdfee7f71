"""Where a person is signed in."""

from datetime import datetime

import strawberry


@strawberry.type(description="A sign-in of the viewer that has not ended.")
class Session:
    id: strawberry.ID = strawberry.field(description="The id.")
    user_agent: str | None = strawberry.field(description="What the browser or program called itself at sign-in.")
    created_at: datetime = strawberry.field(description="When the viewer signed in.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    expires_at: datetime = strawberry.field(description="When it ends by itself.")
    is_current: bool = strawberry.field(description="Whether this request came with it.")
