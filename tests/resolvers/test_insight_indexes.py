"""Every query for figures, roadmaps and templates runs on an index."""

from typing import Any

import pytest

from gateway.database import Database
from models.enums import StatsInterval
from resolvers.figures import portfolio, roadmap, stats
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.relation import RelationCreate
from resolvers.inputs.template import TemplateCreateFromProject
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.periods import Periods
from resolvers.project.project import create_project
from resolvers.relation.relation import create_relation
from resolvers.template import template
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import check, recorded
from tests.stubs import stub


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    board = await make_board(owner, workspace, columns=3)
    one, other = await board.card(0), await board.card(1)
    values = {"cardId": one["_id"], "targetCardId": other["_id"], "type": "blocks"}
    await create_relation(board.ctx, read_input(RelationCreate, values))
    return board


async def test_the_portfolio_runs_on_indexes(board: Board, owner: Context, workspace: Any, database: Database) -> None:
    other = await make_board(owner, workspace)
    many = [{"_id": number, "workspace_id": workspace["_id"]} for number in range(101)]

    with recorded() as queries:
        await portfolio.get_portfolio(again(owner), workspace["_id"])
        await portfolio.totals_of(again(owner), [workspace], None)
        for projects in ([board.project], [board.project, other.project], many):
            await portfolio.metrics_of(board.ctx, stub(projects), None)

    await check(database, queries)


async def test_figures_run_on_indexes(board: Board, owner: Context, workspace: Any, database: Database) -> None:
    other = await make_board(owner, workspace)
    scopes = [await board.scope(), await board.scope()]
    week = Periods.between(None, None, StatsInterval.WEEK)

    with recorded() as queries:
        await stats.get_project_stats(board.ctx, board.project["_id"], week)
        await stats.get_scope_stats(board.ctx, scopes[0]["_id"], week)
        await stats.stats_of_project(board.ctx, [board.project, other.project], None)
        await stats.stats_of_scope(board.ctx, scopes, None)
        await stats.label_of(board.ctx, [{"label_id": board.project["_id"]}], None)

    await check(database, queries)


async def test_templates_run_on_indexes(board: Board, owner: Context, workspace: Any, database: Database) -> None:
    await board.label()
    given = {"projectId": board.project["_id"], "name": "Pattern", "includeCards": True}

    with recorded() as queries:
        made = await template.create_template(board.ctx, read_input(TemplateCreateFromProject, given))
        for name in (str(made.value["_id"]), "launch"):
            values = {"workspaceId": workspace["_id"], "name": "New", "template": name}
            await create_project(again(owner), read_input(ProjectCreate, values))
        [[*_, listed]] = [await template.list_templates(again(owner), workspace["_id"])]
        await template.templates_of(again(owner), [workspace, {"_id": board.project["_id"]}], None)
        await template.creator_of(again(owner), [listed], None)
        await template.delete_template(again(owner), made.value["_id"])

    await check(database, queries)


async def test_roadmaps_run_on_indexes(board: Board, owner: Context, workspace: Any, database: Database) -> None:
    other = await make_board(owner, workspace)
    scopes = [await board.scope(), await board.scope()]

    with recorded() as queries:
        found = await roadmap.get_project_roadmap(board.ctx, board.project["_id"])
        await roadmap.roadmap_of_project(board.ctx, [board.project, other.project], None)
        await roadmap.roadmap_of_scope(board.ctx, scopes, None)
        await roadmap.blocker_of(board.ctx, found["dependencies"], None)
        await roadmap.blocked_of(board.ctx, found["dependencies"], None)

    await check(database, queries)
