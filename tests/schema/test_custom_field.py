"""Custom fields over the graph: definitions, values, filters, orders, and what a watcher is told."""

from typing import Any

from tests.gateway.lab import Board

CREATE = """
mutation ($input: CustomFieldCreateInput!) {
  customFieldCreate(input: $input) {
    customField { id name type order options { id label color } project { name } } cursor
  }
}
"""
UPDATE = """
mutation ($id: ID!, $input: CustomFieldUpdateInput!) {
  customFieldUpdate(id: $id, input: $input) {
    customField { name type options { label } } affectedCards clearedValues convertedValues cursor
  }
}
"""
DELETE = "mutation ($id: ID!) { customFieldDelete(id: $id) { deletedId cursor } }"
SET = """
mutation ($id: ID!, $input: CardCustomFieldsSetInput!) {
  cardCustomFieldsSet(id: $id, input: $input) {
    card {
      version
      customFields {
        field { name type } value textValue numberValue dateValue booleanValue options { label color }
      }
    }
    cursor
  }
}
"""
LIST = """
query ($id: ID!, $filter: CardFilter, $orderBy: [CardOrder!], $first: Int, $after: String) {
  project(id: $id) {
    customFields { name order }
    cards(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount nodes { title } pageInfo { hasNextPage endCursor }
    }
    columns { cards(filter: $filter, orderBy: $orderBy) { nodes { title } } }
  }
}
"""


async def create(board: Board, name: str, type: str, *options: str) -> dict[str, Any]:
    given: dict[str, Any] = {"projectId": board.project, "name": name, "type": type}
    given |= {"options": [{"label": one} for one in options]} if options else {}
    made: dict[str, Any] = (await board.ann.ask(CREATE, input=given))["customFieldCreate"]["customField"]
    return made


async def put(board: Board, card: str, **values: Any) -> dict[str, Any]:
    """Set values by the ids of their fields."""
    given = [{"fieldId": field_id, "value": value} for field_id, value in values.items()]
    made: dict[str, Any] = (await board.ann.ask(SET, id=card, input={"values": given}))["cardCustomFieldsSet"]["card"]
    return made


async def test_every_type_of_value_comes_back_as_it_was_given(board: Board) -> None:
    level = await create(board, "Level", "SELECT", "Low", "High")
    tags = await create(board, "Tags", "MULTI_SELECT", "x", "y")
    plain = {name: (await create(board, name, name))["id"] for name in ("TEXT", "NUMBER", "DATE", "BOOLEAN")}
    card = await board.card("A")

    changed = await put(
        board,
        card,
        **{
            plain["TEXT"]: "words",
            plain["NUMBER"]: 2.5,
            plain["DATE"]: "2030-04-01",
            plain["BOOLEAN"]: False,
            level["id"]: "High",
            tags["id"]: [tags["options"][1]["id"], "x"],
        },
    )

    assert (level["order"], level["project"]) == (0, {"name": "Launch"})
    assert changed["version"] == 2
    nothing: dict[str, Any] = {
        "textValue": None,
        "numberValue": None,
        "dateValue": None,
        "booleanValue": None,
        "options": [],
    }
    grey = [{"label": label, "color": "#6b7280"} for label in ("x", "y")]
    day, high = "2030-04-01T00:00:00.000Z", level["options"][1]
    expected: list[tuple[str, str, Any, dict[str, Any]]] = [
        ("Level", "SELECT", high["id"], {"options": [{"label": "High", "color": "#6b7280"}]}),
        ("Tags", "MULTI_SELECT", [one["id"] for one in tags["options"][::-1]], {"options": grey}),
        ("TEXT", "TEXT", "words", {"textValue": "words"}),
        ("NUMBER", "NUMBER", 2.5, {"numberValue": 2.5}),
        ("DATE", "DATE", day, {"dateValue": day}),
        ("BOOLEAN", "BOOLEAN", False, {"booleanValue": False}),
    ]
    assert changed["customFields"] == [
        {"field": {"name": name, "type": type_}, "value": value, **nothing, **shown}
        for name, type_, value, shown in expected
    ]


async def test_cards_are_filtered_and_sorted_by_custom_fields(board: Board) -> None:
    points, level = await create(board, "Points", "NUMBER"), await create(board, "Level", "SELECT", "Low", "High")
    low, high = (option["id"] for option in level["options"])
    for title, number, option in (("A", 3, high), ("B", 1, low), ("C", 2, high)):
        await put(board, await board.card(title), **{points["id"]: number, level["id"]: option})
    await board.card("D")
    above = {"customField": {"fieldId": points["id"], "number": {"gte": 2}}}
    by = [{"field": "CUSTOM_FIELD", "customFieldId": points["id"], "direction": "DESC"}]

    async def titles(**variables: Any) -> list[str]:
        found = (await board.ann.ask(LIST, id=board.project, **variables))["project"]
        listed = "".join(card["title"] for card in found["cards"]["nodes"])
        assert "".join(card["title"] for card in found["columns"][0]["cards"]["nodes"]) == listed
        assert found["cards"]["totalCount"] == len(listed)
        return [listed, *(one["name"] for one in found["customFields"])]

    assert await titles(filter=above, orderBy=by) == ["AC", "Points", "Level"]
    assert (await titles(filter={"customField": {"fieldId": level["id"], "select": {"in": [low]}}}))[0] == "B"
    assert (await titles(filter={"not": above}, orderBy=by))[0] == "BD"
    options = [{"field": "CUSTOM_FIELD", "customFieldId": level["id"]}, {"field": "TITLE", "direction": "DESC"}]
    assert (await titles(orderBy=options))[0] == "DBCA"


async def test_a_filter_of_the_wrong_type_is_refused(board: Board) -> None:
    points = await create(board, "Points", "NUMBER")

    body = await board.ann.send(
        LIST, id=board.project, filter={"customField": {"fieldId": points["id"], "text": {"eq": "1"}}}
    )

    [error, *_] = body["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["field"] == "filter.customField.text"


async def test_a_change_that_loses_values_takes_leave(board: Board) -> None:
    level = await create(board, "Level", "SELECT", "Low", "High")
    await put(board, await board.card("A"), **{level["id"]: "High"})
    fewer: dict[str, Any] = {"options": [{"label": "Low"}]}

    refused = await board.ann.send(UPDATE, id=level["id"], input=fewer)
    [error] = refused["errors"]
    done = (await board.ann.ask(UPDATE, id=level["id"], input={**fewer, "onIncompatible": "CLEAR"}))[
        "customFieldUpdate"
    ]

    assert (error["extensions"]["code"], error["extensions"]["affectedCards"]) == ("CONFLICT", 1)
    counts = [done[name] for name in ("affectedCards", "clearedValues", "convertedValues")]
    assert (counts, done["customField"]["options"]) == ([1, 1, 0], [{"label": "Low"}])
    assert (await board.ann.ask(DELETE, id=level["id"]))["customFieldDelete"]["deletedId"] == level["id"]


async def test_a_field_is_a_node(board: Board) -> None:
    await create(board, "Note", "TEXT")
    level = await create(board, "Level", "SELECT", "Low")

    query = "query ($id: ID!) { node(id: $id) { id ... on CustomField { name order options { label } } } }"
    found = (await board.ann.ask(query, id=level["id"]))["node"]

    assert found == {"id": level["id"], "name": "Level", "order": 1, "options": [{"label": "Low"}]}
