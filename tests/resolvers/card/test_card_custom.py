import asyncio
from typing import Any

import pytest

from models import Card
from models.base import collection
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from resolvers.card.custom import set_card_custom_fields
from resolvers.custom_field.custom_field import delete_custom_field
from resolvers.inputs.custom_field import CardCustomFieldsSet
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.custom import Fields, make_fields
from tests.resolvers.projects import make_board
from tests.stubs import stub


@pytest.fixture
async def fields(owner: Context, workspace: Any) -> Fields:
    fields = await make_fields(await make_board(owner, workspace, columns=1))
    await fields.add("Points", "number")
    return fields


async def test_what_is_set_is_a_change_of_the_card(fields: Fields) -> None:
    board, card = fields.board, fields.cards[3]
    seq = await board.seq()

    changed = await fields.set(card, {"Points": 3, "Level": "High"})

    assert changed["version"] == card["version"] + 1
    assert {**changed, "order": 3} == {**await board.stored(card), "order": 3}
    [event] = await board.events_since(seq)
    assert (event["type"], event["card_id"]) == ("CardUpdated", card["_id"])
    assert event["data"]["changed_fields"] == ["customFields"]
    assert event["data"]["card"]["custom_values"][fields.id("Points")] == 3
    assert await fields.values("Points") == [None, None, None, 3]
    assert await fields.values("Level") == ["Low", "Mid", "High", "High"]


async def test_null_clears_and_what_is_not_named_stays(fields: Fields) -> None:
    await fields.set(fields.cards[0], {"Level": None, "Points": None})

    stored = await fields.board.stored(fields.cards[0])
    assert list(stored["custom_values"]) == [fields.id("Tags")]


@pytest.mark.parametrize("values", [{"Level": "Low"}, {"Points": None}, {"Tags": ["y", "x"]}])
async def test_what_is_there_already_changes_nothing(values: dict[str, Any], fields: Fields) -> None:
    seq = await fields.board.seq()

    card = await fields.set(fields.cards[0], values)

    assert card["version"] == fields.cards[0]["version"]
    assert await fields.board.types_since(seq) == []


async def test_a_refused_value_leaves_all_as_it_was(fields: Fields) -> None:
    before = await fields.board.stored(fields.cards[0])

    with pytest.raises(BadUserInput, match=rf"^customFields\.{fields.id('Points')}: must be a number"):
        await fields.set(fields.cards[0], {"Level": "High", "Points": "many"})

    assert await fields.board.stored(fields.cards[0]) == before


async def test_a_field_of_another_project_is_refused_as_one_that_is_none(fields: Fields, owner: Context) -> None:
    board = fields.board
    other = Fields(await make_board(owner, stub({"_id": board.workspace_id}), columns=1))
    foreign = (await other.add("Foreign", "text"))["_id"]

    for field_id in (foreign, new_id(Kind.CUSTOM_FIELD)):
        values = read_input(CardCustomFieldsSet, {"values": [{"fieldId": field_id, "value": "x"}]})
        with pytest.raises(BadUserInput, match="is not a custom field of the card's project"):
            await set_card_custom_fields(board.ctx, fields.cards[0]["_id"], values)


async def test_only_a_change_of_the_same_field_conflicts(fields: Fields) -> None:
    card = fields.cards[0]
    seen = card["version"]
    await fields.set(card, {"Points": 1})
    await fields.board.update(card, title="Other")

    await fields.set(card, {"Level": "High"}, expected=seen)
    with pytest.raises(Conflict, match=f"changed since version {seen}") as refused:
        await fields.set(card, {"Points": 2, "Tags": ["x"]}, expected=seen)

    assert refused.value.details["fields"] == [f"customFields.{fields.id('Points')}"]
    with pytest.raises(BadUserInput, match=r"^expectedVersion: is newer"):
        await fields.set(card, {"Points": 2}, expected=99)


async def test_people_who_set_different_fields_at_once_do_not_undo_each_other(fields: Fields) -> None:
    card = fields.cards[3]

    await asyncio.gather(*(fields.set(card, one) for one in ({"Level": "Low"}, {"Points": 5}, {"Tags": ["x"]})))

    stored = await fields.board.stored(card)
    assert set(stored["custom_values"]) == {fields.id(name) for name in ("Level", "Points", "Tags")}


async def test_a_value_that_a_deleted_field_left_is_seen_by_nobody(fields: Fields) -> None:
    card, level = fields.cards[0], fields.id("Level")
    stale = (await fields.board.stored(card))["custom_values"]
    await delete_custom_field(fields.board.ctx, level)
    await collection(Card).update_one({"_id": card["_id"]}, {"$set": {"custom_values": stale}})

    assert await fields.values("Level") == [None] * 4
    changed = await fields.set(card, {"Points": 1})
    assert level not in changed["custom_values"]


async def test_a_card_that_was_stored_before_there_were_fields_takes_values(fields: Fields) -> None:
    card = fields.cards[3]
    await collection(Card).update_one({"_id": card["_id"]}, {"$unset": {"custom_values": ""}})

    await fields.set(card, {"Points": 1})

    assert await fields.values("Points") == [None, None, None, 1]


async def test_a_card_that_is_gone_takes_none(fields: Fields) -> None:
    values = read_input(CardCustomFieldsSet, {"values": [{"fieldId": fields.id("Points"), "value": 1}]})

    with pytest.raises(NotFound, match="Card not found"):
        await set_card_custom_fields(fields.board.ctx, new_id(Kind.CARD), values)
