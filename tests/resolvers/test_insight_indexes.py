"""Every query for figures, roadmaps and templates runs on an index."""

import pytest

from gateway.database import Database
from models.base import Record
from resolvers import portfolio
from resolvers.context import Context
from resolvers.inputs.base import read_input
from resolvers.inputs.relation import RelationCreate
from resolvers.relation import create_relation
from tests.resolvers.delivery import Board, make_board
from tests.resolvers.lab import again
from tests.resolvers.test_indexes import check, recorded


@pytest.fixture
async def board(owner: Context, workspace: Record) -> Board:
    board = await make_board(owner, workspace, columns=3)
    one, other = await board.card(0), await board.card(1)
    values = {"cardId": one["_id"], "targetCardId": other["_id"], "type": "blocks"}
    await create_relation(board.ctx, read_input(RelationCreate, values))
    return board


async def test_the_portfolio_runs_on_indexes(
    board: Board, owner: Context, workspace: Record, database: Database
) -> None:
    other = await make_board(owner, workspace)
    many = [{"_id": number, "workspace_id": workspace["_id"]} for number in range(101)]

    with recorded() as queries:
        await portfolio.get_portfolio(again(owner), workspace["_id"])
        await portfolio.totals_of(again(owner), [workspace], None)
        for projects in ([board.project], [board.project, other.project], many):
            await portfolio.metrics_of(board.ctx, projects, None)

    await check(database, queries)
