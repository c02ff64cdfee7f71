"""`/graphql` over HTTP: queries and mutations by POST, queries by GET, subscriptions as an event stream, and GraphiQL.

Status and media types follow the GraphQL over HTTP specification: a refused request answers 400 and an executed one
200, whatever its fields came to.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from auth.authenticate import CSRF_HEADER, check_csrf
from auth.subject import Credential, Subject
from execution import dump
from models.errors import BadUserInput, OrreryError, Unavailable
from resolvers.kit.idempotency import HEADER, KEEPS, REPLAYED, Reply
from resolvers.kit.upload import MAX_FILE
from resolvers.transfer.read import MAX_TEXT
from serving.body import parse_object, read_bytes
from serving.cookies import CookieScope, clear_session_cookies, set_session_cookies
from serving.errors import ContentCodingError
from serving.failures import error_of, masked
from serving.graph.documents import GraphOperation
from serving.graph.engine import GraphEngine, Outcome
from serving.graph.file_fields import check_doors
from serving.graph.idempotency import key_of, run_once, with_key
from serving.graph.operation_files import read_form, spooling
from serving.graph.persisted import PersistedQueryNotFoundError
from serving.multipart import is_multipart
from serving.revalidation import revalidated
from serving.transports.connections import Connections
from serving.transports.limits import SseLimits
from serving.transports.protocol import OperationRefused, OperationRequest
from serving.transports.sse import interrupted, serve_sse

MAX_BODY = 1024 * 1024
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
IDEMPOTENCY_KEY = HEADER.lower().encode()


class NotAllowedError(OrreryError):
    """A method that does not fit the operation."""

    code = "BAD_USER_INPUT"
    status = 405


class MediaTypeError(OrreryError):
    """A body that does not call itself JSON."""

    code = "BAD_USER_INPUT"
    status = 415


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """Answers HTTP requests to `/graphql`, a browser's with a `page`. `count` is told how each operation ended."""

    engine: GraphEngine
    connections: Connections
    page: Callable[[], Response]
    cookies: CookieScope
    count: Callable[[str, str], None]
    sse: SseLimits = field(default_factory=SseLimits)

    async def __call__(self, request: Request) -> Response:
        if request.method == "GET" and not _names_document(request) and _accepts(request, "text/html"):
            return self.page()
        try:
            return await self._serve(request)
        except OrreryError as error:
            if isinstance(error, Unavailable) and "last-event-id" in request.headers:
                return interrupted(self.sse)
            response = self._refuse(request, [error_of(error)], error.status)
            if isinstance(error, ContentCodingError):
                response.headers.update(error.HEADERS)
            return response
        except OperationRefused as refusal:
            status = _status_of(refusal.errors)
            if _is_unregistered(refusal.errors) and _media_type(request) == JSON:
                status = 200  # as clients of that protocol expect it, which read no other status
            return self._refuse(request, refusal.errors, status)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        except Exception as error:
            return self._refuse(request, [masked(error, "a GraphQL request")], 500)

    async def _serve(self, request: Request) -> Response:
        recent = self.engine.recent_subject_of(request)
        subject = recent or await self.engine.subject_of(request)
        try:
            sent = _from_url(request) if request.method in ("GET", "HEAD") else await _from_body(request)
        except MediaTypeError:
            if not is_multipart(request):
                raise
            return await self._serve_files(request, recent)
        operation = self.engine.prepare(subject, sent)
        if recent is not None and operation.kind is not OperationType.QUERY:
            subject = await self.engine.subject_of(request)
        self._check(request, subject, operation)
        if operation.kind is OperationType.SUBSCRIPTION or _wants_stream(request):
            sent = with_key(sent, _header(request, IDEMPOTENCY_KEY))
            return await serve_sse(request, self.engine, sent, subject, limits=self.sse, connections=self.connections)
        response, failed = await self._run(request, subject, operation)
        if not sent.query and request.method != "POST" and not failed:
            return revalidated(request, response)
        return response

    async def _run(self, request: Request, subject: Subject, operation: GraphOperation) -> tuple[Response, bool]:
        """The answer of a query or a mutation, and whether it has errors."""
        kept = True
        if operation.kind is OperationType.MUTATION and (key := key_of(operation, _header(request, IDEMPOTENCY_KEY))):
            done = await run_once(self.engine, subject, operation, key)
            if done.outcome is None:
                return self._replay(request, operation, done.reply), False
            outcome, kept = done.outcome, done.reply.kept
        else:
            outcome = await self.engine.run(subject, operation, dump)
        failed = bool(outcome.errors)
        self.count(operation.kind.value, "failed" if failed else "done")
        response = self._answer(request, outcome)
        if not kept:
            response.headers[KEEPS] = "false"
        return response, failed

    async def _serve_files(self, request: Request, recent: Subject | None) -> Response:
        """An operation with files. A page of another origin can send such a body, so it always takes the CSRF token of
        a session, or a bearer token; and nobody sends files before they have signed in."""
        if recent is not None and recent.user_id is not None:
            self.engine.uploads.check(recent.user_id)
        subject = await self.engine.subject_of(request)
        sender = subject.require_user()
        check_csrf(subject, request.headers.get(CSRF_HEADER))
        with self.engine.uploads.one(sender), spooling(await read_form(request)) as form:
            sent = _request(form.sent)
            operation = self.engine.prepare(subject, sent)
            if operation.kind is not OperationType.MUTATION:
                raise BadUserInput("A multipart request takes a mutation")
            await check_doors(self.engine.context_of(subject), operation, form)
            await form.receive(form.sent["variables"], MAX_TEXT if operation.starts_import else MAX_FILE)
            return (await self._run(request, subject, operation))[0]

    def _check(self, request: Request, subject: Subject, operation: GraphOperation) -> None:
        if request.method == "POST":
            if subject.credential is Credential.SESSION and not operation.is_for_anyone:
                check_csrf(subject, request.headers.get(CSRF_HEADER))
        elif operation.kind is OperationType.MUTATION:
            raise NotAllowedError("Send a mutation by POST")
        elif request.method == "HEAD" and (operation.kind is OperationType.SUBSCRIPTION or _wants_stream(request)):
            raise NotAllowedError("An event stream takes GET or POST")
        if operation.kind is OperationType.SUBSCRIPTION and not _accepts(request, EVENT_STREAM):
            raise BadUserInput(f"A subscription takes Accept: {EVENT_STREAM}, or a WebSocket")

    def _answer(self, request: Request, outcome: Outcome) -> Response:
        response = Answer(outcome.payload, 200 if outcome.ran else 400, _media_type(request))
        if outcome.context.signed_in is not None:
            set_session_cookies(response, outcome.context.signed_in, self.cookies)
        elif outcome.context.signed_out:
            clear_session_cookies(response, self.cookies)
        return response

    def _replay(self, request: Request, operation: GraphOperation, reply: Reply) -> Response:
        self.count(operation.kind.value, "replayed")
        response = Answer(reply.body, reply.status, _media_type(request))
        response.headers[REPLAYED] = "true"
        return response

    def _refuse(self, request: Request, errors: list[dict[str, Any]], status: int) -> Response:
        self.count("unknown", "refused")
        response = Answer(dump({"errors": errors}), status, _media_type(request))
        if status == 401:
            response.headers["www-authenticate"] = "Bearer"
        elif status == 405:
            response.headers["allow"] = "POST"
        elif status == 429:
            response.headers["retry-after"] = str(errors[0]["extensions"].get("retryAfter", 1))
        return response


async def _from_body(request: Request) -> OperationRequest:
    content_type = _header(request, b"content-type").partition(";")[0].strip().lower()
    if content_type != JSON:
        raise MediaTypeError(f"The body must be {JSON}")
    raw = await read_bytes(request, MAX_BODY)
    if raw.lstrip()[:1] == b"[":
        raise BadUserInput("The body must be one operation: batches are not taken")
    return _request(parse_object(raw, JSON))


def _from_url(request: Request) -> OperationRequest:
    given: dict[str, Any] = {}
    for name in ("query", "documentId", "operationName", "variables", "extensions"):
        values = request.query_params.getlist(name)
        if len(values) > 1:
            raise BadUserInput("is given more than once", field=name)
        if values:
            given[name] = values[0]
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = _object(given[name], name)
    return _request(given)


def _object(text: str, name: str) -> dict[str, Any] | None:
    if text in ("", "null"):
        return None
    try:
        return parse_object(text.encode("utf-8", "surrogatepass"), JSON)
    except BadUserInput as error:
        raise BadUserInput("is not a JSON object", field=name) from error


def _request(given: dict[str, Any]) -> OperationRequest:
    query = given.get("query")
    # Beside a name an empty text is none, as over a socket: some clients send every member.
    if _is_named(given) and (query is None or query == ""):
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise BadUserInput("must be the text of a GraphQL document", field="query")
    name = given.get("operationName")
    if name is not None and not isinstance(name, str):
        raise BadUserInput("must be text", field="operationName")
    for key in ("variables", "extensions"):
        if not isinstance(given.get(key), dict | None):
            raise BadUserInput("must be an object", field=key)
    return OperationRequest(
        query=query,
        variables=given.get("variables"),
        operation_name=name or None,
        extensions=given.get("extensions"),
        document_id=_document_id(given),
    )


def _is_named(given: dict[str, Any]) -> bool:
    """Whether a request names its document in place of bringing it."""
    extensions = given.get("extensions")
    return "documentId" in given or (isinstance(extensions, dict) and "persistedQuery" in extensions)


def _document_id(given: dict[str, Any]) -> str | None:
    named = given.get("documentId")
    if named is not None and not isinstance(named, str):
        raise BadUserInput("must be text", field="documentId")
    return named


def _names_document(request: Request) -> bool:
    return any(name in request.query_params for name in ("query", "documentId", "extensions"))


def _accepts(request: Request, media_type: str) -> bool:
    accept = _header(request, b"accept")
    if "," not in accept and ";" not in accept:
        return accept.strip().lower() == media_type
    accepted = (part.partition(";")[0].strip().lower() for part in accept.split(","))
    return media_type in accepted


def _wants_stream(request: Request) -> bool:
    """Whether only an event stream is accepted, as clients ask that use one for every operation."""
    return _header(request, b"accept").partition(";")[0].strip().lower() == EVENT_STREAM


def _media_type(request: Request) -> str:
    return GRAPHQL_JSON if _accepts(request, GRAPHQL_JSON) else JSON


def _header(request: Request, name: bytes) -> str:
    """A header by its name in lower case; empty where it was not sent."""
    for key, value in request.scope["headers"]:
        if key == name:
            found: str = value.decode("latin-1")
            return found
    return ""


class Answer(Response):
    """A response of JSON that nothing has to be worked out for."""

    def __init__(self, body: bytes, status: int, media_type: str) -> None:
        self.status_code = status
        self.media_type = media_type
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), *_HEADERS[media_type]]


_HEADERS = {
    media_type: (
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    )
    for media_type in (JSON, GRAPHQL_JSON)
}


def _is_unregistered(errors: list[dict[str, Any]]) -> bool:
    code: str = errors[0]["extensions"]["code"]
    return code == PersistedQueryNotFoundError.code


def _status_of(errors: list[dict[str, Any]]) -> int:
    codes = {error["extensions"]["code"] for error in errors}
    return _STATUSES.get(codes.pop(), 400) if len(codes) == 1 else 400


_STATUSES = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, "RATE_LIMITED": 429}
