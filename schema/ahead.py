"""Edges that are begun before the executor asks for them. What they come to waits in the request's context until then.

A board is read beside the check of its door, for whoever has passed that before: with the project's id, and the columns
that this process has seen there. Only the same edges behind the door answer it: who is refused has it neither read out
nor told how long it took, and has nothing read ahead the next time. And what many objects lead to is asked for before
the executor makes columns of their fields, which takes about as long as the answer.
"""

from asyncio import Future, Task, create_task, sleep
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from bson import ObjectId
from graphql import GraphQLError

from execution import Selection
from execution.batch import EXTENSION, Selected
from execution.planner import selection_of
from models.base import AnyRecord
from resolvers.column.board_hints import BOARDS
from resolvers.kit.access_hints import ENTERED
from resolvers.kit.tombstone import known_gone
from schema.context import GraphContext, Info

MANY = 100
"""Objects, below which the columns of their fields take less than is saved."""

_UNDER_WAY: set[Task[Sequence[Any]]] = set()
_ID = itemgetter("_id")


def begin_board(info: Info, project_id: str) -> None:
    """Begin to read a project's columns, and the cards of those, as far as the operation asks for them."""
    known = ObjectId(project_id) if ObjectId.is_valid(project_id) else None
    if known is None or ENTERED.workspace_of(info.context.ctx.subject.user_id, known) is None:
        return
    columns = [{"_id": column_id, "project_id": known} for column_id in BOARDS.get(known)]
    for to_columns in _named("columns", selection_of(info._raw_info)):
        _begin_asked(info, to_columns, [{"_id": known}])
        for to_cards in _named("cards", to_columns.selection) if columns else ():
            _begin_asked(info, to_cards, columns)


async def begin_below(context: GraphContext, found: Sequence[Any], selection: Selection) -> None:
    """Begin what the objects on pages that an edge has found lead to without arguments, where they are many."""
    below = selection.child("nodes")
    records = [] if below is None else [record for page in found for record in getattr(page, "nodes", ())]
    if below is None or len(records) < MANY or await known_gone(context.ctx) is not None:
        return
    begun = [field for field in below if hasattr(_load(field), "read") and not field.definition.args]
    for field in begun:
        _begin(context, field, records, {})
    if begun:
        await sleep(0)  # so that they are sent


async def taken(context: GraphContext, parents: Sequence[Any], selection: Selection) -> Future[Sequence[Any]] | None:
    """What was begun of an edge; None where nothing was, or where it may hold what is to be hidden."""
    of, begun = context.begun.pop(selection, (None, None))
    is_same = begun is not None and of == _ids_of(parents)
    return begun if is_same and await known_gone(context.ctx) is None else None


def _named(name: str, selection: Selection) -> list[Selected]:
    return [field for field in selection if field.name == name]


def _begin_asked(info: Info, field: Selected, parents: Sequence[AnyRecord]) -> None:
    try:
        args = field.selection.arguments(info._raw_info)
    except GraphQLError:  # which the edge itself tells
        return
    _begin(info.context, field, parents, args)


def _load(field: Selected) -> Any:
    """What loads a field; that of an edge, as `schema.batching` installs it, can `read` too."""
    return getattr(field.definition.extensions.get(EXTENSION), "load", None)


def _begin(context: GraphContext, field: Selected, parents: Sequence[AnyRecord], args: Mapping[str, Any]) -> None:
    task = create_task(_load(field).read(parents, args, context, field.selection))
    context.begun[field.selection] = (_ids_of(parents), task)
    _UNDER_WAY.add(task)
    task.add_done_callback(_ended)


def _ended(task: Task[Sequence[Any]]) -> None:
    _UNDER_WAY.discard(task)
    if not task.cancelled():
        task.exception()  # which whoever takes it is told of, if anybody


def _ids_of(parents: Sequence[Any]) -> list[ObjectId]:
    if set(map(type, parents)) == {dict}:
        return list(map(_ID, parents))
    return [getattr(parent, "record", parent)["_id"] for parent in parents]
