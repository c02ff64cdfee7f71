"""The route table: what a route takes and answers is declared once; Starlette's routes and OpenAPI are read from it."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, get_type_hints

from bson import ObjectId
from starlette.requests import Request
from starlette.responses import Response

from models.admission import Admission
from models.ids import Kind
from resolvers.kit.context import Context
from resolvers.kit.contract import contract
from resolvers.kit.input import Input, read_input
from resolvers.kit.operation import Caller, Operation, operation_of
from resolvers.kit.upload import MAX_FILE, Upload, Uploads
from rest.dialect import PLAIN, Dialect
from serving.body import MAX_BODY
from serving.cookies import CookieScope
from serving.multipart import upload_of

MAX_IGNORED = 50
"""Names of fields that an answer tells were ignored."""
M = TypeVar("M", bound=Input)
H = TypeVar("H", bound=Callable[["Call"], Awaitable[Any]])
Run = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path, which runs an operation: that tells whether strangers may call it, and what its body is.

    `given` names the fields of `body` that the path decides, so clients do not send them.

    `takes` names the media types of a body that is handed on as bytes, `gives` those of an answer that is no JSON,
    of which `ranges` may be asked for. `file` names the one part of a form, a file of at most `max_file` bytes, which
    counts among the `uploads` of its sender; `guard` finds what it is for, so that strangers are refused beforehand.
    `admission` bounds how many of a caller are read at a time. `reads` are the operations beside its own that the
    answer is read by: whoever may not call those is refused before anything changes.
    An answer of bytes has an ETag, unless it is not `tagged`. `sets_cookies` says that it signs in or out,
    `may_go_on` that it answers 202 where what it began goes on, `may_be_empty` of a change that it also goes without a
    body, `names_object` that what a body or a query names may not be there, `tells_cursor` that the answer says where
    its snapshot stands, `redirects` that a browser is sent on in place of an answer. `refused_with` are statuses that
    only what changes something may answer otherwise. `follows` may put a stream in the place of an answer that is done
    and kept.
    """

    method: str
    path: str
    operation: Operation
    handler: Callable[["Call"], Awaitable[Any]]
    summary: str
    tag: str
    status: int
    response: Any
    dialect: Dialect = PLAIN
    reads: tuple[Operation, ...] = ()
    body: type[Input] | None = None
    given: frozenset[str] = frozenset()
    query: type[Input] | None = None
    file: str | None = None
    max_file: Callable[[Context], int] = lambda _: MAX_FILE
    uploads: Callable[[Context], Uploads] = lambda ctx: ctx.services.uploads
    guard: Callable[["Call"], Awaitable[Any]] | None = None
    admission: Callable[[Context], Admission] | None = None
    max_body: int = MAX_BODY
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    ranges: bool = False
    tagged: bool = True
    may_go_on: bool = False
    sets_cookies: bool = False
    may_be_empty: bool = False
    names_object: bool = False
    tells_cursor: bool = False
    redirects: bool = False
    refused_with: tuple[int, ...] = ()
    follows: Callable[["Call", Response], Awaitable[Response]] | None = None

    @property
    def anonymous(self) -> bool:
        """Whether strangers may call it."""
        return self.operation.caller is Caller.ANYONE

    @property
    def is_safe(self) -> bool:
        return self.method == "GET"

    @property
    def takes_key(self) -> bool:
        """Whether it is done once for an idempotency key."""
        return not self.is_safe and not self.operation.read_only

    def bound(self, ctx: Context) -> Admission | Uploads | None:
        """What bounds how many of these a caller has under way; None where nothing does."""
        if self.file is not None:
            return self.uploads(ctx)
        return None if self.admission is None else self.admission(ctx)

    @property
    def needs_body(self) -> bool:
        """Whether there must be a JSON body: to change something, and wherever it has a field that is required."""
        if self.body is None:
            return False
        fields = self.body.model_fields
        required = {value.alias or name for name, value in fields.items() if value.is_required()}
        is_change = self.method in ("PUT", "PATCH") and not self.may_be_empty
        return is_change or not required <= self.given


@dataclass(slots=True)
class Call:
    """One request on its way. `finish` are changes to the response that is to come (cookies), `meta` is what is said
    beside the answer where its dialect has a place for that: `ignored_fields` of the body by itself."""

    ctx: Context
    route: Route
    request: Request
    path: Mapping[str, str]
    raw_body: Mapping[str, Any]
    raw_query: Mapping[str, str]
    raw: bytes = b""
    received: Upload | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: CookieScope = field(default_factory=CookieScope)
    finish: list[Callable[[Response], None]] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)

    def body(self, model: type[M], **given: Any) -> M:
        """The checked body; `given` are the fields (as clients would write them) that the path decides.

        Many clients send null for what they leave out, which is as good where null says nothing else.
        """
        if model is not self.route.body or given.keys() != self.route.given:
            raise TypeError(f"{self.route.method} {self.route.path} declares another body")
        left_out = given.keys() | {name for name in _optional(model) if self.raw_body.get(name, ...) is None}
        sent = {name: value for name, value in self.raw_body.items() if name not in left_out}
        if refused := self.raw_body.keys() & given.keys():
            sent |= {f"{name} (set by the path)": None for name in refused}
        if self.route.dialect.extra == "ignore" and (ignored := sent.keys() - _names(model)):
            self.meta["ignored_fields"] = sorted(ignored)[:MAX_IGNORED]
        return read_input(model, {**sent, **given}, extra=self.route.dialect.extra)

    def query(self, model: type[M]) -> M:
        """The checked query parameters; those that are not declared, or have no value, are ignored."""
        if model is not self.route.query:
            raise TypeError(f"{self.route.method} {self.route.path} declares other query parameters")
        return read_input(model, {name: self.raw_query[name] for name in _names(model) if self.raw_query.get(name)})

    async def file(self) -> Upload:
        """The file of the form, whose bytes may still be on their way."""
        if self.route.file is None:
            raise TypeError(f"{self.route.method} {self.route.path} declares no file")
        if self.received is not None:
            return self.received
        limit = self.route.max_file(self.ctx)
        return await upload_of(self.request, self.route.file, limit=limit, extra=self.route.dialect.extra)

    def id(self, name: str, kind: Kind) -> ObjectId:
        """An id of the path; what is none raises what the dialect says of it."""
        return self.route.dialect.path_id(self.path[name], kind, name)


@cache
def _optional(model: type[Input]) -> frozenset[str]:
    """How clients write the fields of a model that may be left out, and are not null then."""
    fields = model.model_fields
    return frozenset(
        info.alias or name
        for name, info in fields.items()
        if not info.is_required() and info.get_default(call_default_factory=True) is not None
    )


def _names(model: type[Input]) -> set[str]:
    """How clients write the fields of a model."""
    return {info.alias or name for name, info in model.model_fields.items()}


@dataclass(slots=True)
class Routes:
    """Collects the routes of one noun. Each says which operation it `runs`, whose input is its body unless it declares
    another; the type that its handler returns is the response's documented shape, unless it declares a `response`.

    `about` is a sentence on the `tag`, which one of those says that have it. In the document the routes are at a
    `place`, and the tag is at `tag_place` where that is another (`rest.tables`).
    """

    tag: str
    prefix: str = ""
    about: str = ""
    place: int | None = None
    tag_place: int | None = None
    dialect: Dialect = PLAIN
    table: list[Route] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the document calls the tag."""
        return self.dialect.heading + self.tag

    def get(self, path: str, summary: str, *, runs: Run, **declared: Any) -> Callable[[H], H]:
        return self._enter("GET", path, summary, runs, declared)

    def post(self, path: str, summary: str, *, runs: Run, **declared: Any) -> Callable[[H], H]:
        return self._enter("POST", path, summary, runs, declared)

    def put(self, path: str, summary: str, *, runs: Run, **declared: Any) -> Callable[[H], H]:
        return self._enter("PUT", path, summary, runs, declared)

    def patch(self, path: str, summary: str, *, runs: Run, **declared: Any) -> Callable[[H], H]:
        return self._enter("PATCH", path, summary, runs, declared)

    def delete(self, path: str, summary: str, *, runs: Run, **declared: Any) -> Callable[[H], H]:
        return self._enter("DELETE", path, summary, runs, declared)

    def _enter(self, method: str, path: str, summary: str, runs: Run, declared: dict[str, Any]) -> Callable[[H], H]:
        operation = operation_of(runs)
        reads = tuple(operation_of(read) for read in declared.pop("reads", ()))

        def enter(handler: H) -> H:
            self.table.append(
                Route(
                    method=method,
                    path=self.prefix + path,
                    operation=operation,
                    handler=handler,
                    summary=summary,
                    tag=self.title,
                    reads=reads,
                    **{
                        "dialect": self.dialect,
                        "status": self.dialect.status_of(method),
                        "body": None if method == "GET" else contract(operation).input,
                        "response": get_type_hints(inspect.unwrap(handler), include_extras=True)["return"],
                        **declared,
                        "given": frozenset(declared.get("given", ())),
                    },
                )
            )
            return handler

        return enter
