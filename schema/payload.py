"""What mutations return: what they wrote, and the cursor of the event that tells of it."""

from typing import Any, TypeVar, cast

import strawberry
from bson import ObjectId

from realtime.log import Committed
from schema.scalars import Cursor

T = TypeVar("T")

CURSOR = "Where the event of this change stands; a subscription `after` it brings what follows."


def cursor_field() -> Any:
    """The field `cursor` of a payload."""
    return strawberry.field(description=CURSOR)


def payload(type_: type[T], /, **values: Any) -> T:
    """A payload: a plain mapping that the fields of `type_` are read from."""
    return cast("T", values)


def committed(type_: type[T], name: str, done: Committed[Any]) -> T:
    """The payload of a change: what it wrote under `name`, and its cursor."""
    return payload(type_, **{name: done.value, "cursor": str(done.cursor)})


@strawberry.type(description="What a deletion returns.")
class DeletePayload:
    deleted_id: strawberry.ID = strawberry.field(description="The id of what is gone.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What a change of the account returns.")
class AccountPayload:
    cursor: Cursor = cursor_field()


def deleted(done: Committed[ObjectId]) -> DeletePayload:
    """The payload of a deletion."""
    return committed(DeletePayload, "deleted_id", done)
