"""A board that is read beside the check of its door, for whoever has passed that before.

Its edges are begun with what is known without reading: the project's id, and the columns that this process has seen
there. What they come to waits in the request's context for the same edges behind the door, which alone answer it: who
is refused there has it neither read out nor told how long it took, and has nothing read ahead the next time.
"""

from asyncio import Future, Task, create_task
from collections.abc import Sequence
from typing import Any

from bson import ObjectId
from graphql import GraphQLError

from execution import Selection
from execution.batch import EXTENSION, Selected
from execution.planner import selection_of
from models.base import Record
from resolvers.column.board_hints import BOARDS
from resolvers.kit.access_hints import ENTERED
from resolvers.kit.tombstone import known_gone
from schema.context import BegunKey, GraphContext, Info

_UNDER_WAY: set[Task[Sequence[Any]]] = set()


def begin_board(info: Info, project_id: str) -> None:
    """Begin to read a project's columns, and the cards of those, as far as the operation asks for them."""
    known = ObjectId(project_id) if ObjectId.is_valid(project_id) else None
    if known is None or ENTERED.workspace_of(info.context.ctx.subject.user_id, known) is None:
        return
    columns = [{"_id": column_id, "project_id": known} for column_id in BOARDS.get(known)]
    for to_columns in _named("columns", selection_of(info._raw_info)):
        _begin(info, to_columns, [{"_id": known}])
        for to_cards in _named("cards", to_columns.selection) if columns else ():
            _begin(info, to_cards, columns)


async def taken(context: GraphContext, parents: Sequence[Any], selection: Selection) -> Future[Sequence[Any]] | None:
    """What was begun of an edge; None where nothing was, or where it may hold what is to be hidden."""
    begun = context.begun.pop(_key(parents, selection), None)
    return None if begun is None or await known_gone(context.ctx) is not None else begun


def _named(name: str, selection: Selection) -> list[Selected]:
    return [field for field in selection if field.name == name]


def _begin(info: Info, field: Selected, parents: list[Record]) -> None:
    try:
        args = field.selection.arguments(info._raw_info)
    except GraphQLError:  # which the edge itself tells
        return
    load = field.definition.extensions[EXTENSION].load
    task = create_task(load.read(parents, args, info.context, field.selection))
    info.context.begun[_key(parents, field.selection)] = task
    _UNDER_WAY.add(task)
    task.add_done_callback(_ended)


def _ended(task: Task[Sequence[Any]]) -> None:
    _UNDER_WAY.discard(task)
    if not task.cancelled():
        task.exception()  # which whoever takes it is told of, if anybody


def _key(parents: Sequence[Any], selection: Selection) -> BegunKey:
    return selection, tuple(getattr(parent, "record", parent)["_id"] for parent in parents)
