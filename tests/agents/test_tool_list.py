"""What is listed at first: little, in one order, the same for all that may do the same."""

import json
from typing import Any

import jsonschema_rs
import pytest
from bson import ObjectId

from agents.server.server import as_listed
from agents.tools.catalogue import LISTED, TOOLS, listed
from agents.tools.tool import Tool
from auth.subject import ALL_SCOPES, ANONYMOUS, Subject
from models.enums import TokenScope
from tests.denials.test_twice import MAKES_ANOTHER

MAX_TOKENS = 5_000
AGENT = Subject(user_id=ObjectId(), agent_id=ObjectId(), scopes=ALL_SCOPES)


def as_told(tool: Tool) -> dict[str, Any]:
    """A tool as MCP lists it."""
    return as_listed(tool.name).model_dump(mode="json", by_alias=True, exclude_none=True)


@pytest.mark.filterwarnings("ignore:open_binary is deprecated")
def test_the_list_takes_at_most_five_thousand_tokens() -> None:
    import bpe_openai

    text = json.dumps([as_told(TOOLS[name]) for name in LISTED], separators=(",", ":"))

    assert len(bpe_openai.get_encoding("o200k_base").encode(text)) <= MAX_TOKENS


def test_the_list_has_a_fixed_order() -> None:
    names = [tool.name for tool in listed(AGENT)]

    assert names == [name for name in LISTED if name != "decide_proposals"]


def test_who_may_do_less_is_told_of_less() -> None:
    reader = Subject(user_id=ObjectId(), scopes=frozenset({TokenScope.PROJECTS_READ}))

    names = {tool.name for tool in listed(reader)}

    assert {"get_card", "find_tools", "graph_query"} <= names
    assert names & {"create_card", "claim_mission", "run_agent"} == set()
    assert listed(ANONYMOUS) == []


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS.keys())
def test_a_schema_is_closed_and_refers_to_nothing(tool: Tool) -> None:
    jsonschema_rs.meta.validate(tool.schema)

    assert tool.schema["type"] == "object"
    assert tool.schema["additionalProperties"] is False
    assert "$ref" not in json.dumps([tool.schema, tool.output])
    assert tool.description


def test_annotations_say_what_a_tool_does() -> None:
    told = {name: dict(tool.annotations) for name, tool in TOOLS.items()}

    assert told["get_card"] == {"title": "Get card", "readOnlyHint": True}
    assert told["update_card"] == {
        "title": "Update card",
        "readOnlyHint": False,
        "destructiveHint": False,
        "idempotentHint": True,
    }
    assert told["delete_card"]["destructiveHint"]
    assert not told["create_card"]["idempotentHint"]


def test_what_makes_another_each_time_is_not_called_idempotent() -> None:
    makes = {tool.name for tool in TOOLS.values() if tool.operation and tool.operation.name in MAKES_ANOTHER}

    assert makes >= {"create_card", "comment", "run_agent"}
    assert {name for name in makes if TOOLS[name].idempotent} == set()
