"""Runs operations on the graph, for HTTP and for the live transports alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from inspect import isawaitable
from typing import Any

import orjson
from bson import ObjectId
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationType,
    create_source_event_stream,
)
from starlette.requests import HTTPConnection

from auth.authenticate import SESSION_COOKIE, authenticate, still_valid
from auth.subject import ANONYMOUS, Renewals, Subject
from execution import Executor, RenderedResult, Trace, dump
from execution.cost import Estimate
from execution.limits import Limits
from models.caller import note_asking
from models.errors import OrreryError, Unauthenticated, Unavailable
from models.json import check_shape
from models.reach import is_unreachable, reachable
from realtime.guard import End, Watch
from resolvers.kit.context import Context, Services
from resolvers.kit.idempotency import Claim
from resolvers.kit.position import note_positions
from resolvers.kit.upload import Uploads
from resolvers.subscribe import Source
from serving.failures import done_before, error_of, formatted
from serving.graph.documents import Documents, GraphOperation, Prepared
from serving.graph.graph import FieldContext, Graph
from serving.graph.idempotency import EXTENSION, key_of, run_once
from serving.graph.insight import asks, cost_by_path, told_cost, told_trace, tracer, write_spans
from serving.graph.live import Live, Renderer, question
from serving.graph.persisted import Persisted
from serving.graph.reticence import Reticence
from serving.graph.roots import ids_named
from serving.source import Network, seen
from serving.transports.protocol import (
    AuthenticationFailed,
    OperationRefused,
    OperationRequest,
    Payload,
    authorization_of,
)

Write = Callable[[Payload], Any]
"""Takes a response while its data is there, and gives what is kept of it."""

MAX_PARTS = 10_000
MAX_PARTS_ANONYMOUS = 100
"""Objects and lists in the variables of an operation: reading one as an input takes about 40 µs."""

DRY_RUN = "dryRun"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation came to. `ran` is false where it was refused before any field was resolved.

    `payload` is what was made of the response.
    """

    payload: Any
    errors: list[dict[str, Any]]
    ran: bool
    context: FieldContext


class GraphEngine:
    """The engine of the live transports, and of the HTTP endpoint."""

    def __init__(
        self,
        graph: Graph,
        services: Services,
        *,
        limits: Limits,
        production: bool,
        persisted: Persisted | None = None,
        proxies: Sequence[Network] = (),
    ) -> None:
        self._graph = graph
        self._schema = graph.schema
        self._services = services
        self._production = production
        self._proxies = proxies
        self._limits = limits
        self._persisted = persisted or Persisted()
        self._reticence = Reticence(graph.schema)
        self._documents = Documents(graph, limits, hide_suggestions=production)

    @property
    def uploads(self) -> Uploads:
        """Who is sending files."""
        return self._services.uploads

    def context_of(self, subject: Subject) -> Context:
        """A context for one request of a subject."""
        return Context(subject, self._services)

    def recent_subject_of(self, connection: HTTPConnection) -> Subject | None:
        """Who is asking, where that was read a moment ago; see `auth.recognition`."""
        authorization, cookie = _credentials(connection)
        found = self._services.recognitions.recent(authorization=authorization, cookie=cookie)
        return None if found is None else seen(connection, found, self._proxies)

    async def subject_of(
        self, connection: HTTPConnection, authorization: str | None = None, audience: str | None = None
    ) -> Subject:
        """Who is asking, read now; with `audience` by an access token of OAuth for that, too.

        Raises Unauthenticated for a credential that is not valid, Unavailable where nobody can tell.
        """
        header, cookie = _credentials(connection)
        with reachable():
            found = await self._services.recognitions.read(
                self._services.signer,
                authorization=authorization or header,
                cookie=cookie,
                user_agent=connection.headers.get("user-agent"),
                audience=audience,
            )
        return seen(connection, found, self._proxies)

    def stranger_of(self, connection: HTTPConnection) -> Subject:
        """Nobody, at the address that a request comes from: of one whose credentials are not looked at."""
        return seen(connection, ANONYMOUS, self._proxies)

    async def authenticate(self, connection: HTTPConnection, params: Mapping[str, Any] | None) -> Subject:
        """The subject of a socket: `Authorization` of its parameters first, then its own headers and cookie."""
        sent = authorization_of(params)
        if sent is not None and not isinstance(sent, str):
            raise AuthenticationFailed
        try:
            subject = await self.subject_of(connection, sent)
        except Unauthenticated as error:
            raise AuthenticationFailed from error
        return replace(subject, renewals=Renewals())

    def prepare(self, subject: Subject, request: OperationRequest) -> GraphOperation:
        """The operation of a request; raises OperationRefused.

        So it does for an import of who has as many under way as they may: before its values are read, which are many.
        """
        try:
            prepared = self._document(request)
            if prepared.errors:
                raise OperationRefused(self._told(subject, request, prepared.errors))
            if prepared.introspects and self._production and subject.user_id is None:
                raise Unauthenticated("Sign in first: introspection is for signed-in users")
            if request.variables:
                limit = MAX_PARTS_ANONYMOUS if subject.user_id is None else MAX_PARTS
                check_shape(request.variables, field="variables", limit=limit)
            operation = GraphOperation(prepared, prepared.operation(request.operation_name), request)
            if operation.imports and subject.user_id is not None:
                self._services.importing.check(subject.user_id)
            if asks(request.extensions, "cost") != DRY_RUN:
                self.cost(operation)
            return operation
        except OrreryError as error:
            raise OperationRefused([error_of(error)]) from error
        except GraphQLError as error:  # over the limit of cost
            raise OperationRefused(formatted([error])) from error

    def _document(self, request: OperationRequest) -> Prepared:
        if request.extensions is None and request.query and request.document_id is None and not self._persisted.only:
            return self._documents.prepare(request.query)
        prepared = self._documents.prepare(self._persisted.text_of(request))
        if not prepared.errors:
            self._persisted.register(request)
        return prepared

    def cost(self, operation: GraphOperation) -> Estimate:
        """The estimated cost of an operation; raises GraphQLError for one that is over the limit."""
        request = operation.request
        return operation.prepared.cost(request.operation_name, request.variables, self._limits, self._schema)

    async def run(
        self, subject: Subject, operation: GraphOperation, write: Write = dict, claim: Claim | None = None
    ) -> Outcome:
        """Run a query or a mutation, which uses up an idempotency key where there is a claim."""
        context = self._graph.context(self.context_of(subject), None)
        context.ctx.marks = () if claim is None else (claim,)
        if asks(operation.request.extensions, "cost") == DRY_RUN:
            told = {"data": None, "extensions": {"cost": self._dry_run(operation)}}
            return Outcome(write(told), [], True, context)
        spans = tracer()
        shown = self._may_trace(subject, operation)
        trace = Trace() if spans is not None or shown else None
        finish = partial(self._outcome, subject, operation, context, trace if shown else None, write)
        executor = Executor.build(
            self._schema,
            _document(operation),
            context_value=context,
            raw_variable_values=operation.request.variables,
            operation_name=operation.request.operation_name,
            hide_suggestions=self._production,
            trace=trace,
            render=finish,
            fragments=write is dump,
        )
        if isinstance(executor, list):
            return finish(ExecutionResult(None, executor))
        if operation.prepared.selects.cursor:
            await note_positions(context.ctx, ids_named(executor))
        result = executor.execute_operation()
        done = await result if isawaitable(result) else result
        assert isinstance(done, ExecutionResult)  # noqa: S101  (the graph has no @defer)
        if trace is not None and spans is not None:
            write_spans(spans, trace, operation.kind.value, operation.request.operation_name)
        if isinstance(done, RenderedResult):
            outcome: Outcome = done.rendered
            return outcome
        return finish(done)

    def _told(self, subject: Subject, request: OperationRequest, errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The errors of a request that did not run, as its sender may read them."""
        if not self._production or subject.user_id is not None:
            return errors
        return self._reticence.told(errors, request.query or self._persisted.text_of(request), request.variables)

    def _outcome(
        self,
        subject: Subject,
        operation: GraphOperation,
        context: FieldContext,
        trace: Trace | None,
        write: Write,
        result: ExecutionResult,
    ) -> Outcome:
        extensions: dict[str, Any] = {}
        if asks(operation.request.extensions, "cost") is True:
            extensions["cost"] = told_cost(self.cost(operation), self._limits)
        if trace is not None:
            extensions["trace"] = told_trace(trace)
        errors = formatted(result.errors) if result.errors else []
        # Errors without data are those of the request itself: its variables, say.
        ran = result.data is not None or not errors or any("path" in error for error in errors)
        if not ran:
            errors = self._told(subject, operation.request, errors)
        response: Payload = {"errors": errors} if errors else {}
        if ran:
            response["data"] = result.data
        extensions |= done_before(result, errors)
        if extensions:
            response["extensions"] = extensions
        return Outcome(write(response), errors, ran, context)

    def _dry_run(self, operation: GraphOperation) -> dict[str, Any]:
        request = operation.request
        found = cost_by_path(
            self._schema, _document(operation), request.operation_name, request.variables, self._limits
        )
        return told_cost(found, self._limits)

    def _may_trace(self, subject: Subject, operation: GraphOperation) -> bool:
        """Whether the answer tells where the time went: in production that is for those who are signed in."""
        asked = asks(operation.request.extensions, "trace") is True
        return asked and (not self._production or subject.user_id is not None)

    async def start(self, context: Subject, request: OperationRequest) -> Live | Payload | bytes:
        """Run an operation for a live transport; a subscription gives a stream."""
        note_asking()
        operation = self.prepare(context, request)
        if operation.kind is not OperationType.SUBSCRIPTION:
            if asks(request.extensions, EXTENSION) is not None:
                return await self._once(context, operation)
            outcome = await self.run(context, operation)
            if not outcome.ran:
                raise OperationRefused(outcome.errors)
            payload: Payload = outcome.payload
            return payload
        return await self._subscribe(context, operation)

    async def _once(self, subject: Subject, operation: GraphOperation) -> Payload | bytes:
        try:
            key = key_of(operation, "")
            if key is None:
                payload: Payload = (await self.run(subject, operation)).payload
                return payload
            reply = (await run_once(self, subject, operation, key)).reply
        except Unavailable:
            raise
        except OrreryError as error:
            raise OperationRefused([error_of(error)]) from error
        if reply.status >= 400:
            raise OperationRefused(orjson.loads(reply.body)["errors"])
        return reply.body

    def owner(self, context: Subject) -> ObjectId | None:
        """Whose a connection is."""
        return context.user_id

    def watch(self, context: Subject, end: End) -> Watch:
        """Call `end`, with the reason, when a connection of a subject must end. `release()` the watch when it has."""
        return self._services.guard.watch(context, end, connection=True)

    async def renew(self, context: Subject, authorization: str) -> Subject | None:
        """Let a connection, with all that runs on it, go on with a new credential of the same user.

        None, and nothing changes, where the credential is not valid or may do less. Raises AuthenticationFailed for
        that of another user, Unavailable where nobody can tell.
        """
        try:
            with reachable():
                renewed = await authenticate(self._services.signer, authorization=authorization, cookie=None)
        except Unauthenticated:
            return None
        if renewed.user_id is None:  # it was empty
            return None
        if renewed.user_id != context.user_id:
            raise AuthenticationFailed
        if not renewed.covers(context):
            return None
        return self._services.guard.renew(context, renewed)

    def expiry(self, context: Subject) -> datetime | None:
        """When the credential of a connection ends by itself."""
        return context.expires_at

    async def still_allowed(self, context: Subject) -> str | None:
        """Why a subject's connection must end, if it must."""
        return None if await still_valid(context) else "The session or token has ended"

    async def _subscribe(self, subject: Subject, operation: GraphOperation) -> Live:
        request = operation.request
        context = self.context_of(subject)
        executor = Executor.build(
            self._schema,
            _document(operation),
            context_value=self._graph.context(context, request.resume_after),
            raw_variable_values=request.variables,
            operation_name=request.operation_name,
            hide_suggestions=self._production,
        )
        if isinstance(executor, list):
            raise OperationRefused(self._told(subject, request, formatted(executor)))
        opened: Any = create_source_event_stream(executor)
        events = await opened if isawaitable(opened) else opened
        if isinstance(events, ExecutionResult):
            if any(is_unreachable(error.original_error) for error in events.errors or ()):
                raise Unavailable
            raise OperationRefused(formatted(events.errors or []))
        source = events.source
        reader = self._reader(subject, source, by_viewer=operation.prepared.selects.by_viewer)
        asked = question(source, Renderer(self._graph, executor, source.stream_id, reader), operation, subject)
        hub = self._services.hub
        with reachable():
            return Live(source, await hub.attach(source.stream_id, asked, source.after), hub.stats)

    def _reader(self, subject: Subject, source: Source, *, by_viewer: bool) -> Callable[[], Context]:
        """The contexts that events are executed with: the subscriber's own, or nobody's where many share them."""
        workspace_id = source.workspace_id
        if by_viewer or workspace_id is None:
            return lambda: self.context_of(subject)
        return lambda: Context.of_stream(self._services, workspace_id, subject.scopes)


def _credentials(connection: HTTPConnection) -> tuple[str | None, str | None]:
    """The `Authorization` header and the session's cookie."""
    headers = dict(reversed(connection.scope["headers"]))
    authorization = headers.get(b"authorization")
    cookie = connection.cookies.get(SESSION_COOKIE) if b"cookie" in headers else None
    return None if authorization is None else authorization.decode("latin-1"), cookie


def _document(operation: GraphOperation) -> Any:
    return operation.prepared.document
