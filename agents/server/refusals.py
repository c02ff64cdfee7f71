"""Refusals of operations as errors of the protocol."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mcp_types as types
from mcp.shared.exceptions import MCPError

from models.errors import NotFound, OrreryError
from models.reach import reachable


@contextmanager
def told_as_errors(missing: str | None = None, code: int = types.INVALID_PARAMS, **data: Any) -> Iterator[None]:
    """Raise what is raised within as MCPError, with `data`; a database that is away too. What is out of reach is told
    as what does not exist: as `missing`, under `code`, where that is given."""
    try:
        with reachable():
            yield
    except OrreryError as error:
        if missing is not None and isinstance(error, NotFound):
            raise MCPError(code, missing, data or None) from error
        raise MCPError(types.INVALID_PARAMS, error.message, {**data, "code": error.code, **error.details}) from error
