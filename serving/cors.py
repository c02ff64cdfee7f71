"""Pages of other origins that may read what the gateway answers (CORS): those of `ORRERY_ALLOWED_ORIGINS` alone."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from resolvers.kit.idempotency import KEEPS, REPLAYED

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
EXPOSED = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    KEEPS.title(),
    REPLAYED.title(),
    "Location",
    "Retry-After",
    "WWW-Authenticate",
)
"""What a page may read beside what every page may (`Cache-Control`, `Content-Type`, …)."""
PREFLIGHT_SECONDS = 600


def cors(origins: Collection[str]) -> list[Middleware]:
    """The middleware for pages of these origins, outermost of all that answers; none where there are no origins.

    Such a page may send cookies along: whether it has any is the browser's decision, by their `SameSite`. Any header
    may be sent, as clients have names of their own for some; none of them opens anything.
    """
    if not origins:
        return []
    return [
        Middleware(
            SilentToOthers,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=["*"],
            allow_credentials=True,
            expose_headers=EXPOSED,
            max_age=PREFLIGHT_SECONDS,
        )
    ]


class SilentToOthers(CORSMiddleware):
    """Says nothing of what is allowed to an origin that is not: it gets the answer that a request without one gets."""

    def preflight_response(self, request_headers: Headers) -> Response:
        if self.is_allowed_origin(request_headers["origin"]):
            return super().preflight_response(request_headers)
        vary = {"Vary": self.preflight_headers["Vary"]}
        return PlainTextResponse("Disallowed CORS origin", status_code=400, headers=vary)

    async def simple_response(self, scope: Scope, receive: Receive, send: Send, request_headers: Headers) -> None:
        if not self.is_allowed_origin(request_headers.get("origin", "")):
            request_headers = Headers()
        await super().simple_response(scope, receive, send, request_headers)
