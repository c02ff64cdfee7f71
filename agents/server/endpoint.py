"""`/mcp` as HTTP: who asks, from which page, with how large a body. What the messages say is the SDK's and `server`'s.

The SDK is imported with the first request: a gateway that no agent's client talks to starts without it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send

from agents.loading import LOADING
from agents.oauth.place import Place
from agents.server.operator_token import OperatorToken
from agents.server.undelivered import Undelivered, key_of
from auth.subject import Subject
from models.caller import note_asking
from models.enums import TokenScope
from models.errors import OrreryError, Unauthenticated
from models.json import check_shape
from models.reach import reachable
from serving.body import MAX_PARTS, read_bytes
from serving.errors import answer, headers_of
from serving.graph.engine import GraphEngine
from serving.transports.origin import origin_allowed

if TYPE_CHECKING:
    from agents.server.server import Running

Start = Callable[[GraphEngine, str], Awaitable["Running"]]

SUBJECT = "orrery.subject"
"""Where a request's scope has who asks."""
LEFT = "orrery.left"
"""Where it says that the client has gone before it was answered."""
STREAM = "text/event-stream"
MAX_BODY = 2 * 1024 * 1024
"""A document of a million bytes, written as JSON."""

_PAGE = """<!doctype html><meta charset="utf-8"><title>Orrery over MCP</title>
<h1>Orrery over MCP</h1><p>This is the address for an agent's client, by Streamable HTTP. Give it this address, and
it asks you to sign in; or, as <code>Authorization: Bearer …</code>, the token of an agent or a personal access
token.</p>"""
_INVALID_REQUEST = -32600


@dataclass(slots=True)
class McpEndpoint:
    """The ASGI application at `/mcp`. `find` gives the engine once the gateway has started; pages of `origins` may call
    it, as those of the gateway's own host may. `operator` is a token of the environment's."""

    find: Callable[[], GraphEngine]
    origins: frozenset[str]
    version: str
    place: Place
    operator: OperatorToken | None = None
    _running: "Running | None" = None
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _undelivered: Undelivered = field(default_factory=Undelivered)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._answer(scope, receive, send)
        except ClientDisconnect:
            return
        except Unauthenticated as error:
            request = Request(scope)
            sent = "invalid_token" if "authorization" in request.headers else None
            told = {"www-authenticate": self.place.challenge(request, sent)}
            response = _refusal(error.status, error.message, told)
        except OrreryError as error:
            response = _refusal(error.status, error.message, headers_of(error))
        if response is not None:  # one that may stay open for days holds nothing of its request
            await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """The response to a request; None where it has been answered."""
        request = Request(scope, receive, send)
        if (response := self._turned_away(request)) is not None:
            return response
        scope[SUBJECT] = subject = await self._subject(request)
        raw = await read_bytes(request, MAX_BODY)
        message = _checked(raw)
        note_asking()
        running = await self._started()
        if (lacking := running.lacks(subject, message)) is not None:
            return self._insufficient(request, subject, lacking)
        with reachable():
            await running.heed(subject, message)
        replayed, version = _replaying(raw, receive, scope), request.headers.get("mcp-protocol-version")
        if STREAM in request.headers.get("accept", ""):
            if running.streams(message, version):
                await running.stream(scope, replayed, send)
                return None
            if running.listens(message, version):
                return await running.listen(scope, replayed, send)
        handle = partial(running.handle, scope, replayed)
        key = key_of(subject, message)
        if key is None or not running.changes(message):
            await handle(send)
        else:
            await self._undelivered.once(key, message["id"], receive, send, handle)
        return None

    def _insufficient(self, request: Request, subject: Subject, scope: TokenScope) -> Response:
        """The answer to an application that a person has not given this: it may ask them for it."""
        told = {"www-authenticate": self.place.lacking(request, subject, scope)}
        return _refusal(403, f"This takes the scope {scope}", told)

    def _turned_away(self, request: Request) -> Response | None:
        """The answer to what is no message: there are no sessions here, so none is listened to and none is ended."""
        if not origin_allowed(request.headers, self.origins):
            return _refusal(403, "Pages of this origin may not call the gateway")
        if request.method == "POST":
            return None
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(_PAGE)
        return _refusal(405, "Send messages by POST", {"allow": "POST"})

    async def _subject(self, request: Request) -> Subject:
        """Who asks, by a bearer token alone: no cookie of a browser calls tools."""
        if "authorization" not in request.headers:
            raise Unauthenticated
        if self.operator is not None and self.operator.is_of(request.headers["authorization"]):
            engine = self.find()
            with reachable():
                return await self.operator.subject(engine.context_of(engine.stranger_of(request)))
        subject = await self.find().subject_of(request, audience=self.place.audience)
        subject.require_user()
        return subject

    async def _started(self) -> "Running":
        """The server, which the first request starts."""
        async with self._starting:
            if self._running is None:
                start = await LOADING.run(_load)
                self._running = await start(self.find(), self.version)
        return self._running

    async def close(self) -> None:
        """End what is under way."""
        if self._running is not None:
            await self._running.close()
            self._running = None


def _load() -> "Start":
    from agents.server.server import start

    return start


def _checked(raw: bytes) -> Any:
    """The message of a body; None for what is no JSON, which is the SDK's to answer. Raises BadUserInput for one that
    would take long to read as what it says it is."""
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    if isinstance(parsed, dict):
        check_shape(parsed, field="params", limit=MAX_PARTS)
    return parsed


def _replaying(raw: bytes, receive: Receive, scope: Scope) -> Receive:
    """The body once more, and then whatever the client does."""
    unread = [raw]

    async def replayed() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        message = await receive()
        if message["type"] == "http.disconnect":
            scope[LEFT] = True
        return message

    return replayed


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """The answer to a request whose message was not looked at, as JSON-RPC has it."""
    error = {"code": _INVALID_REQUEST, "message": message}
    return answer({"jsonrpc": "2.0", "id": None, "error": error}, status, headers)
