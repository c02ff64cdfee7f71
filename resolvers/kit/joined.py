"""Pages of what a user is a member of: in the order of joining, so that the cursor is that of the membership."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models.base import AnyRecord, Record, Recorded
from resolvers.kit.page import Page, Window, encode_cursor

JOINED = "joined_id"
"""Under this key a node of such a page carries the id of the membership that it was reached by."""

EVERYTHING = Window(100_000, None, backward=False)


@dataclass(slots=True)
class JoinedPage(Page):
    """A page over memberships (`model`, `where`) whose nodes are what they lead to."""

    def cursor(self, record: AnyRecord) -> str:
        return encode_cursor({"_id": record[JOINED]}, self.model, ())


def joined_after(window: Window, model: type[Recorded[Any]]) -> ObjectId | None:
    """The membership (of `model`) that a forward window begins after."""
    keyset = window.keyset(model, ())
    return None if keyset is None else ObjectId(keyset[-1])


def joined_page(
    nodes: Iterable[Record],
    window: Window,
    *,
    model: type[Recorded[Any]],
    parent_key: str,
    parent_id: ObjectId,
    where: Mapping[str, Any],
) -> JoinedPage:
    """The forward page of `nodes`, which begin where the window does and may be longer than it."""
    found = list(nodes)
    return JoinedPage(
        nodes=found[: window.size],
        has_next=len(found) > window.size,
        has_previous=window.cursor is not None,
        sort=(),
        model=model,
        parent_key=parent_key,
        parent_id=parent_id,
        where=where,
    )
