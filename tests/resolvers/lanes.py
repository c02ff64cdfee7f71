"""A board with a long lane, and a look at it."""

from bson import ObjectId

from models import Card, Column
from models.base import collection
from models.records import WorkspaceRecord
from resolvers.card.graph import cards_of_column, order_of
from resolvers.inputs.transfer import ProjectImport
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Page
from resolvers.transfer.transfer import import_project
from tests.resolvers.lab import again
from tests.resolvers.projects import Board

BLOCK = 10
"""The size of blocks in the tests that make them small."""


async def imported(owner: Context, workspace: WorkspaceRecord, count: int) -> Board:
    """A board of one long column, every fifth card of it archived, and of one with a single card."""
    cards = [{"title": f"{n}", "columnIndex": 0, "archived": n % 5 == 4} for n in range(count)]
    whole = {
        "project": {"name": "Long"},
        "columns": [{"name": "Long"}, {"name": "Short"}],
        "cards": [*cards, {"title": "alone", "columnIndex": 1}],
    }
    values = read_input(ProjectImport, whole)
    board = Board(owner, (await import_project(again(owner), workspace["_id"], values)).value)
    found = collection(Column).find({"project_id": board.project["_id"]}).sort("rank", 1)
    board.columns = await found.to_list()
    return board


async def orders(board: Board, ids: list[ObjectId]) -> list[int]:
    """The places that some cards tell."""
    cards = await collection(Card).find({"_id": {"$in": ids}}).to_list()
    return await order_of(board.ctx, cards, None)


async def page_of(board: Board, cursor: str | None = None) -> Page:
    """Ten cards of the long column."""
    [page] = await cards_of_column(board.ctx, board.columns[:1], None, first=10, after=cursor)
    return page
