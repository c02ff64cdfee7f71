"""How far an agent goes by itself, of what does the work of other operations too."""

from typing import Any

import pytest

import resolvers.catalogue
from models.enums import AutonomyMode, Verdict
from resolvers.kit.gate import verdict_of
from resolvers.kit.operation import CATALOGUE
from resolvers.kit.tool import is_destructive

assert resolvers.catalogue  # any operation is found by its name


def free(*denied: str) -> Any:
    """An agent that does all that nothing denies it."""
    return {
        "tools": ["*"],
        "autonomy_mode": AutonomyMode.AUTONOMOUS.value,
        "policy": dict.fromkeys(denied, Verdict.DENY.value),
    }


WORK_OF_OTHERS: list[Any] = [
    ("projectDraftExecute", {"id": "x"}, "projectCreate"),
    ("projectDraftExecute", {"id": "x"}, "cardCreate"),
    ("checklistItemConvert", {"cardId": "x"}, "create_card"),
    ("projectCreate", {"template": "x"}, "create_card"),
    ("projectCreate", {"template": "x"}, "create_column"),
    ("projectCreate", {"board": "x"}, "create_scope"),
    ("scopeCreateFromTemplate", {"template": "x"}, "create_scope"),
    ("scopeCreateFromTemplate", {"template": "x"}, "create_column"),
    ("organizationCreate", {"workspace": "x"}, "create_workspace"),
    ("projectImport", {"members": []}, "add_project_member"),
    ("projectImportStart", {"file": "x"}, "create_document"),
    ("cardRevise", {"title": "x"}, "update_card"),
    ("cardRevise", {"labels": ["x"]}, "create_label"),
    ("cardMissionStart", {"cardId": "x"}, "run_agent"),
    ("agentRun", {"objective": "x"}, "run_agent"),
    ("columnClean", {"id": "x"}, "delete_card"),
    ("columnReorder", {"ids": []}, "update_column"),
    ("projectMarkAllRead", {"id": "x"}, "cardView"),
    ("documentUpdate", {"parentId": None}, "move_document"),
    ("documentUpdate", {"order": 0}, "move_document"),
    ("cardUpdate", {"columnId": "x"}, "move_card"),
    ("cardUpdate", {"archived": False}, "archive_card"),
    ("cardBatchUpdate", {"archived": False}, "archive_card"),
    ("documentBatchUpdate", {"delete": True}, "delete_document"),
    ("pipelineCreate", {"steps": [{"id": "a", "type": "TOOL", "tool": "delete_project"}]}, "delete_project"),
    ("pipelineUpdate", {"steps": [{"id": "a", "type": "TOOL", "tool": "projectDelete"}]}, "delete_project"),
]


@pytest.mark.parametrize(("name", "arguments", "denied"), WORK_OF_OTHERS)
def test_who_may_not_do_a_thing_does_it_by_no_other_operation(
    name: str, arguments: dict[str, Any], denied: str
) -> None:
    assert verdict_of(free(denied), {}, CATALOGUE[name], arguments) is Verdict.DENY
    assert verdict_of(free("delete_column"), {}, CATALOGUE[name], arguments) is not Verdict.DENY


def test_a_deletion_that_is_not_asked_for_needs_no_leave() -> None:
    batch = CATALOGUE["documentBatchUpdate"]

    assert verdict_of(free("delete_document"), {}, batch, {"delete": False}) is Verdict.ALLOW


@pytest.mark.parametrize("name", ["cardDelete", "checklistItemRemove", "customFieldUpdate"])
def test_what_nothing_brings_back_is_asked_for(name: str) -> None:
    assert is_destructive(CATALOGUE[name])
    assert verdict_of(free(), {}, CATALOGUE[name]) is Verdict.ASK
