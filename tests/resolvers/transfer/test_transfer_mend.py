"""An odd entry of a file comes with what can be kept, and so do the others; what was changed is told by its place."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.cli.mappings import MAPPINGS
from models.enums import OnOddItem
from models.errors import BadUserInput
from models.records import WorkspaceRecord
from resolvers.inputs.label import MAX_PROJECT_LABELS
from resolvers.inputs.transfer import ImportedCard, ProjectImport, WholeImport
from resolvers.kit.context import Context, Services
from resolvers.transfer.mend import PRIORITIES
from resolvers.transfer.notes import MAX_NOTES, Notes
from resolvers.transfer.plan import draw
from resolvers.transfer.read import read_import
from resolvers.transfer.settle import read_mended
from resolvers.transfer.transfer import export_project, import_project, read_project
from tests.resolvers.lab import again
from tests.resolvers.transfers import queue, run

PLAIN = {"title": "Plain", "priority": "low", "labels": ["a"], "checklist": [{"title": "Step", "done": True}]}
Note = tuple[str, str, str]


def file_of(*cards: Any, **more: Any) -> dict[str, Any]:
    return {"project": {"name": "x"}, "columns": [{"name": "To do"}], "cards": list(cards), **more}


def mended(file: dict[str, Any]) -> tuple[WholeImport, list[Note]]:
    """The file as an import takes it, and the notes; a file that is read part by part comes to the same."""
    notes, again = Notes(), Notes()
    values = read_mended(WholeImport, file, notes)
    assert read_import(json.dumps(file).encode(), again) == values
    assert sorted(map(str, again.kept)) == sorted(map(str, notes.kept))
    draw(ObjectId(), values, notes=notes)
    return values, [(note["place"], note["code"], note["message"]) for note in notes.kept]


UNTITLED_NOW = "is Untitled now, as it "
NO_DATE = "is left out, as it must be an ISO 8601 date or date-time"


@pytest.mark.parametrize(
    ("odd", "kept", "told"),
    [
        (
            {"title": ""},
            {"title": "Untitled"},
            [("title", "replaced", UNTITLED_NOW + "must have at least 1 characters")],
        ),
        ({}, {"title": "Untitled"}, [("title", "replaced", UNTITLED_NOW + "is required")]),
        ({"title": None}, {"title": "Untitled"}, [("title", "replaced", UNTITLED_NOW + "is required")]),
        (7, {"title": "Untitled"}, [("title", "replaced", UNTITLED_NOW + "is required")]),
        ("Call", {"title": "Call"}, []),
        ({"title": 7}, {"title": "7"}, []),
        ({"title": "x" * 501}, {"title": "x" * 500}, [("title", "cut", "is cut after 500 characters")]),
        (
            {"title": "a\x00"},
            {"title": "Untitled"},
            [("title", "replaced", UNTITLED_NOW + "must not hold a NUL character")],
        ),
        (
            {"labels": [{"name": "Bug", "color": "red"}, "Bug", {"id": 4}, "y" * 101]},
            {"labels": ["Bug", "Bug", "y" * 100]},
            [
                ("labels.2", "left_out", "is left out, as it must be text"),
                ("labels.3", "cut", "is cut after 100 characters"),
            ],
        ),
        ({"labels": "Bug"}, {"labels": []}, [("labels", "left_out", "is left out, as it must be a list")]),
        (
            {"checklist": [{"title": "a", "done": True}, "b", {"done": True}]},
            {"checklist": [("a", True), ("b", False)]},
            [("checklist.2", "left_out", "is left out, as its title must be text")],
        ),
        (
            {"checklist": [{"title": str(number)} for number in range(101)]},
            {"checklist": [(str(number), False) for number in range(100)]},
            [("checklist", "cut", "only the first 100 of 101 are kept")],
        ),
        ({"priority": "High"}, {"priority": 3}, []),
        ({"priority": {"name": "Critical"}}, {"priority": 4}, []),
        ({"priority": "None"}, {"priority": None}, []),
        (
            {"priority": "someday"},
            {"priority": None},
            [("priority", "left_out", "is left out, as it must be low, medium, high or critical")],
        ),
        ({"dueDate": "soon"}, {"due_date": None}, [("dueDate", "left_out", NO_DATE)]),
        ({"columnIndex": 3}, {"column_index": None}, [("columnIndex", "left_out", "is left out: points to no column")]),
        ({"points": 5}, {}, [("points", "left_out", "is left out, as there is no such field")]),
        (
            {"comments": [{"content": "a", "createdAt": "soon"}, {"content": ""}, {"content": "b" * 2001}]},
            {"comments": ["a", "b" * 2000]},
            [
                ("comments.0.createdAt", "left_out", NO_DATE),
                ("comments.1", "left_out", "is left out, as its content must have at least 1 characters"),
                ("comments.2.content", "cut", "is cut after 2000 characters"),
            ],
        ),
        (
            {"startedAt": "2026-01-02", "completedAt": "2026-01-01"},
            {"completed_at": None},
            [("completedAt", "left_out", "is left out: must not lie before startedAt")],
        ),
        (
            {"attachments": [{"name": 1, "file": "a"}, {"name": "..", "file": "b"}]},
            {"attachments": []},
            [
                ("attachments.0", "left_out", "is left out, as its name must be text"),
                ("attachments.1", "left_out", "is left out: has no name"),
            ],
        ),
    ],
)
def test_an_odd_card_comes_with_what_can_be_kept(odd: Any, kept: dict[str, Any], told: list[Note]) -> None:
    card = {"title": "Odd", **odd} if isinstance(odd, dict) and odd else odd

    values, notes = mended(file_of(PLAIN, card, PLAIN))

    first, found, last = values.cards
    assert (first.given()["title"], last.given()["title"]) == ("Plain", "Plain")
    shown: dict[str, Any] = found.model_dump() | {
        "checklist": [(step.title, step.done) for step in found.checklist],
        "comments": [comment.content for comment in found.comments],
    }
    assert {name: shown[name] for name in kept} == kept
    assert sorted(notes) == sorted((f"cards.1.{place}", code, message) for place, code, message in told)


@pytest.mark.parametrize(
    ("name", "entries", "kept", "places"),
    [
        ("columns", ["Plain", {"name": ""}, {"name": "x", "scopeIndex": 9}], ["Plain", "Untitled", "x"], [1, 2]),
        (
            "scopes",
            [{"name": "Plain", "startDate": "2026-01-02", "endDate": "2026-01-01"}, 7],
            ["Plain", "Untitled"],
            [0, 1],
        ),
        (
            "labels",
            [{"name": "a", "color": "red"}, {"name": "a", "color": "#ff0000"}, {}, "b"],
            ["a", "b"],
            [0, 1, 2, 3],
        ),
        ("customFields", [{"name": "a", "type": "sum"}, {"name": "b", "type": "text"}], ["b"], [0]),
    ],
)
def test_odd_entries_of_the_board_keep_no_others_out(
    name: str, entries: list[Any], kept: list[str], places: Iterable[int]
) -> None:
    values, notes = mended(file_of(PLAIN, **{name: entries}))

    found = values.model_dump(by_alias=True)
    assert [one["name"] for one in found[name]] == kept
    assert len(found["cards"]) == 1
    assert {place.split(".")[1] for place, _, _ in notes} == {str(place) for place in places}


def test_odd_documents_and_relations_are_told_by_their_places_in_the_file() -> None:
    documents = [
        {"title": "", "docType": "poem"},
        {"title": "Child", "parentIndex": 0, "cardIndexes": [7, 0], "content": 5},
        {"title": "Lost", "parentIndex": 8, "tags": ["x" * 51]},
    ]
    relations = [{"type": "eats", "source": 0, "target": 1}, {"type": "blocks", "source": 0, "target": 9}, "x"]
    relations.append({"type": "blocks", "source": 0, "target": 1})

    values, notes = mended(file_of(PLAIN, PLAIN, documents=documents, relations=relations))

    assert [(one.given()["title"], one.parent_index, one.card_indexes) for one in values.documents] == [
        ("Untitled", None, []),
        ("Child", 0, [0]),
        ("Lost", None, []),
    ]
    assert len(values.relations) == 1
    assert {place for place, _, _ in notes} == {
        "documents.0.title",
        "documents.0.docType",
        "documents.1.content",
        "documents.1.cardIndexes.0",
        "documents.2.parentIndex",
        "documents.2.tags.0",
        "relations.0",
        "relations.1",
        "relations.2",
    }


def test_a_relation_in_a_circle_is_warned_of_by_its_place_in_the_file() -> None:
    file = file_of(PLAIN, relations=["x", {"type": "blocks", "source": 0, "target": 0}])
    notes = Notes()

    plan = draw(ObjectId(), read_mended(WholeImport, file, notes), notes=notes)

    assert plan.warnings == ["relations.1: relates a card to itself"]


def test_values_that_their_custom_field_cannot_hold_are_left_out() -> None:
    fields = [{"name": "n", "type": "number"}, {"name": "s", "type": "select", "options": ["a", "a", "b"]}]
    given = [("gone", 1), ("n", "three"), ("n", 3), ("s", "c"), ("s", "b")]
    card = {"title": "x", "customFields": [5, *({"field": name, "value": value} for name, value in given)]}

    values, notes = mended(file_of(card, customFields=fields))

    assert [(one.field, one.value) for one in values.cards[0].custom_fields] == [("n", 3), ("s", "b")]
    assert [option.label for option in values.custom_fields[1].options] == ["a", "b"]
    places = {place for place, _, _ in notes}
    assert places == {"customFields.1.options", *(f"cards.0.customFields.{place}" for place in (0, 1, 2, 4))}


@pytest.mark.parametrize(
    "file",
    [
        {"project": {}},
        {"project": {"name": "x"}, "format": "other"},
        {"project": {"name": "x"}, "cards": {}},
        {"project": {"name": "x"}, "columns": [{"name": "x"}] * 51},
        {"project": {"name": "x"}, "members": ["a@example.com"] * 501},
    ],
)
def test_what_is_no_project_or_too_large_is_refused_all_the_same(file: dict[str, Any]) -> None:
    with pytest.raises(BadUserInput):
        read_mended(ProjectImport, file, Notes())


def test_notes_are_bounded_and_the_rest_is_counted() -> None:
    notes = Notes()

    read_mended(WholeImport, file_of(*[{}] * (MAX_NOTES + 7), **{"x" * 1_000: 1}), notes)

    assert (len(notes.kept), notes.omitted) == (MAX_NOTES, 8)
    assert all(len(note["place"]) <= 100 and len(note["message"]) <= 200 for note in notes.kept)


def test_many_odd_parts_of_one_card_are_looked_at_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = 0
    validate = ImportedCard.model_validate

    def counted(*given: Any, **more: Any) -> ImportedCard:
        nonlocal rounds
        rounds += 1
        return validate(*given, **more)

    monkeypatch.setattr(ImportedCard, "model_validate", counted)

    values, _ = mended(file_of({"title": "x", "comments": [{}] * 6_000}))

    assert values.cards[0].comments == []
    assert rounds <= 8


def test_every_name_of_a_priority_is_one() -> None:
    for priority, words in PRIORITIES.items():
        for word in words:
            values, told = mended(file_of({"title": "x", "priority": word.title()}))
            assert (values.cards[0].given()["priority"].word, told) == (priority, [])


def test_labels_beyond_those_of_a_project_are_left_out() -> None:
    cards = [{"title": "x", "labels": [f"{card}-{n}" for n in range(50)]} for card in range(11)]

    values, told = mended(file_of(*cards))

    assert len({name for card in values.cards for name in card.labels}) == MAX_PROJECT_LABELS
    assert told[0] == ("cards.10.labels.0", "left_out", "is left out: a project has at most 500 labels")
    assert len(told) == 50


async def test_a_mended_import_comes_whole_and_a_refused_one_not_at_all(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    broken = {"type": "doc", "content": [{"type": 5}]}
    file = file_of(
        {"title": ""}, PLAIN, documents=[{"title": "Doc", "content": broken, "contentFormat": "tiptap_json"}]
    )
    with pytest.raises(BadUserInput):
        await read_project(file, OnOddItem.REFUSE)

    values, notes = await read_project(file, OnOddItem.MEND)
    done = (await import_project(again(owner), workspace["_id"], values, notes)).value

    exported = await export_project(again(owner), done["_id"])
    assert {card["title"] for card in exported["cards"]} == {"Untitled", "Plain"}
    assert [one["title"] for one in exported["documents"]] == ["Doc"]
    assert [note["place"] for note in done["notes"]] == ["cards.0.title", "documents.0.content"]
    assert done["notes_omitted"] == 0


async def test_a_job_keeps_the_notes_of_what_it_mended(
    owner: Context, workspace: WorkspaceRecord, services: Services
) -> None:
    file = file_of({"title": ""}, PLAIN)

    failed = await run(services, await queue(owner, workspace, file))
    done = await run(services, await queue(owner, workspace, file, on_odd_item=OnOddItem.MEND))

    assert (failed["state"], failed["notes"]) == ("failed", [])
    assert (done["state"], done["done"], done["notes_omitted"]) == ("done", 2, 0)
    assert [(note["place"], note["code"]) for note in done["notes"]] == [("cards.0.title", "replaced")]


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 10**12),
        st.text(max_size=6),
        st.sampled_from(["2026-01-01", "x" * 6_001]),
    ),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.dictionaries(
            st.sampled_from(["title", "name", "done", "content", "field", "value", "id"]), inside, max_size=3
        ),
    ),
    max_leaves=6,
)
NAMES = ("title", "columnIndex", "description", "priority", "startDate", "dueDate", "startedAt", "completedAt")
MORE = ("archived", "checklist", "labels", "assignee", "customFields", "comments", "attachments", "else")
CARDS = st.lists(st.one_of(VALUES, st.dictionaries(st.sampled_from([*NAMES, *MORE]), VALUES, max_size=6)), max_size=4)


PARTS = ("name", "title", "type", "source", "target", "color", "options", "scopeIndex", "parentIndex", "cardIndexes")
MORE_PARTS = ("content", "contentFormat", "docType", "tags", "status", "startDate", "endDate")
LIKELY = st.one_of(VALUES, st.integers(0, 3), st.sampled_from(["text", "number", "select", "blocks", "parent_of"]))
ENTRIES = st.lists(
    st.one_of(VALUES, st.dictionaries(st.sampled_from([*PARTS, *MORE_PARTS]), LIKELY, max_size=6)), max_size=4
)
LISTS = ("columns", "scopes", "labels", "customFields", "relations", "documents", "members")


@settings(max_examples=200, deadline=None)
@given(CARDS, st.dictionaries(st.sampled_from(LISTS), ENTRIES, max_size=4))
def test_whatever_the_entries_are_an_import_takes_them(cards: list[Any], lists: dict[str, list[Any]]) -> None:
    values, _ = mended(file_of(*cards, **lists))

    assert len(values.cards) == len(cards)
    assert len(values.columns) == len(lists.get("columns", ["To do"]))
    assert len(values.documents) == len(lists.get("documents", []))


@settings(max_examples=50, deadline=None)
@given(CARDS, st.dictionaries(st.sampled_from(LISTS), ENTRIES, max_size=4))
def test_what_an_import_takes_as_it_is_mending_leaves_alone(cards: list[Any], lists: dict[str, list[Any]]) -> None:
    values, _ = mended(file_of(*cards, **lists))
    written = json.loads(values.model_dump_json(by_alias=True))

    again, notes = mended(written)

    assert (again, notes) == (values, [])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            VALUES,
            st.dictionaries(
                st.sampled_from(
                    [
                        "key",
                        "title",
                        "status",
                        "description",
                        "priority",
                        "labels",
                        "checklist",
                        "dependencies",
                        "parent",
                        "plan",
                        "assignees",
                        "milestone",
                    ]
                ),
                VALUES,
                max_size=6,
            ),
        ),
        max_size=4,
    )
)
def test_whatever_the_tasks_are_the_file_is_converted(tasks: list[Any]) -> None:
    file, _ = MAPPINGS["backlog-md"]({"tasks": [{"key": "T-1", "title": "x"}, *tasks], "documents": []})

    assert len(mended(file)[0].cards) == 1 + len(tasks)
