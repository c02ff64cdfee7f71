"""Where the gateway is, as the client of a request finds it: what metadata, challenges and pages lead to.

It is the public address. Without one the gateway is on this machine, which has several names and, through a tunnel,
several ports: then it is where the request came to, as `serving.front` lets no other name pass.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from auth.oauth import Server
from auth.subject import USUAL_SCOPES, Subject
from models.enums import TokenScope
from resolvers.oauth.redirect import LOOPBACK

MCP = "/mcp"
METADATA = "/.well-known/oauth-protected-resource"
SERVER_METADATA = "/.well-known/oauth-authorization-server"
OPENID_METADATA = "/.well-known/openid-configuration"
"""Where clients look at last, and the only one of their places that is below the path of the issuer."""

USUAL = tuple(scope for scope in USUAL_SCOPES if scope is not TokenScope.ACCOUNT_WRITE)
"""What a client is told to ask for. What administers people is asked for once it is needed."""


@dataclass(frozen=True, slots=True)
class Place:
    """`base_url` is that of the settings, and counts where `is_public`."""

    base_url: str
    is_public: bool

    @property
    def audience(self) -> str:
        """What access tokens are for, by whichever name of this machine they are used."""
        return self.base_url + MCP

    @property
    def path(self) -> str:
        """The path that the gateway is below: empty, or one such as `/orrery`."""
        return urlsplit(self.base_url).path

    def base(self, connection: HTTPConnection) -> str:
        """The address of the gateway as a request names it; the issuer of its tokens."""
        if self.is_public:
            return self.base_url
        host = connection.headers.get("host", "")
        try:
            is_here = urlsplit(f"//{host}").hostname in LOOPBACK
        except ValueError:
            is_here = False
        return f"http://{host.lower()}" if is_here else self.base_url

    def server(self, connection: HTTPConnection) -> Server:
        """Who gives tokens here, and for what."""
        return Server(self.base(connection), self.audience)

    def resources(self, connection: HTTPConnection) -> frozenset[str]:
        """What a client may call this gateway's `/mcp` (RFC 8707)."""
        return frozenset({self.base(connection) + MCP, self.audience})

    def challenge(self, connection: HTTPConnection, error: str | None = None, scope: str | None = None) -> str:
        """What tells a client how to get a token that is good here (RFC 9728, 5.1; RFC 6750, 3)."""
        told = {"error": error, "scope": scope or " ".join(USUAL)}
        told["resource_metadata"] = self.base(connection) + METADATA + MCP
        return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in told.items() if value is not None)

    def lacking(self, connection: HTTPConnection, subject: Subject, scope: TokenScope) -> str:
        """The challenge to whoever has a token that may not do this: with what they have, to ask for more."""
        wanted = " ".join(each for each in TokenScope if each in subject.scopes or each is scope)
        return self.challenge(connection, "insufficient_scope", wanted)
