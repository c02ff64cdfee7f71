from datetime import UTC, datetime
from typing import Any

import pytest

from models.errors import BadUserInput
from models.ids import Kind, new_id
from models.records import WorkspaceRecord
from resolvers.card.graph import cards_of_column, cards_of_project, cards_of_scope
from resolvers.custom_field.change import update_custom_field
from resolvers.inputs.custom_field import CustomFieldUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.lane.totals import totals
from tests.resolvers.conftest import make_organization, make_workspace
from tests.resolvers.custom import Fields
from tests.resolvers.projects import make_board

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
TYPES = {
    "Note": "text",
    "Points": "number",
    "Level": "select",
    "Tags": "multi-select",
    "Due": "date",
    "Sure": "boolean",
}
OPTIONS = {"Level": ("Low", "Mid", "High"), "Tags": ("x", "y", "z")}


@pytest.fixture(scope="module")
async def fields(standing_owner: Context) -> Fields:
    """What tests only read."""
    organization = await make_organization(standing_owner)
    return await make_fields(standing_owner, await make_workspace(standing_owner, organization))


@pytest.fixture
async def own_fields(owner: Context, workspace: WorkspaceRecord) -> Fields:
    """The same, of one test's own."""
    return await make_fields(owner, workspace)


async def make_fields(owner: Context, workspace: WorkspaceRecord) -> Fields:
    """Cards named A to E; E has no value."""
    fields = Fields(await make_board(owner, workspace, columns=1))
    for name, type_ in TYPES.items():
        await fields.add(name, type_, OPTIONS.get(name, ()))
    values: list[dict[str, Any]] = [
        {"Note": "one", "Points": 10, "Level": "High", "Tags": ["x"], "Due": "2026-06-01", "Sure": True},
        {"Note": "Two", "Points": 2.5, "Level": "Low", "Tags": ["x", "y"], "Due": "2026-05-01", "Sure": False},
        {"Note": "three", "Points": -1, "Level": "Mid", "Tags": ["z"], "Due": "2026-07-01"},
        {"Note": "one", "Points": 10, "Level": "Low"},
        {},
    ]
    for letter, given in zip("ABCDE", values, strict=True):
        card = await fields.board.card(title=letter)
        fields.cards.append(await fields.set(card, given) if given else card)
    return fields


def condition(fields: Fields, name: str, comparator: dict[str, Any]) -> dict[str, Any]:
    """A condition on a field, its options by their labels."""
    kind = {"select": "select", "multi-select": "select"}.get(TYPES[name], TYPES[name])
    if kind == "select":
        comparator = {
            operator: [fields.option(name, one) for one in value]
            if isinstance(value, list)
            else value
            if operator == "null"
            else fields.option(name, value)
            for operator, value in comparator.items()
        }
    return {"custom_field": {"field_id": fields.id(name), kind: comparator}}


async def letters(fields: Fields, **arguments: Any) -> str:
    arguments.setdefault("order_by", [{"field": "TITLE"}])
    [page] = await cards_of_project(fields.board.ctx, [fields.board.project], None, **arguments)
    assert await totals([page]) == [len(page.nodes)]
    return "".join(card["title"] for card in page.nodes)


@pytest.mark.parametrize(
    ("name", "comparator", "expected"),
    [
        ("Note", {"eq": "one"}, "AD"),
        ("Note", {"neq": "one"}, "BCE"),
        ("Note", {"in": ["Two", "three"]}, "BC"),
        ("Note", {"contains": "T"}, "BC"),
        ("Note", {"starts_with": "tw"}, "B"),
        ("Note", {"contains": ".*"}, ""),
        ("Note", {"null": True}, "E"),
        ("Points", {"eq": 10.0}, "AD"),
        ("Points", {"lt": 10}, "BC"),
        ("Points", {"gte": 2.5, "lte": 10}, "ABD"),
        ("Points", {"nin": [10, -1]}, "BE"),
        ("Points", {"gt": 100}, ""),
        ("Level", {"eq": "Low"}, "BD"),
        ("Level", {"neq": "Low"}, "ACE"),
        ("Level", {"in": ["High", "Mid"]}, "AC"),
        ("Level", {"null": False}, "ABCD"),
        ("Tags", {"eq": "x"}, "AB"),
        ("Tags", {"in": ["y", "z"]}, "BC"),
        ("Tags", {"nin": ["x"]}, "CDE"),
        ("Tags", {"null": True}, "DE"),
        ("Due", {"lte": JUNE}, "AB"),
        ("Due", {"gt": MAY}, "AC"),
        ("Due", {"null": True}, "DE"),
        ("Sure", {"eq": True}, "A"),
        ("Sure", {"eq": False}, "B"),
        ("Note", {}, "ABCDE"),
    ],
)
async def test_a_filter_by_a_custom_field_selects(
    name: str, comparator: dict[str, Any], expected: str, fields: Fields
) -> None:
    assert await letters(fields, filter=condition(fields, name, comparator)) == expected


async def test_conditions_on_custom_fields_combine(fields: Fields) -> None:
    low, ten = condition(fields, "Level", {"eq": "Low"}), condition(fields, "Points", {"eq": 10})
    none = {"custom_field": {"field_id": fields.id("Sure"), "null": True}}

    assert await letters(fields, filter={"and": [low, ten]}) == "D"
    assert await letters(fields, filter={"or": [low, ten]}) == "ABD"
    assert await letters(fields, filter={"not": {"or": [low, ten]}}) == "CE"
    assert await letters(fields, filter=none) == "CDE"
    assert await letters(fields, filter={**none, "title": {"in": ["C", "A"]}}) == "C"


@pytest.mark.parametrize(
    ("name", "ascending"),
    [("Note", "EADCB"), ("Points", "ECBAD"), ("Level", "EBDCA"), ("Due", "DEBAC"), ("Sure", "CDEBA")],
)
@pytest.mark.parametrize("size", [1, 2, 50])
async def test_pages_follow_the_order_of_a_custom_field(name: str, ascending: str, size: int, fields: Fields) -> None:
    ties = {"Points": "AD", "Level": "BD", "Note": "AD", "Due": "DE", "Sure": "CDE"}[name]
    descending = ascending[::-1].replace(ties[::-1], ties)
    for direction, expected in (("ASC", ascending), ("DESC", descending)):
        order = [{"field": "CUSTOM_FIELD", "custom_field_id": fields.id(name), "direction": direction}]
        found, after = "", None
        while True:
            [page] = await cards_of_project(
                fields.board.ctx, [fields.board.project], frozenset({"title"}), first=size, after=after, order_by=order
            )
            found += "".join(card["title"] for card in page.nodes)
            if not page.has_next:
                break
            after = page.cursor(page.nodes[-1])
        assert found == expected, direction


async def test_the_order_of_the_options_is_the_order_of_the_cards(own_fields: Fields) -> None:
    level = own_fields["Level"]
    order = [
        {"field": "CUSTOM_FIELD", "custom_field_id": own_fields.id("Level")},
        {"field": "TITLE", "direction": "DESC"},
    ]
    assert await letters(own_fields, order_by=order) == "EDBCA"

    given = read_input(CustomFieldUpdate, {"options": level["options"][::-1]})
    await update_custom_field(own_fields.board.ctx, level["_id"], given)

    assert await letters(own_fields, order_by=order) == "EACDB"


async def test_columns_and_scopes_filter_and_sort_the_same(
    own_fields: Fields, workspace: WorkspaceRecord, owner: Context
) -> None:
    board = own_fields.board
    step = await board.scope()
    scoped = await board.column("Doing", step["_id"])
    await own_fields.set(await board.card(None, columnId=scoped["_id"], title="S"), {"Points": 3})
    other = await make_board(owner, workspace, columns=1)
    where = condition(own_fields, "Points", {"gt": 0})
    order = [{"field": "CUSTOM_FIELD", "custom_field_id": own_fields.id("Points"), "direction": "DESC"}]
    given: dict[str, Any] = {"filter": where, "order_by": order}

    for edge, parents, expected in (
        (cards_of_column, [board.columns[0], scoped], ["ADB", "S"]),
        (cards_of_scope, [step], ["S"]),
        (cards_of_project, [board.project, other.project], ["ADSB", ""]),
        (cards_of_column, [board.columns[0]], ["ADB"]),
    ):
        found = await edge(board.ctx, parents, None, **given)
        assert ["".join(card["title"] for card in page.nodes) for page in found] == expected
        levels = [{"field": "CUSTOM_FIELD", "custom_field_id": own_fields.id("Level")}]
        assert len(await edge(board.ctx, parents, None, filter=where, order_by=levels)) == len(parents)


async def test_what_a_custom_field_cannot_be_asked_is_refused_by_name(
    own_fields: Fields, workspace: WorkspaceRecord, owner: Context
) -> None:
    other = Fields(await make_board(owner, workspace, columns=1))
    foreign = str((await other.add("Foreign", "text"))["_id"])
    nowhere = str(new_id(Kind.CUSTOM_FIELD))
    note, tags, option = own_fields.id("Note"), own_fields.id("Tags"), own_fields.id("Level")
    filters: list[tuple[dict[str, Any], str]] = [
        ({"field_id": "x"}, r"^filter\.customField\.fieldId: must be a 24"),
        ({"field_id": foreign, "null": True}, r"^filter\.customField\.fieldId: is not a custom field"),
        ({"field_id": nowhere, "null": True}, r"^filter\.customField\.fieldId: is not a custom field"),
        ({"field_id": note, "number": {"eq": 1}}, r"^filter\.customField\.number: does not compare a text"),
        ({"field_id": tags, "text": {"eq": "x"}}, r"^filter\.customField\.text: does not compare a multi-select"),
        ({"field_id": tags, "select": {"eq": option}}, r"^filter\.customField\.select: is not the id of a custom f"),
        ({"field_id": note, "text": {"eq": "\x00"}}, r"^filter\.customField\.text: must not hold a NUL"),
    ]
    for values, message in filters:
        with pytest.raises(BadUserInput, match=message):
            await letters(own_fields, filter={"not": {"custom_field": values}})
    names = ("Note", "Points", "Due", "Sure")
    orders: list[tuple[list[dict[str, Any]], str]] = [
        ([{"field": "CUSTOM_FIELD"}], r"^orderBy\.customFieldId: is required"),
        ([{"field": "TITLE", "custom_field_id": note}], r"^orderBy\.customFieldId: is for"),
        ([{"field": "CUSTOM_FIELD", "custom_field_id": foreign}], r"^orderBy\.customFieldId: is not a custom field"),
        ([{"field": "CUSTOM_FIELD", "custom_field_id": tags}], r"^orderBy\.customFieldId: is a multi-select"),
        (
            [{"field": "CUSTOM_FIELD", "custom_field_id": own_fields.id(one)} for one in names],
            "^orderBy: names more than 3",
        ),
    ]
    for order, message in orders:
        with pytest.raises(BadUserInput, match=message):
            await letters(own_fields, order_by=order)


async def test_the_longest_texts_fit_into_a_cursor(owner: Context, workspace: WorkspaceRecord) -> None:
    fields = Fields(await make_board(owner, workspace, columns=1))
    text = "\x01" * 500  # the widest there is, once written as JSON
    for name in "abc":
        await fields.add(name, "text")
    for _ in range(2):
        card = await fields.board.card(title=text)
        await fields.set(card, dict.fromkeys("abc", text))
    order = [
        *({"field": "CUSTOM_FIELD", "custom_field_id": fields.id(name)} for name in "abc"),
        {"field": "TITLE"},
    ]
    [page] = await cards_of_project(fields.board.ctx, [fields.board.project], None, first=1, order_by=order)
    after = page.cursor(page.nodes[0])

    [rest] = await cards_of_project(fields.board.ctx, [fields.board.project], None, after=after, order_by=order)

    assert [one["_id"] for one in (*page.nodes, *rest.nodes)] == [
        one["_id"] for one in (await cards_of_project(fields.board.ctx, [fields.board.project], None))[0].nodes
    ]
