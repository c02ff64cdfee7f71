"""What a live transport asks of an engine, and the errors it tells."""

from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from starlette.requests import HTTPConnection

from models.errors import OrreryError
from realtime.payload import LiveStream

SUBPROTOCOL = "graphql-transport-ws"

Payload = dict[str, Any]
GraphQLErrorDict = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """One operation as a client sent it.

    ``resume_after`` is the cursor of a reconnecting event stream (``Last-Event-ID``). It takes
    precedence over an ``after`` argument: a browser repeats its first URL when it reconnects.
    ``document_id`` names a document in place of ``query``, which is empty then; an extension may do so too.
    """

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    resume_after: str | None = None
    document_id: str | None = None


class AuthenticationFailed(Exception):  # noqa: N818
    """The connection's credentials are missing, unknown, expired or revoked."""


class OperationRefused(Exception):  # noqa: N818
    """A request error: nothing ran. ``errors`` is a list of GraphQL errors, safe to show."""

    def __init__(self, errors: Sequence[GraphQLErrorDict]) -> None:
        super().__init__("operation refused")
        self.errors = list(errors)


Result = LiveStream | AsyncIterator[Payload] | Payload | bytes
"""What an operation comes to: one payload (bytes are ready to be sent), or a stream of them."""


class Engine(Protocol):
    """Runs operations for a transport."""

    async def authenticate(self, connection: HTTPConnection, params: Mapping[str, Any] | None) -> Any:
        """Return a context; ``params`` is the payload of ``connection_init``.

        Raises AuthenticationFailed, or Unavailable where nobody can tell.
        """

    async def start(self, context: Any, request: OperationRequest) -> Result:
        """Return one payload (query, mutation), a live stream or an iterator of payloads (subscription).

        The transport closes the stream, or the iterator (``aclose``), however it ends. Raises OperationRefused, or
        Unavailable for a subscription that may be opened later.
        """

    async def still_allowed(self, context: Any) -> str | None:
        """Return why the context may no longer read, as text for its client, or None."""


class Watch(Protocol):
    """A connection whose access is being watched."""

    def release(self) -> None:
        """Watch no more."""


@runtime_checkable
class GuardedEngine(Protocol):
    """An engine that tells by itself when access ends, so that it need not be asked now and then."""

    def owner(self, context: Any) -> Hashable | None:
        """Return whose the connection is, for the bound on connections per user; None for nobody in particular."""

    def watch(self, context: Any, end: Callable[[OrreryError], None]) -> Watch:
        """Call ``end`` once, with the reason, when a connection of the context must end."""

    async def renew(self, context: Any, authorization: str) -> Any:
        """Return the context with which a connection goes on under a new credential of the same user.

        None, and nothing changes, where the credential is not valid or may do less. Raises AuthenticationFailed for
        another user's.
        """

    def expiry(self, context: Any) -> datetime | None:
        """Return when the credential of a context ends by itself, if it does."""


def owner_of(engine: Engine, context: Any, connection: HTTPConnection) -> Hashable | None:
    """Whose a connection is: its user's, or, without one, that of the address that it comes from."""
    if not isinstance(engine, GuardedEngine):
        return None
    owner = engine.owner(context)
    return owner if owner is not None or connection.client is None else connection.client.host


def authorization_of(payload: Mapping[str, Any] | None) -> Any:
    """What the payload of a `connection_init` or a `ping` brings as its credential, however its name is written."""
    return next((value for name, value in (payload or {}).items() if name.lower() == "authorization"), None)


def graphql_error(message: str, code: str, **extensions: Any) -> GraphQLErrorDict:
    """Build a GraphQL error with a stable ``extensions.code``."""
    return {"message": message, "extensions": {"code": code, **extensions}}


def internal_error(error_id: str) -> GraphQLErrorDict:
    """Build what a client sees of an unexpected failure: the id under which it was logged."""
    return graphql_error("Internal error", "INTERNAL", errorId=error_id)
