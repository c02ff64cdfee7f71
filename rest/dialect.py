"""What an interface says in its own way: everything around what its routes take and answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bson import ObjectId

from models.errors import NotFound
from models.ids import Kind, kind_of, parse_id
from serving.errors import Failure, Render, failure

NO_CONTENT = 204


Wrap = Callable[[Any, Mapping[str, Any]], Any]


def bare(value: Any, _meta: Mapping[str, Any]) -> Any:
    """An answer without an envelope."""
    return value


def _as_it_is(schema: dict[str, Any]) -> dict[str, Any]:
    return schema


def _path_id(text: str, kind: Kind, field: str) -> ObjectId:
    """An id of a path; that of something else leads nowhere, as one that nobody has."""
    found = parse_id(text, field=field)
    if kind_of(found) is not kind:
        raise NotFound(kind.title)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """How an interface speaks. The plain one answers what its routes answer, as it is.

    `name` is of its own, and stands before what its operations are called in the document, as `heading` does before its
    tags. `wrap` puts an answer into
    its envelope, with what is said beside it, and `wrapped` does the same to the schema of it. `render` makes the body
    of a failure, which is a `failure_type`. `path_id` reads an id of a path, of a kind and as a parameter, and raises
    what one that is none answers. `extra` says whether fields of a body that are not declared are refused. `created`
    and `deleted` are the statuses of a POST and of a DELETE, unless a route declares another. `key_header` is another
    header than `Authorization` that a token may come in; where there is one, a browser's cookies are no credential.
    `key_parameter` is a parameter of the address for those who send no header.
    """

    name: str = ""
    heading: str = ""
    wrap: Wrap = bare
    wrapped: Callable[[dict[str, Any]], dict[str, Any]] = _as_it_is
    failure_type: type[Any] = Failure
    render: Render = failure
    path_id: Callable[[str, Kind, str], ObjectId] = _path_id
    extra: Literal["forbid", "ignore"] = "forbid"
    created: int = 201
    deleted: int = 200
    key_header: str | None = None
    key_parameter: str | None = None

    def status_of(self, method: str) -> int:
        """The status of what is done by a method."""
        return {"POST": self.created, "DELETE": self.deleted}.get(method, 200)


PLAIN = Dialect()
"""That of the routes at the root, and of whatever is at no interface's prefix."""
