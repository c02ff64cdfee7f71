"""OAuth's own endpoints, by the SDK's handlers: what they ask of a provider is answered by `resolvers.oauth`.

It is imported with the first request, as the rest of the SDK is.
"""

import re
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from mcp.server.auth.handlers.authorize import AuthorizationHandler
from mcp.server.auth.handlers.metadata import MetadataHandler, ProtectedResourceMetadataHandler
from mcp.server.auth.handlers.register import RegistrationHandler
from mcp.server.auth.handlers.revoke import RevocationHandler
from mcp.server.auth.handlers.token import TokenHandler
from mcp.server.auth.middleware.client_auth import ClientAuthenticator
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    AuthorizeError,
    OAuthAuthorizationServerProvider,
    RefreshToken,
    RegistrationError,
    TokenError,
)
from mcp.server.auth.settings import ClientRegistrationOptions
from mcp.shared.auth import (
    InvalidRedirectUriError,
    InvalidScopeError,
    OAuthClientInformationFull,
    OAuthMetadata,
    OAuthToken,
    ProtectedResourceMetadata,
)
from pydantic import AnyUrl
from starlette.requests import Request
from starlette.responses import Response

from agents.oauth.asking import sealed
from agents.oauth.place import MCP, USUAL
from auth.oauth import Server, read_access_token
from models.enums import TokenScope
from models.errors import BadUserInput, Unauthenticated
from models.records import OAuthCodeRecord, OAuthGrantRecord
from resolvers.kit.context import Context
from resolvers.oauth import grant as grants
from resolvers.oauth.client import Client, is_known, register
from resolvers.oauth.consent import Asked, find_code
from resolvers.oauth.description import NO_SECRET
from resolvers.oauth.redirect import is_same

_SCOPES = [scope.value for scope in TokenScope]
_GRANTS = ["authorization_code", "refresh_token"]
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class Known(OAuthClientInformationFull):
    """A client as the SDK's handlers ask it: it may ask for any scope, and be answered at any port of its computer."""

    def validate_scope(self, requested_scope: str | None) -> list[str]:
        asked = (requested_scope or " ".join(USUAL)).split()
        for scope in asked:
            if scope not in _SCOPES:
                raise InvalidScopeError("There is a scope among these that is not known here")
        return asked

    def validate_redirect_uri(self, redirect_uri: AnyUrl | None) -> AnyUrl:
        registered = self.redirect_uris or []
        if redirect_uri is None and len(registered) == 1:
            return registered[0]
        if redirect_uri is None or not any(is_same(str(redirect_uri), str(AnyUrl(str(uri)))) for uri in registered):
            raise InvalidRedirectUriError("The redirect_uri is none of those that the application has named")
        return redirect_uri


class Code(AuthorizationCode):
    """A code with its record."""

    record: Any


class Renewal(RefreshToken):
    """A refresh token with the record of its grant."""

    record: Any


@dataclass(frozen=True, slots=True)
class Provider(OAuthAuthorizationServerProvider[Code, Renewal, AccessToken]):
    """What the SDK's handlers ask for one request: of the `client` that it is about, where that was looked for.
    `consent` is the address of the page that asks, `resources` are what a client may call `/mcp`."""

    ctx: Context
    server: Server
    consent: str = ""
    resources: frozenset[str] = field(default=frozenset())
    client: Client | None = None

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        """One that comes for tokens has no secret; what it is given stands on the code or the token that it has."""
        if self.client is not None:
            uris = [AnyUrl(uri) for uri in self.client.redirect_uris]
            return Known(client_id=client_id, token_endpoint_auth_method=NO_SECRET, redirect_uris=uris)
        if not await is_known(client_id):
            return None
        return Known(client_id=client_id, token_endpoint_auth_method=NO_SECRET)

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        try:
            kept = await register(
                self.ctx, client_info.client_name, [str(uri) for uri in client_info.redirect_uris or ()]
            )
        except BadUserInput as error:
            raise RegistrationError("invalid_redirect_uri", error.message) from error
        client_info.client_id = str(kept["_id"])
        client_info.client_name = kept["name"]
        client_info.scope = None

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        """The page that asks the person."""
        assert self.client is not None  # noqa: S101  (it was looked for before)
        if not _CHALLENGE.fullmatch(params.code_challenge):
            raise AuthorizeError("invalid_request", "The code_challenge is no S256 of a code_verifier")
        if params.resource is not None and params.resource.rstrip("/") not in self.resources:
            raise AuthorizeError("invalid_target", "Tokens are given for this server's own address of MCP alone")
        asked = Asked(
            client_id=self.client.id,
            client_name=self.client.name,
            client_host=self.client.host,
            scopes=tuple(dict.fromkeys(TokenScope(scope) for scope in params.scopes or ())),
            redirect_uri=str(params.redirect_uri),
            redirect_uri_given=params.redirect_uri_provided_explicitly,
            challenge=params.code_challenge,
            state=params.state,
        )
        return f"{self.consent}?request={sealed(self.ctx.services.signer.key, self.ctx.user_id, asked)}"

    async def load_authorization_code(self, client: OAuthClientInformationFull, authorization_code: str) -> Code | None:
        found: OAuthCodeRecord | None = await find_code(authorization_code)
        if found is None or found["client_id"] != client.client_id:
            return None
        if found["grant_id"] is not None:
            await grants.came_again(self.ctx, found)
            return None
        return Code(
            code=authorization_code,
            scopes=found["scopes"],
            expires_at=found["valid_until"].timestamp(),
            client_id=found["client_id"],
            code_challenge=found["challenge"],
            redirect_uri=AnyUrl(found["redirect_uri"]),
            redirect_uri_provided_explicitly=found["redirect_uri_given"],
            resource=self.server.audience,
            record=found,
        )

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: Code
    ) -> OAuthToken:
        return await _token(grants.begin(self.ctx, authorization_code.record, self.server))

    async def load_refresh_token(self, client: OAuthClientInformationFull, refresh_token: str) -> Renewal | None:
        found: OAuthGrantRecord | None = await grants.find_grant(self.ctx, refresh_token, client.client_id)
        if found is None:
            return None
        return Renewal(
            token=refresh_token,
            client_id=found["client_id"],
            scopes=found["scopes"],
            expires_at=int(found["expires_at"].timestamp()),
            resource=self.server.audience,
            record=found,
        )

    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: Renewal, scopes: list[str]
    ) -> OAuthToken:
        return await _token(grants.renew(self.ctx, refresh_token.record, scopes, self.server))

    async def load_access_token(self, token: str) -> AccessToken | None:
        """Of one that is to be revoked: whether it has expired does not matter."""
        try:
            access = read_access_token(self.ctx.services.signer.key, token, self.server.audience, expired=True)
        except Unauthenticated:
            return None
        return AccessToken(
            token=str(access.grant_id), client_id=access.client_id, scopes=[], subject=str(access.user_id)
        )

    async def revoke_token(self, token: AccessToken | Renewal) -> None:
        """The grant ends, with all of its tokens."""
        if isinstance(token, Renewal):
            await grants.end(self.ctx, token.record["user_id"], token.record["_id"], grants.REVOKED)
        elif token.subject is not None:
            await grants.end(self.ctx, ObjectId(token.subject), ObjectId(token.token), grants.REVOKED)


async def _token(issuing: Awaitable[grants.Issued]) -> OAuthToken:
    """Tokens as the protocol tells them."""
    try:
        issued = await issuing
    except grants.InvalidGrantError as error:
        raise TokenError("invalid_grant", error.message) from error
    return OAuthToken(
        access_token=issued.access_token,
        refresh_token=issued.refresh_token,
        expires_in=issued.seconds,
        scope=" ".join(issued.scopes),
    )


async def authorized(provider: Provider, request: Request) -> Response:
    """The answer to an application that sends a person: the page that asks, or what is wrong."""
    return await AuthorizationHandler(provider).handle(request)


async def token(provider: Provider, request: Request) -> Response:
    answered: Response = await TokenHandler(provider, ClientAuthenticator(provider)).handle(request)
    return answered


async def revoked(provider: Provider, request: Request) -> Response:
    return await RevocationHandler(provider, ClientAuthenticator(provider)).handle(request)


async def registered(provider: Provider, request: Request) -> Response:
    return await RegistrationHandler(provider, ClientRegistrationOptions(enabled=True)).handle(request)


async def server_metadata(base: str, request: Request) -> Response:
    """RFC 8414."""
    metadata = OAuthMetadata.model_validate(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "registration_endpoint": f"{base}/oauth/register",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "scopes_supported": _SCOPES,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": _GRANTS,
            "token_endpoint_auth_methods_supported": [NO_SECRET],
            "revocation_endpoint_auth_methods_supported": [NO_SECRET],
            "code_challenge_methods_supported": ["S256"],
            "client_id_metadata_document_supported": True,
            "authorization_response_iss_parameter_supported": True,
        }
    )
    return await MetadataHandler(metadata).handle(request)


async def resource_metadata(base: str, request: Request) -> Response:
    """RFC 9728."""
    metadata = ProtectedResourceMetadata.model_validate(
        {
            "resource": base + MCP,
            "authorization_servers": [base],
            "scopes_supported": [scope.value for scope in USUAL],
            "resource_name": "Orrery",
        }
    )
    return await ProtectedResourceMetadataHandler(metadata).handle(request)
