import asyncio
from typing import Any

import pytest

from models import Card, CustomField
from models.base import collection
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from resolvers.custom_field import change as custom_field_change
from resolvers.custom_field.change import ChangedField, update_custom_field
from resolvers.custom_field.custom_field import (
    create_custom_field,
    custom_fields_of_project,
    delete_custom_field,
    list_custom_fields,
    order_of,
)
from resolvers.inputs.custom_field import MAX_FIELDS, MAX_OPTIONS, CustomFieldCreate, CustomFieldUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.project.project import delete_project
from tests.resolvers.custom import Fields, make_fields
from tests.resolvers.projects import Board, make_board
from tests.stubs import stub, stubs


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


async def create(board: Board, **values: Any) -> Any:
    given = {"projectId": board.project["_id"], "name": "Risk", "type": "text", **values}
    return (await create_custom_field(board.ctx, read_input(CustomFieldCreate, given))).value


async def update(board: Board, field: Any, **values: Any) -> ChangedField:
    return (await update_custom_field(board.ctx, field["_id"], read_input(CustomFieldUpdate, values))).value


async def names(board: Board) -> list[str]:
    return [one["name"] for one in await list_custom_fields(board.ctx, board.project["_id"])]


async def test_a_field_is_created_behind_the_others_and_told(board: Board) -> None:
    await create(board, name="First")
    seq = await board.seq()

    field = await create(board, name="Level", type="select", options=["Low", {"label": "High", "color": "#FF0000"}])

    assert (field["order"], field["type"]) == (1, "select")
    assert [(one["label"], one["color"]) for one in field["options"]] == [("Low", "#6b7280"), ("High", "#ff0000")]
    [event] = await board.events_since(seq)
    assert (event["type"], event["project_id"]) == ("CustomFieldCreated", board.project["_id"])
    assert {**event["data"]["custom_field"], "order": 1} == field
    assert (await list_custom_fields(board.ctx, board.project["_id"]))[1] == field


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": ""}, "^name: "),
        ({"type": "colour"}, "^type: "),
        ({"options": ["Low"]}, "^options: a text field has none"),
        ({"type": "select", "options": ["Low", "Low"]}, "^options: has two options with one label"),
        ({"type": "select", "options": [{"label": "x", "color": "red"}]}, r"^options\.0\.color: "),
        ({"type": "select", "options": [{"id": new_id(Kind.CUSTOM_FIELD_OPTION), "label": "x"}]}, r"^options\.0\.id: "),
        ({"type": "select", "options": [str(n) for n in range(MAX_OPTIONS + 1)]}, "^options: must have at most 100"),
        ({"type": "select", "options": "Low"}, "^options: must be a list"),
    ],
)
async def test_a_definition_that_is_none_is_refused_by_name(values: dict[str, Any], message: str, board: Board) -> None:
    with pytest.raises(BadUserInput, match=message):
        await create(board, **values)
    assert await names(board) == []


async def test_a_name_is_taken_once_even_by_twenty_at_once(board: Board) -> None:
    answers = await asyncio.gather(*(create(board) for _ in range(20)), return_exceptions=True)

    assert sum(isinstance(one, Conflict) for one in answers) == 19
    other = await create(board, name="Other")
    with pytest.raises(Conflict, match=r"^name: is taken"):
        await update(board, other, name="Risk")
    assert await names(board) == ["Risk", "Other"]


async def test_a_project_has_at_most_50_fields(board: Board) -> None:
    field = await create(board)
    more = [{**field, "_id": new_id(Kind.CUSTOM_FIELD), "name": str(n)} for n in range(MAX_FIELDS - 1)]
    for one in more:
        del one["order"]
    await stubs(CustomField).insert_many(more)

    with pytest.raises(Conflict, match="at most 50 custom fields"):
        await create(board, name="One more")


@pytest.mark.parametrize(("place", "order", "expected"), [(0, 2, "bca"), (2, 0, "cab"), (1, 99, "acb"), (1, 1, "abc")])
async def test_a_field_moves_among_the_others(place: int, order: int, expected: str, board: Board) -> None:
    fields = [await create(board, name=name) for name in "abc"]
    seq = await board.seq()

    moved = await update(board, fields[place], order=order)

    assert "".join(await names(board)) == expected
    assert moved.custom_field["order"] == expected.index("abc"[place])
    assert await board.types_since(seq) == ([] if expected == "abc" else ["CustomFieldUpdated"])


async def test_ranks_that_grew_long_are_spread_again(board: Board) -> None:
    fields = [await create(board, name=name) for name in "abc"]
    await collection(CustomField).update_one({"_id": fields[1]["_id"]}, {"$set": {"rank": "a0" + "V" * 120}})

    await update(board, fields[2], order=1)

    assert await names(board) == ["a", "c", "b"]
    stored = await collection(CustomField).find({"project_id": board.project["_id"]}).to_list()
    assert max(len(one["rank"]) for one in stored) < 20


async def test_a_field_knows_its_place_however_it_was_reached(board: Board) -> None:
    fields = [await create(board, name=name) for name in "abc"]
    bare = [{"_id": one["_id"], "project_id": one["project_id"]} for one in reversed(fields)]

    assert await order_of(board.ctx, stub(bare), None) == [2, 1, 0]
    [found] = await custom_fields_of_project(board.ctx, [board.project], frozenset({"name"}))
    assert await order_of(board.ctx, found, None) == [0, 1, 2]


@pytest.fixture
async def fields(board: Board) -> Fields:
    """A select field Level (Low, Mid, High) and a multi-select field Tags (x, y), and cards with values of both."""
    return await make_fields(board)


async def test_a_change_that_loses_nothing_needs_no_leave(board: Board, fields: Fields) -> None:
    level = fields["Level"]
    options = [*level["options"][::-1], {"label": "New"}]
    renamed = [{**one, "label": "Medium"} if one["label"] == "Mid" else one for one in options]
    seq = await board.seq()

    changed = await update(board, level, options=renamed, name="Risk")

    assert (changed.affected_cards, changed.cleared_values, changed.converted_values) == (0, 0, 0)
    assert [one["label"] for one in changed.custom_field["options"]] == ["High", "Medium", "Low", "New"]
    assert await board.types_since(seq) == ["CustomFieldUpdated"]
    assert await fields.values("Level") == ["Low", "Medium", "High", None]


async def test_removing_an_option_that_is_used_is_refused_with_the_counts(board: Board, fields: Fields) -> None:
    seq = await board.seq()

    with pytest.raises(Conflict, match=r"^onIncompatible: .* and 1 would be lost") as refused:
        await update(board, fields["Level"], options=["Low", "Mid"])

    counts = {"affectedCards": 1, "clearedValues": 1, "convertedValues": 0}
    assert refused.value.details == {"field": "onIncompatible", **counts}
    assert await board.types_since(seq) == []
    assert await fields.values("Level") == ["Low", "Mid", "High", None]


async def test_with_leave_the_values_of_an_option_go_with_it(board: Board, fields: Fields) -> None:
    versions = [(await board.stored(card))["version"] for card in fields.cards]
    seq = await board.seq()

    changed = await update(board, fields["Level"], options=["Low"], onIncompatible="clear")

    assert (changed.affected_cards, changed.cleared_values, changed.converted_values) == (2, 2, 0)
    assert await fields.values("Level") == ["Low", None, None, None]
    updated, told = await board.events_since(seq)
    assert (updated["type"], told["type"]) == ("CustomFieldUpdated", "CustomFieldValuesChanged")
    assert told["data"]["field_id"] == fields["Level"]["_id"]
    assert told["data"]["changes"] == [{"card_id": one["_id"], "value": None} for one in fields.cards[1:3]]
    assert [(await board.stored(card))["version"] for card in fields.cards] == versions


async def test_a_list_loses_an_option_and_keeps_the_others(board: Board, fields: Fields) -> None:
    with pytest.raises(Conflict, match="2 would be lost"):
        await update(board, fields["Tags"], options=["y"])

    changed = await update(board, fields["Tags"], options=["y"], onIncompatible="clear")

    assert (changed.affected_cards, changed.cleared_values, changed.converted_values) == (2, 1, 1)
    assert await fields.values("Tags") == [["y"], None, ["y"], None]


async def test_a_changed_type_converts_what_it_can(board: Board, fields: Fields) -> None:
    changed = await update(board, fields["Level"], type="text")

    assert (changed.custom_field["type"], changed.custom_field["options"]) == ("text", [])
    assert (changed.affected_cards, changed.cleared_values, changed.converted_values) == (3, 0, 3)
    assert await fields.values("Level") == ["Low", "Mid", "High", None]

    with pytest.raises(Conflict, match="3 would be lost"):
        await update(board, fields["Level"], type="number")
    back = await update(board, fields["Level"], type="multi-select", options=["High", "Low"], onIncompatible="clear")

    assert (back.affected_cards, back.cleared_values, back.converted_values) == (3, 1, 2)
    assert await fields.values("Level") == [["Low"], None, ["High"], None]


async def test_the_events_of_a_changed_type_lead_from_the_old_values_to_the_new(board: Board, fields: Fields) -> None:
    key = str(fields["Level"]["_id"])
    before = {card["_id"]: (await board.stored(card))["custom_values"] for card in fields.cards}
    seq = await board.seq()

    await update(board, fields["Level"], type="text")

    for event in await board.events_since(seq):
        for one in event["data"].get("changes", ()):
            before[one["card_id"]][key] = one["value"]
    assert before == {card["_id"]: (await board.stored(card))["custom_values"] for card in fields.cards}


async def test_more_values_than_one_change_rewrites_are_refused(
    board: Board, fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custom_field_change, "MAX_VALUES", 2)

    with pytest.raises(Conflict, match="More than 2 cards"):
        await update(board, fields["Level"], type="text", onIncompatible="clear")
    assert await fields.values("Level") == ["Low", "Mid", "High", None]


async def test_many_values_are_told_in_portions(board: Board, fields: Fields, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_field_change, "BATCH", 2)
    seq = await board.seq()

    await update(board, fields["Level"], type="text")

    told = [one for one in await board.events_since(seq) if one["type"] == "CustomFieldValuesChanged"]
    assert [len(one["data"]["changes"]) for one in told] == [2, 1]
    assert await fields.values("Level") == ["Low", "Mid", "High", None]


async def test_a_deleted_field_leaves_no_value_behind(board: Board, fields: Fields) -> None:
    seq = await board.seq()

    deleted = await delete_custom_field(board.ctx, fields["Level"]["_id"])

    assert deleted.value == fields["Level"]["_id"]
    assert await board.types_since(seq) == ["CustomFieldDeleted"]
    stored = [await board.stored(card) for card in fields.cards]
    assert all(str(deleted.value) not in card["custom_values"] for card in stored)
    assert await fields.values("Tags") == [["x", "y"], ["x"], ["y"], None]
    for again in (delete_custom_field(board.ctx, deleted.value), update(board, fields["Level"], name="x")):
        with pytest.raises(NotFound, match="Custom field not found"):
            await again


async def test_the_fields_of_a_project_go_with_it(board: Board, fields: Fields) -> None:
    seq = await board.seq()

    await delete_project(board.ctx, board.project["_id"])

    assert (await board.types_since(seq)).count("CustomFieldDeleted") == 2
    for model in (CustomField, Card):
        assert await stubs(model).count_documents({"project_id": board.project["_id"]}) == 0
