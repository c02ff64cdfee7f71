"""What an interface says in its own way: everything around what its routes take and answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from bson import ObjectId

from models.ids import Kind, parse_id
from serving.errors import Failure, Render, failure

NO_CONTENT = 204


def _as_it_is(value: Any) -> Any:
    return value


def _path_id(text: str, kind: Kind, field: str) -> ObjectId:
    return parse_id(text, kind, field=field)


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """How an interface speaks. The plain one answers what its routes answer, as it is.

    `name` is of its own, and stands before what its operations are called in the document. `wrap` puts an answer into
    its envelope, and `wrapped` does the same to the schema of it. `render` makes the body of a failure, which is a
    `failure_type`. `path_id` reads an id of a path, of a kind and as a parameter, and raises what one that is none
    answers. `extra` says whether fields of a body that are not declared are refused. `created` and `deleted` are the
    statuses of a POST and of a DELETE, unless a route declares another.
    """

    name: str = ""
    wrap: Callable[[Any], Any] = _as_it_is
    wrapped: Callable[[dict[str, Any]], dict[str, Any]] = _as_it_is
    failure_type: type[Any] = Failure
    render: Render = failure
    path_id: Callable[[str, Kind, str], ObjectId] = _path_id
    extra: Literal["forbid", "ignore"] = "forbid"
    created: int = 201
    deleted: int = 200

    def status_of(self, method: str) -> int:
        """The status of what is done by a method."""
        return {"POST": self.created, "DELETE": self.deleted}.get(method, 200)


PLAIN = Dialect()
"""That of the routes at the root, and of whatever is at no interface's prefix."""
