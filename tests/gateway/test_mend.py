"""An odd card of another tool's file comes with what can be kept, and so do the others; what was changed is told."""

from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.cli.mappings import MAPPINGS
from gateway.cli.mend import PRIORITIES, mended
from resolvers.inputs.base import read_input
from resolvers.inputs.board import MAX_PROJECT_LABELS
from resolvers.inputs.transfer import WholeImport
from resolvers.transfer_plan import draw

PLAIN = {"title": "Plain", "priority": "low", "labels": ["a"], "checklist": [{"title": "Step", "done": True}]}


def file_of(*cards: Any) -> dict[str, Any]:
    return {"project": {"name": "x"}, "columns": [{"name": "To do"}], "cards": list(cards)}


def read(file: dict[str, Any]) -> WholeImport:
    checked = read_input(WholeImport, file)
    draw(ObjectId(), checked)
    return checked


@pytest.mark.parametrize(
    ("odd", "kept", "told"),
    [
        ({"title": ""}, {"title": "Untitled"}, ["cards.1.title: is missing, and Untitled now"]),
        ({}, {"title": "Untitled"}, ["cards.1.title: is missing, and Untitled now"]),
        ({"title": 7}, {"title": "7"}, []),
        ({"title": "x" * 501}, {"title": "x" * 500}, ["cards.1.title: is cut after 500 characters"]),
        (
            {"title": "a\x00"},
            {"title": "Untitled"},
            ["cards.1.title: is Untitled now, as it must not hold a NUL character"],
        ),
        (7, {"title": "Untitled"}, ["cards.1: is no object, and an empty card now"]),
        (
            {"labels": [{"name": "Bug", "color": "red"}, "Bug", {"id": 4}, "y" * 101]},
            {"labels": ["Bug", "y" * 100]},
            ["cards.1.labels.2: is left out, as it has no name", "cards.1.labels.3: is cut after 100 characters"],
        ),
        ({"labels": "Bug"}, {"labels": []}, ["cards.1.labels: is left out, as it is no list"]),
        (
            {"checklist": [{"title": "a", "done": True}, "b", {"done": True}]},
            {"checklist": [("a", True), ("b", False)]},
            ["cards.1.checklist.2: is left out, as it has no title"],
        ),
        (
            {"checklist": [{"title": str(number)} for number in range(101)]},
            {"checklist": [(str(number), False) for number in range(100)]},
            ["cards.1.checklist: only the first 100 of 101 steps are kept"],
        ),
        ({"priority": "High"}, {"priority": 3}, []),
        ({"priority": {"name": "Critical"}}, {"priority": 3}, []),
        ({"priority": "None"}, {"priority": None}, []),
        (
            {"priority": "someday"},
            {"priority": None},
            ["cards.1.priority: 'someday' is left out, as it is neither high, medium nor low"],
        ),
        (
            {"dueDate": "soon"},
            {"due_date": None},
            ["cards.1.dueDate: is left out, as it must be an ISO 8601 date or date-time"],
        ),
        ({"columnIndex": 3}, {"column_index": None}, ["cards.1.columnIndex: is left out, as it points to no column"]),
        ({"points": 5}, {}, ["cards.1.points: is left out, as cards have no such field"]),
        (
            {"comments": [{"content": "a"}, {"content": ""}, {"content": "b"}]},
            {"comments": ["a", "b"]},
            ["cards.1.comments.1: is left out, as it must have at least 1 characters"],
        ),
    ],
)
def test_an_odd_card_comes_with_what_can_be_kept(odd: Any, kept: dict[str, Any], told: list[str]) -> None:
    card = {"title": "Odd", **odd} if isinstance(odd, dict) and odd else odd

    file, sentences = mended(file_of(PLAIN, card, PLAIN))

    first, found, last = read(file).cards
    assert (first.title, last.title) == ("Plain", "Plain")
    shown: dict[str, Any] = found.model_dump() | {
        "checklist": [(step.title, step.done) for step in found.checklist],
        "comments": [comment.content for comment in found.comments],
    }
    assert {name: shown[name] for name in kept} == kept
    assert sentences == told


def test_every_name_of_a_priority_is_one() -> None:
    for priority, words in PRIORITIES.items():
        for word in words:
            file, told = mended(file_of({"title": "x", "priority": word.title()}))
            assert (file["cards"][0]["priority"], told) == (priority, [])


def test_labels_beyond_those_of_a_project_are_left_out() -> None:
    cards = [{"title": "x", "labels": [f"{card}-{n}" for n in range(50)]} for card in range(11)]

    file, told = mended(file_of(*cards))

    assert len({name for card in read(file).cards for name in card.labels}) == MAX_PROJECT_LABELS
    assert told == ["cards.10.labels: some are left out, as a project has at most 500 labels"]


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 10**12), st.text(max_size=6), st.just("2026-01-01")),
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


@settings(max_examples=300, deadline=None)
@given(CARDS)
def test_whatever_the_cards_are_an_import_takes_them(cards: list[Any]) -> None:
    file, _ = mended(file_of(*cards))

    assert len(read(file).cards) == len(cards)


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

    assert len(read(file).cards) == 1 + len(tasks)
