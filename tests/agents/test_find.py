"""Finding tools by words."""

import pytest
from bson import ObjectId

from agents.tools.catalogue import TOOLS, find_tools
from auth.subject import ALL_SCOPES, Subject
from models.enums import TokenScope

PERSON = Subject(user_id=ObjectId(), scopes=ALL_SCOPES)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("add a label to a card", "add_card_label"),
        ("delete column", "delete_column"),
        ("create_label", "create_label"),
        ("invitations", "list_invitations"),
        ("restore an older version of a document", "restore_document_version"),
    ],
)
def test_the_best_comes_first(query: str, first: str) -> None:
    assert find_tools(query, PERSON)[0].name == first


def test_what_a_credential_may_not_call_is_not_found() -> None:
    reader = Subject(user_id=ObjectId(), scopes=frozenset({TokenScope.PROJECTS_READ}))

    assert "create_label" not in {tool.name for tool in find_tools("create label", reader)}


def test_no_words_find_all() -> None:
    assert len(find_tools(" ?! ", PERSON)) == len([tool for tool in TOOLS.values() if tool.is_for(PERSON)])


def test_words_that_nothing_has_find_nothing() -> None:
    assert find_tools("xylophone", PERSON) == []
