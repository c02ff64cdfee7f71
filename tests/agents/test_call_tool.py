"""Tools called as a client calls them. That each tells nothing of what is another tenant's is held by
`tests/denials/test_tools.py`."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest

from agents.tools.catalogue import TOOLS, call_tool
from agents.tools.render import MAX_BYTES
from models.errors import BadUserInput, NotFound
from models.ids import Kind, new_id
from resolvers.kit.context import Context
from tests.resolvers.conftest import make_organization, make_workspace
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board


@pytest.fixture(scope="module")
async def board(standing_owner: Context) -> Board:
    """The board that the tests of this file share."""
    return await filled(standing_owner)


async def filled(standing_owner: Context) -> Board:
    """A board with two columns and seven cards in the first."""
    workspace = await make_workspace(standing_owner, await make_organization(standing_owner))
    board = await make_board(standing_owner, workspace, columns=2)
    for number in range(7):
        await board.card(0, title=f"Card {number}")
    return board


async def read(board: Board, tool: str, **arguments: Any) -> str:
    told = await call_tool(again(board.ctx), tool, arguments)
    assert isinstance(told, str)
    return told


async def write(board: Board, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool did, which is as its schema says."""
    done = await call_tool(again(board.ctx), tool, arguments)
    assert isinstance(done, dict)
    schema = TOOLS[tool].output
    assert schema is not None
    jsonschema_rs.Draft202012Validator(schema).validate(done)
    assert len(json.dumps(done).encode()) <= MAX_BYTES
    return done


async def test_a_change_answers_with_what_it_made_and_where_its_event_stands(board: Board) -> None:
    made = await write(
        board, "create_card", projectId=str(board.project["_id"]), title="New", checklist=[{"title": "Step"}]
    )
    column = board.columns[1]
    moved = await write(board, "move_card", id=made["card"]["id"], columnId=str(column["_id"]))

    assert made["status"] == "DONE"
    assert made["card"]["checklist"][0]["title"] == "Step"
    assert moved["card"]["column"] == {"id": str(column["_id"]), "name": column["name"]}
    assert moved["cursor"] != made["cursor"]
    told = await read(board, "get_card", id=made["card"]["id"])
    assert f"column: {column['name']} [{column['_id']}]" in told.splitlines()
    assert f"  - Step [{made['card']['checklist'][0]['id']}]" in told.splitlines()

    gone = await write(board, "delete_card", id=made["card"]["id"])
    assert gone["deleted"] == made["card"]["id"]
    with pytest.raises(NotFound):
        await read(board, "get_card", id=made["card"]["id"])


async def test_cards_are_read_page_by_page_and_each_once(board: Board) -> None:
    seen: list[str] = []
    given: dict[str, Any] = {"projectId": str(board.project["_id"]), "title": "Card ", "first": 3}
    while True:
        told = await read(board, "list_cards", **given)
        seen += re.findall(r"^- (Card \d)", told, re.MULTILINE)
        follows = re.match(r"cards: 3 of 7, next: after=(\S+)\n", told)
        if follows is None:
            break
        given["after"] = follows[1]

    assert told.startswith("cards: 1 of 7, no more\n")
    assert seen == [f"Card {number}" for number in range(7)]


async def test_a_board_tells_how_many_cards_each_column_has(standing_owner: Context) -> None:
    board = await filled(standing_owner)

    told = await read(board, "get_board", projectId=str(board.project["_id"]), first=2)

    rows = [line for line in told.splitlines() if line.startswith("  - column:")]
    assert [row.rpartition(" · ")[2] for row in rows] == ["total: 7", "total: 0"]
    assert len(re.findall(r"- Card \d", told)) == 2


async def test_conditions_on_cards_all_hold(board: Board) -> None:
    named = await board.card(1, title="Urgent", priority="high", dueDate="2030-01-02")
    asked: dict[str, Any] = {"projectId": str(board.project["_id"]), "columnId": str(board.columns[1]["_id"])}

    found = await read(board, "list_cards", **asked, priority="high", dueBefore="2030-01-03")

    assert f"- Urgent [{named['_id']}]" in found
    assert await read(board, "list_cards", **asked, priority="low") == "cards: none of 0"
    assert await read(board, "list_cards", **asked, dueBefore="2030-01-02") == "cards: none of 0"


async def test_a_document_is_read_whole_however_long_it_is(board: Board) -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(2_000))
    made = await write(
        board, "create_document", workspaceId=str(board.project["workspace_id"]), title="Long", content=text
    )
    read_so_far, offset = "", 0
    for _ in range(10):
        told = await read(board, "get_document", id=made["document"]["id"], offset=offset)
        head, _, part = told.partition("\n")
        read_so_far += part
        if "next" not in head:
            break
        offset = int(head.rpartition("=")[2])

    assert re.findall(r"Paragraph \d+\.", read_so_far.partition("\ntext:\n")[2]) == text.split("\n\n")


async def test_who_one_is_and_where_one_may_work(board: Board) -> None:
    told = await read(board, "whoami")

    assert f"[{board.ctx.user_id}]" in told
    assert str(board.project["workspace_id"]) in told
    assert "projects:write" in told


async def test_what_was_written_is_told_in_short(board: Board) -> None:
    steps = [{"title": f"{number} " + "x" * 400} for number in range(100)]

    made = await write(board, "create_card", projectId=str(board.project["_id"]), title="Large", checklist=steps)

    assert made["card"].keys() == {"id", "title"}
    assert "cut" in made


@pytest.mark.parametrize(
    ("tool", "arguments", "field"),
    [
        ("get_card", {}, "id"),
        ("get_card", {"id": "x"}, "id"),
        ("get_card", {"id": "0" * 24, "column": 1}, "column"),
        ("list_cards", {"projectId": str(new_id(Kind.PROJECT)), "first": 101}, "first"),
        ("list_labels", {"projectId": "0" * 24, "offset": -1}, "offset"),
        ("list_labels", {"projectId": "0" * 24, "offset": True}, "offset"),
        ("find_tools", {"query": 7}, "query"),
        ("find_tools", {"query": "card", "first": 1}, "first"),
        ("call_tool", {"name": 7}, "name"),
        ("call_tool", {"name": "call_tool"}, "name"),
        ("call_tool", {"name": "get_card", "arguments": []}, "arguments"),
        ("call_tool", {"name": "get_card", "arguments": {"id": "x"}}, "id"),
    ],
)
async def test_arguments_that_do_not_fit_are_refused_by_name(
    tool: str, arguments: dict[str, Any], field: str, board: Board
) -> None:
    with pytest.raises(BadUserInput) as refused:
        await call_tool(again(board.ctx), tool, arguments)

    assert refused.value.details["field"] == field


@pytest.mark.parametrize("name", ["no_such_tool", "cardMove", "auth_login", "graph_query"])
async def test_what_is_no_tool_is_not_found(name: str, board: Board) -> None:
    with pytest.raises(NotFound):
        await call_tool(again(board.ctx), name, {"query": "{ viewer { id } }"})
    with pytest.raises(NotFound):
        await call_tool(again(board.ctx), "call_tool", {"name": name, "arguments": {"query": "{ viewer { id } }"}})


async def test_a_tool_that_was_found_is_called_by_its_schema(board: Board) -> None:
    found = await read(board, "find_tools", query="create a label")
    schema = json.loads(found.split("- create_label: ")[1].splitlines()[1])
    arguments = {"projectId": str(board.project["_id"]), "name": "found"}
    jsonschema_rs.Draft202012Validator(schema).validate(arguments)

    done = await call_tool(again(board.ctx), "call_tool", {"name": "create_label", "arguments": arguments})

    assert isinstance(done, dict)
    assert done["label"]["name"] == "found"
    assert found.startswith("tools: 8 of ")
    assert len((await read(board, "find_tools", query="")).encode()) <= MAX_BYTES


async def test_what_is_searched_is_told_with_how_much_there_is(board: Board) -> None:
    await board.card(1, title="Heliograph")
    await board.card(1, title="Heliograph again")

    found = await read(board, "search", workspaceId=str(board.project["workspace_id"]), query="heliograph", first=1)

    assert re.match(r"found: 1 of 2, next: after=\S+\n- Heliograph", found)
