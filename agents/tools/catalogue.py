"""The catalogue of tools, for the runtime and for MCP: what is listed at first, what finds the rest, and what calls."""

import json
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from agents.tools.find import ranked
from agents.tools.graph import GRAPH_QUERY
from agents.tools.operations import operation_tools
from agents.tools.render import MAX_BYTES, size_of
from agents.tools.schema import schema_taking
from agents.tools.tool import Call, Result, Tool
from auth.subject import Subject
from models.errors import BadUserInput, NotFound
from resolvers.kit.context import Context
from resolvers.kit.input import Input, read_input
from serving.graph.engine import GraphEngine

LISTED = (
    "whoami",
    "search",
    "get_board",
    "list_cards",
    "get_card",
    "create_card",
    "update_card",
    "move_card",
    "comment",
    "get_document",
    "write_document",
    "get_pilotage_state",
    "propose_action",
    "run_agent",
    "claim_mission",
    "report_mission",
    "finish_mission",
    "decide_proposals",
    "find_tools",
    "call_tool",
    "graph_query",
)
"""What is listed at first, in this order; `find_tools` tells of the others. All of it together is at most 5,000 tokens
(decision 48)."""

MOST_FOUND = 8
"""Tools that one search tells the schemas of; of the next ones it tells the names."""
MOST_NAMED = 50


class ToolSearch(Input):
    """What a tool is to do."""

    query: Annotated[str, Field(max_length=500)] = Field(description="Such as: add a label.")


class ToolCall(Input):
    """A tool by its name, with its own arguments."""

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


async def _find(call: Call) -> str:
    query = read_input(ToolSearch, call.arguments).query
    found = [tool for tool in find_tools(query, call.ctx.subject) if tool.name not in call.without]
    lines: list[str] = []
    left = MAX_BYTES - 4_000  # for the names of those that follow
    for tool in found[:MOST_FOUND]:
        lines.append(f"- {tool.name}: {tool.description}\n  {json.dumps(tool.schema, separators=(',', ':'))}")
        left -= size_of(lines[-1]) + 1
        if left < 0:
            lines.pop()
            break
    others = [tool.name for tool in found[len(lines) :]]
    more = f", next: {', '.join(others[:MOST_NAMED])}; ask for them by name" if others else ", no more"
    return "\n".join([f"tools: {len(lines)} of {len(found)}{more}", *lines])


async def _call(call: Call) -> Result:
    asked = read_input(ToolCall, call.arguments)
    if asked.name == CALL_TOOL.name:
        raise BadUserInput("is this tool itself", field="name")
    return await call_tool(call.ctx, asked.name, asked.arguments, call.engine, call.without)


FIND_TOOLS = Tool(
    "find_tools",
    "Find tools beyond those that are listed, by words of what they do. Tells the schemas that call_tool takes.",
    partial(schema_taking, ToolSearch),
    _find,
)
CALL_TOOL = Tool(
    "call_tool",
    "Call a tool that find_tools told of.",
    partial(schema_taking, ToolCall),
    _call,
    read_only=False,
    destructive=True,
    idempotent=False,
)

TOOLS: Mapping[str, Tool] = MappingProxyType(
    {**operation_tools(), **{tool.name: tool for tool in (FIND_TOOLS, CALL_TOOL, GRAPH_QUERY)}}
)
"""All tools by name."""


def listed(subject: Subject) -> list[Tool]:
    """What a credential is told of at first: the same for all that may do the same, in one order."""
    return [TOOLS[name] for name in LISTED if TOOLS[name].is_for(subject)]


def find_tools(query: str, subject: Subject) -> list[Tool]:
    """The tools that a credential may call and that fit a query, the best first."""
    return ranked(query, [tool for tool in TOOLS.values() if tool.is_for(subject)])


async def call_tool(
    ctx: Context,
    name: str,
    arguments: Mapping[str, Any],
    engine: GraphEngine | None = None,
    without: frozenset[str] = frozenset(),
) -> Result:
    """Call a tool: text of what was read, an object of what was done. `engine` runs `graph_query`.

    Raises NotFound for an unknown tool and one of those `without` which it is called, BadUserInput for what does not
    fit, and what the operation raises.
    """
    tool = TOOLS.get(name)
    if tool is None or name in without:
        raise NotFound("Tool")
    return await tool.run(Call(ctx, arguments, engine, without))
