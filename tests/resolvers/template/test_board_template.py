"""Templates of boards: made by hand, and begun with."""

from typing import Any

import pytest

from models.errors import BadUserInput, Conflict
from resolvers.column.column import columns_of_project, columns_of_scope
from resolvers.column.scope import list_scopes
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.template import (
    ScopeCreateFromTemplate,
    TemplateCreate,
    TemplateCreateFromProject,
    TemplateUpdate,
)
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.project.project import create_project
from resolvers.template.board import create_scope_from_template
from resolvers.template.builtin import KANBAN_BOARD
from resolvers.template.template import create_board_template, create_template, list_templates, update_template
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board

REVIEWED = [{"name": "To do"}, {"name": "Review", "kind": "active", "prompt": "Read it", "requiresApproval": True}]


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


async def template_of(board: Board, name: str = "Reviewed") -> Any:
    values = read_input(TemplateCreate, {"workspaceId": board.workspace_id, "name": name, "columns": REVIEWED})
    return (await create_board_template(board.ctx, values)).value


async def begin(board: Board, template: str) -> list[tuple[str, str | None, str | None, bool]]:
    """The columns of a new scope that begins with a template."""
    values = {"projectId": board.project["_id"], "name": "Sprint", "template": template}
    scope = (await create_scope_from_template(board.ctx, read_input(ScopeCreateFromTemplate, values))).value
    [columns] = await columns_of_scope(board.ctx, [scope], None)
    return [(each["name"], each["kind"], each["prompt"], each["requires_approval"]) for each in columns]


async def test_a_board_begins_with_a_template(board: Board) -> None:
    template, seq = await template_of(board), await board.seq()

    assert await begin(board, str(template["_id"])) == [
        ("To do", None, None, False),
        ("Review", "active", "Read it", True),
    ]
    assert await board.types_since(seq) == ["ScopeCreated", "ColumnCreated", "ColumnCreated"]
    assert await begin(board, KANBAN_BOARD) == [
        ("Backlog", "backlog", None, False),
        ("In Progress", "active", None, False),
        ("Done", "done", None, False),
    ]


async def test_a_template_changes_and_what_began_with_it_stays(board: Board) -> None:
    template = await template_of(board)
    await begin(board, str(template["_id"]))

    # When its columns change, and the same change is made again
    for _ in range(2):
        values = read_input(TemplateUpdate, {"name": "Plain", "columns": [{"name": "All"}]})
        changed = (await update_template(board.ctx, template["_id"], values)).value

    # Then new boards have those, and it is told once
    assert (changed["name"], changed["kind"]) == ("Plain", "board")
    assert [name for name, *_ in await begin(board, str(template["_id"]))] == ["All"]
    assert len([event for event in await board.types_since(0) if event == "TemplateUpdated"]) == 1
    boards = await columns_of_scope(board.ctx, await list_scopes(board.ctx, board.project["_id"]), None)
    assert [len(columns) for columns in boards] == [2, 1]


async def test_templates_of_projects_are_none_of_boards(board: Board, owner: Context) -> None:
    values = TemplateCreateFromProject(project_id=board.project["_id"], name="Whole")
    whole = (await create_template(board.ctx, values)).value
    taken = read_input(TemplateUpdate, {"name": "Reviewed"})
    await template_of(board)

    for key in (str(whole["_id"]), "scrum", "nothing"):
        with pytest.raises(BadUserInput) as refused:
            await begin(board, key)
        assert refused.value.field == "template"
    with pytest.raises(BadUserInput):
        await update_template(board.ctx, whole["_id"], read_input(TemplateUpdate, {"columns": [{"name": "All"}]}))
    with pytest.raises(Conflict):
        await update_template(board.ctx, whole["_id"], taken)
    found = await list_templates(again(owner), board.workspace_id)
    assert [each["kind"] for each in found if each["name"] in ("Whole", "Reviewed", "Kanban Default", "Scrum")] == [
        *("project", "board"),
        *("board", "project"),
    ]


async def test_a_project_begins_with_a_board_in_the_same_change(board: Board) -> None:
    seq = await board.seq()
    values = {"workspaceId": board.workspace_id, "name": "App", "board": "Main Board", "template": KANBAN_BOARD}

    project = (await create_project(board.ctx, read_input(ProjectCreate, values))).value

    [scope] = await list_scopes(board.ctx, project["_id"])
    [[own], [inside]] = [
        await columns_of_project(board.ctx, [project], None),
        await columns_of_scope(board.ctx, [scope], None),
    ]
    assert (scope["name"], own, [column["name"] for column in inside]) == (
        "Main Board",
        [],
        ["Backlog", "In Progress", "Done"],
    )
    assert await board.types_since(seq) == [
        *("ProjectCreated", "ProjectMemberAdded", "ScopeCreated"),
        *["ColumnCreated"] * 3,
    ]
