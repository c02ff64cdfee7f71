from typing import Any

import pytest

from gateway.cli.mappings import MAPPINGS
from models.enums import Priority
from models.ids import Kind, new_id
from resolvers.inputs.transfer import WholeImport
from resolvers.kit.input import read_input
from resolvers.transfer.notes import Notes
from resolvers.transfer.plan import draw
from resolvers.transfer.settle import read_mended

convert = MAPPINGS["backlog-md"]


def task(key: str, **values: Any) -> dict[str, Any]:
    return {"key": key, "title": f"Task {key}", "status": "To Do", "checklist": [], "labels": [], **values}


BACKLOG: dict[str, Any] = {
    "source": "a folder",
    "tasks": [
        task("T-1", status="Done", labels=["cli", "cli"], checklist=[{"title": "a", "done": True}, {"title": "b"}]),
        task("T-2", status="To do", dependencies=["t-1", "T-9"], assignees=["@ann", "@bob"], priority="high"),
        task("T-2.1", status="Blocked", parent="T-2", plan="1. Go", notes="Went", archived=True, milestone="m-1"),
        task("T-1", dependencies=["T-2.1"], description="x" * 20_001, priority="urgent"),
    ],
    "documents": [{"kind": "decisions", "title": "Use brass", "content": "# Why"}, {"kind": "docs", "title": "Guide"}],
}


def test_tasks_become_cards_with_all_that_a_card_holds() -> None:
    file, _ = convert(BACKLOG)

    cards = read_mended(WholeImport, file, Notes()).cards
    assert [column["name"] for column in file["columns"]] == ["To Do", "In Progress", "Done", "Blocked"]
    assert [card.column_index for card in cards] == [2, 0, 3, 0]
    assert set(cards[0].labels) == {"cli"}
    assert [(item.title, item.done) for item in cards[0].checklist] == [("a", True), ("b", False)]
    assert [card.archived for card in cards] == [False, False, True, False]
    assert [card.given().get("priority") for card in cards] == [None, Priority.HIGH, None, Priority.HIGH]
    assert {one.field: one.value for one in cards[1].custom_fields} == {"Key": "T-2", "Assignees": "@ann, @bob"}
    assert {one.field: one.value for one in cards[2].custom_fields} == {"Key": "T-2.1", "Milestone": "m-1"}


def test_dependencies_and_parents_become_relations_and_what_dangles_is_told() -> None:
    file, warnings = convert(BACKLOG)

    assert file["relations"] == [
        {"type": "blocks", "source": 0, "target": 1},
        {"type": "parent_of", "source": 1, "target": 2},
        {"type": "blocks", "source": 2, "target": 3},
    ]
    assert warnings == [
        "tasks.3: the key T-1 is taken; the first task of that key is related to",
        "tasks.1: T-9, which blocks T-2, is not in the file",
    ]


def test_circles_of_dependencies_are_left_out_and_told() -> None:
    tasks = [task("T-1", dependencies=["T-2"]), task("T-2", dependencies=["T-1"])]
    file, _ = convert({"tasks": tasks})

    plan = draw(new_id(Kind.WORKSPACE), read_input(WholeImport, file))

    assert (len(plan.relations), len(plan.warnings)) == (1, 1)
    assert "circle" in plan.warnings[0]


def test_documents_stand_below_their_folders_and_plans_are_linked_to_their_cards() -> None:
    documents = read_mended(WholeImport, convert(BACKLOG)[0], Notes()).documents

    told = [
        (one.given()["title"], str(one.given().get("doc_type", "document")), one.parent_index, one.card_indexes)
        for one in documents
    ]
    assert told == [
        ("Decisions", "document", None, []),
        ("Docs", "document", None, []),
        ("Use brass", "adr", 0, []),
        ("Guide", "document", 1, []),
        ("Plans and notes", "document", None, []),
        ("T-2.1: Task T-2.1", "note", 4, [2]),
        ("T-1: Task T-1", "note", 4, [3]),
    ]
    assert documents[5].content == "## Plan\n\n1. Go\n\n## Notes\n\nWent"
    assert documents[6].content.startswith("## Description\n\nxxx")


@pytest.mark.parametrize("data", [None, [], {}, {"tasks": {}}, {"tasks": ["x"]}, {"tasks": [], "documents": "x"}])
def test_a_file_of_another_shape_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="tasks and documents"):
        convert(data)
