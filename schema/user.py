"""People, and the service users of agents."""

from datetime import datetime
from typing import cast

import models
from models.base import Record
from models.enums import ServerRole
from models.errors import Forbidden
from models.installation_enums import AuthProvider
from resolvers.account.api_token import list_api_tokens
from resolvers.account.consent import list_consents
from resolvers.account.session import list_sessions
from resolvers.oauth.grant import list_oauth_grants
from resolvers.user import user as people
from resolvers.user.home import home_workspaces_of
from schema.api_token import ApiToken
from schema.consent import Consent
from schema.context import Info
from schema.fields import shows
from schema.loading import edge, resolved
from schema.node import Node
from schema.oauth_grant import OAuthGrant
from schema.references import WorkspaceRef
from schema.session import Session


@shows(models.User, "A person, or the service user of an agent.")
class User(Node):
    avatar_url: str | None = edge(
        people.avatar_urls_of,
        needs=("avatar",),
        description="Where the picture is, an address on this server; null without one.",
    )
    email_verified_at: datetime | None = edge(
        people.email_verified_at_of, description="When the address was confirmed: the viewer's own only."
    )
    two_factor_enabled: bool | None = edge(
        people.two_factor_enabled_of, description="Whether signing in takes a code as well: the viewer's own only."
    )
    server_role: ServerRole | None = edge(
        people.server_role_of, description="What the person may do with the installation: the viewer's own only."
    )
    auth_provider: AuthProvider | None = edge(
        people.auth_provider_of, description="What says who the person is: the viewer's own only."
    )
    must_change_password: bool | None = edge(
        people.must_change_password_of,
        description="Whether the password has to be changed, as somebody else has chosen it: the viewer's own only.",
    )
    home_workspace: WorkspaceRef | None = edge(
        home_workspaces_of,
        description="The workspace that is meant where a request names none: the viewer's own only.",
    )

    @resolved("Where the viewer is signed in, newest first: the viewer's own only.")
    async def sessions(self, info: Info) -> list[Session]:
        user = cast("Record", self)
        if user["_id"] != info.context.ctx.user_id:
            raise Forbidden("Only the viewer's own sessions can be read")
        return cast("list[Session]", await list_sessions(info.context.ctx))

    @resolved("What the viewer has agreed to, oldest first: the viewer's own only.")
    async def consents(self, info: Info) -> list[Consent]:
        user = cast("Record", self)
        if user["_id"] != info.context.ctx.user_id:
            raise Forbidden("Only the viewer's own consents can be read")
        return cast("list[Consent]", await list_consents(info.context.ctx))

    @resolved("The personal access tokens, newest first: the viewer's own only, and never with a token.")
    async def api_tokens(self, info: Info) -> list[ApiToken]:
        user = cast("Record", self)
        if user["_id"] != info.context.ctx.user_id:
            raise Forbidden("Only the viewer's own tokens can be read")
        return cast("list[ApiToken]", await list_api_tokens(info.context.ctx))

    @resolved("The applications that may act for the viewer over MCP, newest first: the viewer's own only.")
    async def oauth_grants(self, info: Info) -> list[OAuthGrant]:
        user = cast("Record", self)
        if user["_id"] != info.context.ctx.user_id:
            raise Forbidden("Only the viewer's own grants can be read")
        return cast("list[OAuthGrant]", await list_oauth_grants(info.context.ctx))
