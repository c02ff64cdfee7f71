"""What can be reached from an event beside the object that it carries. Its `actor_id` leads to who caused it."""

from collections.abc import Sequence

from models import Column, Document
from models.base import Record
from models.enums import TokenScope
from resolvers.kit.context import Context
from resolvers.kit.load import to_one
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge


@edge(scope=TokenScope.PROJECTS_READ)
async def from_column_of(ctx: Context, events: Sequence[Record], fields: Fields) -> list[Record | None]:
    """The column that a card left; None where it is gone, or there was none."""
    return await to_one(Column, events, "from_column_id", fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def to_column_of(ctx: Context, events: Sequence[Record], fields: Fields) -> list[Record | None]:
    """The column that a card came to; None where it is gone, or there is none."""
    return await to_one(Column, events, "to_column_id", fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def from_parent_of(ctx: Context, events: Sequence[Record], fields: Fields) -> list[Record | None]:
    """What a document stood below; None where that is gone, or it stood at the top."""
    return await to_one(Document, events, "from_parent_id", fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def to_parent_of(ctx: Context, events: Sequence[Record], fields: Fields) -> list[Record | None]:
    """What a document came to stand below; None where that is gone, or it stands at the top."""
    return await to_one(Document, events, "to_parent_id", fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def linked_document_of(ctx: Context, events: Sequence[Record], fields: Fields) -> list[Record | None]:
    """The document of a link; None where it is gone."""
    return await to_one(Document, [event["link"] for event in events], "document_id", fields)
