"""What a project's file has of how agents work on its board: kinds and prompts of columns, and pipelines of cards."""

from typing import Any

import pytest

from models import Card
from models.base import collection
from models.errors import BadUserInput
from models.records import WorkspaceRecord
from resolvers.card.pipeline import pipeline_of
from resolvers.column.column import list_columns
from resolvers.inputs.transfer import ProjectImport
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.transfer.notes import Notes
from resolvers.transfer.settle import read_mended
from resolvers.transfer.transfer import export_project, import_project
from tests.resolvers.lab import again
from tests.resolvers.projects import Board

STEPS: list[dict[str, Any]] = [{"columnIndex": 2, "enabled": False, "prompt": "Otherwise"}, {"columnIndex": 0}]


def file_of(pipeline: Any) -> dict[str, Any]:
    return {
        "project": {"name": "Orrery"},
        "columns": [
            {"name": "To do", "kind": "backlog"},
            {"name": "Build", "kind": "active", "prompt": "Build it", "requiresApproval": True},
            {"name": "Ship", "kind": "done"},
            {"name": "Ideas"},
        ],
        "cards": [{"title": "Sun", "columnIndex": 2, "autoMode": True, "pipeline": pipeline}, {"title": "Moon"}],
    }


async def test_pipelines_and_kinds_come_back_as_they_were_exported(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a project out of a file
    made = (await import_project(again(owner), workspace["_id"], read_input(ProjectImport, file_of(STEPS)))).value
    board = Board(owner, made, await list_columns(again(owner), made["_id"]))
    exported = await export_project(again(owner), made["_id"])

    # When it is exported and imported once more
    copy = (await import_project(again(owner), workspace["_id"], read_input(ProjectImport, exported))).value

    # Then the second is as the first, whose card goes through the columns of its own, and is done where a kind says so
    assert await export_project(again(owner), copy["_id"]) == exported
    [sun] = [card for card in exported["cards"] if card["title"] == "Sun"]
    assert (sun["autoMode"], sun["pipeline"]) == (True, [STEPS[0], {**STEPS[1], "enabled": True, "prompt": None}])
    assert sun["completedAt"] is not None
    assert [column["kind"] for column in exported["columns"]] == ["backlog", "active", "done", None]
    card = await collection(Card).find_one({"project_id": board.project["_id"], "title": "Sun"})
    assert card is not None
    [steps] = await pipeline_of(again(owner), [card], None)
    assert [step["column_id"] for step in steps] == [board.column_id(2), board.column_id(0)]


@pytest.mark.parametrize("odd", [{"columnIndex": 4}, {"columnIndex": 0}, {"columnIndex": "first"}], ids=str)
async def test_a_step_that_cannot_be_is_refused_or_left_out(
    owner: Context, workspace: WorkspaceRecord, odd: dict[str, Any]
) -> None:
    file = file_of([*STEPS, odd])

    with pytest.raises(BadUserInput) as refused:
        await import_project(again(owner), workspace["_id"], read_input(ProjectImport, file))
    mended = read_mended(ProjectImport, file, Notes())

    assert refused.value.field == "cards.0.pipeline.2.columnIndex"
    assert [step.column_index for step in mended.cards[0].pipeline or ()] == [2, 0]
