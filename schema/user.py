"""People, and the service users of agents."""

from datetime import datetime
from typing import cast

import strawberry

from models.base import Record
from models.errors import Forbidden
from resolvers.api_token import list_api_tokens
from schema.api_token import ApiToken
from schema.context import Info
from schema.loading import resolved
from schema.node import Node


@strawberry.type(description="A person, or the service user of an agent.")
class User(Node):
    email: str = strawberry.field(description="The e-mail address.")
    name: str | None = strawberry.field(description="The name to show.")
    job_title: str | None = strawberry.field(description="What the person does.")
    is_agent: bool = strawberry.field(description="Whether it is the service user of an agent.")
    created_at: datetime = strawberry.field(description="When the account was made.")

    @resolved("The personal access tokens, newest first: the viewer's own only, and never with a token.")
    async def api_tokens(self, info: Info) -> list[ApiToken]:
        user = cast("Record", self)
        if user["_id"] != info.context.ctx.user_id:
            raise Forbidden("Only the viewer's own tokens can be read")
        return cast("list[ApiToken]", await list_api_tokens(info.context.ctx))
