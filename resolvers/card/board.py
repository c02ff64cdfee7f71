"""Boards and lists of cards as who reads them in one go wants them: an agent, say. The graph reads any part of them."""

from typing import Any

from auth.policies import board
from models import Card
from models.base import Record
from models.enums import TokenScope
from models.errors import NotFound
from models.facts import TOOL, declared
from models.records import CardRecord, ProjectRecord
from resolvers.card.graph import cards_of_column, cards_of_project
from resolvers.column.column import columns_of_project, columns_of_scope
from resolvers.inputs.board import BoardRead, CardList
from resolvers.kit.access import access
from resolvers.kit.context import Context
from resolvers.kit.nouns import PROJECT, SCOPE
from resolvers.kit.operation import operation
from resolvers.kit.page import Page
from resolvers.lane.store import open_counts

READ = TokenScope.PROJECTS_READ

IN_LISTS = frozenset(declared(Card, TOOL)) - {"description", "checklist"}
"""What a card is read with among others."""


@operation("board", inside=PROJECT, permission=board.READ, scope=READ, read_only=True, tool="get_board")
async def read_board(ctx: Context, project: ProjectRecord, values: BoardRead) -> Record:
    """A board: its columns in order, each with how many cards it has and the first of them."""
    if values.scope_id is None:
        [columns] = await columns_of_project(ctx, [project], None)
    else:
        scope = await access(ctx, SCOPE, values.scope_id, board.READ, field="scopeId", fields=frozenset({"project_id"}))
        if scope["project_id"] != project["_id"]:
            raise NotFound("Scope")
        [columns] = await columns_of_scope(ctx, [scope], None)
    counts = await open_counts([column["_id"] for column in columns])
    pages = await cards_of_column(ctx, columns, IN_LISTS, first=values.first)
    return {
        "columns": [
            {"column": column, "total": counts.get(column["_id"], 0), "cards": page.nodes}
            for column, page in zip(columns, pages, strict=True)
        ]
    }


@operation("cardList", inside=PROJECT, permission=board.READ, scope=READ, read_only=True, tool="list_cards")
async def list_some_cards(ctx: Context, project: ProjectRecord, values: CardList) -> Page[CardRecord]:
    """Cards of a project in the order of the board, those of its scopes too."""
    [page] = await cards_of_project(
        ctx, [project], IN_LISTS, first=values.first, after=values.after, filter=_filter(values)
    )
    return page


def _filter(values: CardList) -> dict[str, Any]:
    """What is asked for, as a filter of the graph."""
    same = {
        "scope": values.scope_id,
        "column": values.column_id,
        "assignee": values.assignee_id,
        "label": values.label_id,
        "priority": values.priority,
        "archived": values.archived,
    }
    found: dict[str, Any] = {name: {"eq": value} for name, value in same.items() if value is not None}
    if values.title is not None:
        found["title"] = {"contains": values.title}
    if values.due_before is not None:
        found["due_date"] = {"lt": values.due_before}
    return found
