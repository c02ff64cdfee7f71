"""From exceptions to the errors that a GraphQL client reads: a stable code, and nothing of our insides."""

import logging
import re
import secrets
from collections.abc import Sequence
from typing import Any

from graphql import ExecutionResult, FieldNode, GraphQLError, GraphQLSyntaxError

from execution import NulledResult
from models.errors import Internal, OrreryError, RateLimited

log = logging.getLogger("orrery.graphql")

BAD_USER_INPUT = "BAD_USER_INPUT"

MAX_LOCATIONS = 10
MAX_TEXT = 500

_VARIABLE = re.compile(r"Variable '\$(?P<variable>\w+)'(?: has invalid value(?: at (?P<inside>[^:]+))?:)?")


def error_of(error: OrreryError) -> dict[str, Any]:
    """An error of the tree that belongs to no field."""
    again = {"retryAfter": error.retry_after} if isinstance(error, RateLimited) else {}
    return {"message": _text(error.message), "extensions": {"code": error.code, **again, **error.details}}


def masked(error: BaseException, doing: str) -> dict[str, Any]:
    """What a client sees of an unexpected failure; the log holds it under the same id."""
    error_id = secrets.token_hex(8)
    log.error("%s failed [%s]", doing, error_id, exc_info=error)
    return error_of(Internal(error_id))


def formatted(errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    """Errors as GraphQL puts them into a response."""
    known: dict[int, dict[str, Any]] = {}
    return [_formatted(error, known) for error in errors]


def done_before(result: ExecutionResult, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """`completed`, where a mutation was refused after others of its request were done: what those came to, by their
    response names, and null for one whose object could not be read afterwards (its errors are all of what is below it).
    """
    if not isinstance(result, NulledResult):
        return {}
    paths = [error["path"] for error in errors if "path" in error]
    failed = {path[0] for path in paths} - result.completed.keys()
    unread = failed - {path[0] for path in paths if len(path) == 1}
    done = result.completed | dict.fromkeys(sorted(unread))
    return {"completed": done} if done else {}


def _formatted(error: GraphQLError, known: dict[int, dict[str, Any]]) -> dict[str, Any]:
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, OrreryError) and error.path is not None:
        shown = error_of(cause)
    elif cause is not None and not isinstance(cause, GraphQLError | OrreryError):
        # One failure of an edge meets all its parents; it is logged once.
        if id(cause) not in known:
            known[id(cause)] = masked(cause, f"resolving {'.'.join(map(str, error.path or ()))}")
        shown = {**known[id(cause)]}
    elif _is_ours(error):
        shown = masked(error, f"completing {'.'.join(map(str, error.path or ()))}")
    else:
        shown = {"message": _text(error.message), "extensions": _about(error)}
    if error.locations:
        shown["locations"] = [
            {"line": location.line, "column": location.column} for location in error.locations[:MAX_LOCATIONS]
        ]
    if error.path is not None:
        shown["path"] = list(error.path)
    return shown


def _is_ours(error: GraphQLError) -> bool:
    """Whether graphql-core complains of a value that we returned, rather than of what the client sent."""
    return error.path is not None and all(isinstance(node, FieldNode) for node in error.nodes or ())


def _about(error: GraphQLError) -> dict[str, Any]:
    """What is wrong with a request that never ran, or with an argument; the field as the client wrote it."""
    if "limit" in (error.extensions or {}):
        return {**(error.extensions or {}), "kind": "LIMIT"}
    about = {"code": BAD_USER_INPUT, "kind": _kind(error)}
    if found := _VARIABLE.match(error.message):
        inside = (found["inside"] or "").lstrip(".").replace("[", ".").replace("]", "")
        about["field"] = _text(inside.lstrip(".") or found["variable"])
    return about


def _kind(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return "SYNTAX"
    return "ARGUMENT" if error.path is not None else "VALIDATION"


def _text(message: str) -> str:
    # A message may quote what the client sent: it may be long, and a lone surrogate in it has no form in UTF-8.
    if len(message) > MAX_TEXT:
        message = f"{message[: MAX_TEXT - 100]} … {message[-97:]}"
    return message.encode("utf-8", "replace").decode()
