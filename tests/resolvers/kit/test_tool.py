"""What agents call operations, and which of these they are given."""

from collections import Counter

import pytest

from resolvers.catalogue import CATALOGUE
from resolvers.kit.operation import Caller
from resolvers.kit.tool import tool_name, why_no_tool


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_an_operation_is_a_tool_or_says_why_it_is_none(name: str) -> None:
    operation = CATALOGUE[name]

    assert (tool_name(operation) is None) is (why_no_tool(operation) is not None)
    assert tool_name(operation) != ""
    assert why_no_tool(operation) != ""


def test_no_tool_hands_out_a_credential_or_does_what_a_person_does_alone() -> None:
    tools = [operation for operation in CATALOGUE.values() if tool_name(operation) is not None]

    assert [tool.name for tool in tools if tool.reveals or tool.caller in (Caller.PERSON, Caller.ANYONE)] == []


def test_a_tool_has_a_name_of_its_own() -> None:
    names = Counter(tool_name(operation) for operation in CATALOGUE.values())
    del names[None]

    assert {name for name, times in names.items() if times > 1} == set()


@pytest.mark.parametrize(
    ("operation", "tool"),
    [
        ("cardMove", "move_card"),
        ("checklistItemConvert", "convert_checklist_item"),
        ("label", "get_label"),
        ("labels", "list_labels"),
        ("missions", "list_missions"),
        ("projectStats", "get_project_stats"),
        ("documentRestoreVersion", "restore_document_version"),
    ],
)
def test_a_tool_is_called_by_its_verb_and_what_it_is_about(operation: str, tool: str) -> None:
    assert tool_name(CATALOGUE[operation]) == tool


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ("sessionRevoke", "a person alone does it"),
        ("authLogin", "it is for whoever is not signed in"),
        ("workspaceMemberInvite", "it hands out a credential"),
        ("attachmentCreate", "it takes or gives a file"),
        ("userAvatar", "it takes or gives a file"),
        ("projectExport", "it takes or gives a file"),
        ("workspaceEvents", "it is a stream"),
    ],
)
def test_why_an_operation_is_no_tool(operation: str, reason: str) -> None:
    assert why_no_tool(CATALOGUE[operation]) == reason
