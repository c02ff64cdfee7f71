"""What many operations of the OpenAPI document share: refusals, headers, parameters."""

from typing import Any

from resolvers.kit.idempotency import HEADER, REPLAYED
from rest.dialect import Dialect

REF = "#/components/schemas/{model}"
ID = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
NUMBER = {"type": "string", "pattern": "^([0-9a-f]{24}|[1-9][0-9]{0,9})$"}
NUMBERED = "Number"
"""How the names of parameters end that take the number of an object, or its id."""
_TEXT_PARAMETERS = {
    "orgSlug": "The slug of an organization that the caller is a member of.",
    "wsSlug": "The slug of a workspace of the organization that the caller is a member of.",
    "agentSlug": "The name of an agent.",
    "engineSlug": "The slug of a discovery engine.",
    "integrationId": "What an integration is called by.",
    "credentialKey": "What a credential is called by.",
    "token": "The token of the invitation's link.",
    "inviteToken": "The token of the invitation's link.",
    "email": "The e-mail address that was invited.",
    "filename": "The name of the file of a backup.",
    "queueName": "The name of a queue.",
    "productSlug": "The slug of a product, or its id.",
    "boardTemplateId": "The id of a template, or the word of a built-in one.",
}
_PATTERNS = {"engineSlug": "^(?!efficiency$)", "filename": "[.]zip$"}
"""Of texts that no word of another path at the same place is taken for."""
_REQUEST_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    HEADER: (
        "Names the request: sent again within 24 hours, it does nothing and has the same answer, with "
        f"`{REPLAYED.title()}: true`. Another request under the same key is a conflict.",
        {"minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    ),
    "If-None-Match": ("The `ETag` of what the client holds already.", {}),
    "Range": ("The part of the file that is wanted, as `bytes=0-1023`; several are answered with the whole.", {}),
    "If-Range": ("The `ETag` of the file that the range is of; the whole of another one is answered.", {}),
}
_RESPONSE_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    REPLAYED.title(): (
        f"`true` where the answer is that of an earlier request with the same `{HEADER}`.",
        {"type": "string", "const": "true"},
    ),
    "Retry-After": ("Seconds after which the same request may succeed.", {"type": "string", "pattern": "^[0-9]+$"}),
    "WWW-Authenticate": ("The scheme that is asked for.", {"type": "string", "const": "Bearer"}),
    "Set-Cookie": ("The session's cookie and the one with its CSRF token, or their end.", {"type": "string"}),
    "ETag": ("Names these bytes: a client may ask with `If-None-Match` later.", {"type": "string"}),
    "Accept-Ranges": ("Ranges of the file may be asked for.", {"type": "string", "const": "bytes"}),
    "Content-Range": ("Which bytes these are, of how many.", {"type": "string", "pattern": "^bytes "}),
    "Content-Disposition": ("The name of the file, and whether a browser may show it.", {"type": "string"}),
    "X-Orrery-Cursor": (
        "Where the snapshot stands: the WebSocket goes on `after` it without a hole.",
        {"type": "string", "pattern": "^[0-9a-f]{20}$"},
    ),
    "Cache-Control": ("Whether the answer may be kept.", {"type": "string"}),
}
_FAILURES: dict[int, tuple[str, str, dict[str, Any]]] = {
    400: (
        "The input is malformed, of the wrong type or out of range; `problems` names the fields.",
        "BAD_USER_INPUT",
        {
            "message": "title: is required",
            "details": {"field": "title"},
            "problems": [{"field": "title", "message": "is required"}],
        },
    ),
    401: (
        "No credential, or one that is invalid, expired or revoked.",
        "UNAUTHENTICATED",
        {"message": "Sign in first: no valid credential was sent"},
    ),
    402: (
        "The wallet holds less than was to be used up.",
        "INSUFFICIENT_BALANCE",
        {"message": "There is not enough left: 40 of 41", "details": {"balance": 40, "required": 41}},
    ),
    403: (
        "The caller's role, token scope or kind of credential does not suffice.",
        "FORBIDDEN",
        {"message": "This takes a token with the scope projects:write", "details": {"scope": "projects:write"}},
    ),
    404: ("No such object, or one that is not the caller's.", "NOT_FOUND", {"message": "Card not found"}),
    408: (
        "The body did not come in time.",
        "BAD_USER_INPUT",
        {"message": "The body did not come within 60 seconds"},
    ),
    409: (
        "The state of things refuses it: a taken slug, an invalid transition, a lost update, a key that was used for "
        "another request.",
        "CONFLICT",
        {"message": "slug: is taken", "details": {"field": "slug"}},
    ),
    413: (
        "The body is larger than the server takes.",
        "PAYLOAD_TOO_LARGE",
        {"message": "The body is larger than 1048576 bytes"},
    ),
    415: (
        "The body is not of the media type that the operation takes.",
        "BAD_USER_INPUT",
        {"message": "The body must be application/json"},
    ),
    416: (
        "The range lies outside of the file.",
        "BAD_USER_INPUT",
        {"message": "The range lies outside of the file"},
    ),
    422: (
        "The plan of the organization holds no more of it.",
        "PLAN_LIMIT",
        {
            "message": "The plan of the organization has no room for it: projects",
            "details": {"limits": [{"name": "projects", "limit": 10, "used": 10}]},
        },
    ),
    429: (
        "Too many changes or attempts at once; the same request may succeed later.",
        "RATE_LIMITED",
        {"message": "Too many attempts: try again later"},
    ),
    500: (
        "Something went wrong on the server; `details.errorId` names it in the server's log.",
        "INTERNAL",
        {
            "message": "Something went wrong on our side (error 5f1c09a2b7de)",
            "details": {"errorId": "5f1c09a2b7de"},
        },
    ),
    503: (
        "The database cannot be reached, or the server is starting; the same request may succeed later.",
        "INTERNAL",
        {"message": "The service is not available: try again later"},
    ),
}
_FAILURE_HEADERS = {
    400: (REPLAYED.title(),),
    401: ("WWW-Authenticate",),
    402: (REPLAYED.title(),),
    403: (REPLAYED.title(),),
    404: (REPLAYED.title(),),
    409: (REPLAYED.title(),),
    416: ("Content-Range",),
    422: (REPLAYED.title(),),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


def response_headers(*names: str) -> dict[str, Any]:
    """The `headers` of a response; a header that is not always sent is not required."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def headers() -> dict[str, Any]:
    """The headers of responses."""
    return {name: {"description": text, "schema": schema} for name, (text, schema) in _RESPONSE_HEADERS.items()}


def failures(dialect: Dialect) -> dict[str, Any]:
    """The refusals of a dialect, by its name and their status."""
    return {f"{dialect.name}{status}": _failure(dialect, status) for status in _FAILURES}


def parameters(path_names: dict[str, str | None]) -> dict[str, Any]:
    """The parameters in headers and paths; `path_names` with an example of each."""
    shared: dict[str, Any] = {
        name: {
            "name": name,
            "in": "header",
            "required": False,
            "schema": {"type": "string", **more},
            "description": text,
        }
        for name, (text, more) in _REQUEST_HEADERS.items()
    }
    for name, example in path_names.items():
        schema, text = _of_path(name)
        shared[name] = {
            "name": name,
            "in": "path",
            "required": True,
            "schema": schema,
            "description": text,
        } | ({"example": example} if example else {})
    return shared


def _of_path(name: str) -> tuple[dict[str, Any], str]:
    """The schema and the description of a parameter of a path."""
    if name in _TEXT_PARAMETERS:
        shape = {"type": "string", "minLength": 1}
        return shape | ({"pattern": _PATTERNS[name]} if name in _PATTERNS else {}), _TEXT_PARAMETERS[name]
    return (NUMBER, "The object's number, or its id.") if name.endswith(NUMBERED) else (ID, "The object's id.")


def _failure(dialect: Dialect, status: int) -> dict[str, Any]:
    text, code, more = _FAILURES[status]
    details = {**more.get("details", {}), **({"problems": more["problems"]} if "problems" in more else {})}
    example = dialect.render(status, more["message"], code, details)
    schema = {"$ref": REF.format(model=dialect.failure_type.__name__)}
    content = {"application/json": {"schema": schema, "example": example}}
    shown = response_headers(*_FAILURE_HEADERS.get(status, ()))
    return {"description": text, "content": content} | ({"headers": shown} if shown else {})
