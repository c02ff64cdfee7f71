"""The tools that a mission's model is given, and how one is called."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from agents.runtime.child.own_tools import Described
from agents.tools.catalogue import TOOLS, call_tool, listed
from agents.tools.graph import GRAPH_QUERY
from agents.tools.tool import Result, Tool
from auth.subject import Subject
from models.pool import Pool
from resolvers.kit.context import Context
from serving.graph.engine import GraphEngine

OTHERWISE = frozenset({"whoami", "claim_mission", "report_mission", "finish_mission", "decide_proposals"})
"""What is for agents that are driven from outside: the runtime does it, or people. A mission's model can neither find
nor call it: it would take other missions away from the runtime."""


BUILDING = Pool("the graph of missions", threads=2, at_once=1, of_one=10, in_all=20)


def _is_beyond_project(tool: Tool) -> bool:
    return tool is GRAPH_QUERY if tool.operation is None else not tool.operation.in_project


BEYOND_PROJECT = OTHERWISE | {name for name, tool in TOOLS.items() if _is_beyond_project(tool)}
"""What the model of a mission is not given that is confined to its project, where it would be refused in any case
(`Operation.admit`); and the graph, which asks at no door for a project."""
BEYOND_TALK = BEYOND_PROJECT | {name for name, tool in TOOLS.items() if tool.operation and tool.destructive}
"""What a conversation's model is not given: what takes away for good is done by people themselves too."""


@dataclass
class Toolbox:
    """The catalogue of tools, as far as it is for missions, or `without` other ones. `make_engine` makes what runs
    documents of the graph, which takes a second or two, and memory: it is made when the first one is run."""

    make_engine: Callable[[], GraphEngine] | None = None
    without: frozenset[str] = OTHERWISE
    _making: asyncio.Task[GraphEngine] | None = field(default=None, init=False)

    def described(self, subject: Subject, named: Sequence[str] = ()) -> list[Described]:
        """What an agent's model is told of at first: what everybody is, and what the agent was given by name."""
        names = dict.fromkeys((*(tool.name for tool in listed(subject)), *named))
        tools = [TOOLS[name] for name in names if name in TOOLS and name not in self.without]
        tools = [tool for tool in tools if tool.is_for(subject)]
        if self.make_engine is None:
            tools = [tool for tool in tools if tool is not GRAPH_QUERY]
        return [_described(tool.name) for tool in tools]

    async def call(self, ctx: Context, name: str, arguments: Mapping[str, Any]) -> Result:
        """What a tool answers. Raises NotFound for one that there is not, and what it raises."""
        engine = await self._engine() if GRAPH_QUERY.name in (name, arguments.get("name")) else None
        return await call_tool(ctx, name, arguments, engine, self.without)

    async def _engine(self) -> GraphEngine | None:
        if self.make_engine is None:
            return None
        if self._making is None or (self._making.done() and self._making.exception() is not None):
            self._making = asyncio.create_task(BUILDING.run(self.make_engine, admitted=True), name="graph")
        return await asyncio.shield(self._making)


@cache
def _described(name: str) -> Described:
    tool = TOOLS[name]
    return Described(name, tool.description, _whole(tool.schema))


def _whole(schema: Any) -> Any:
    """A schema whose objects all say which properties they have: OpenAI takes no other."""
    if isinstance(schema, list):
        return [_whole(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: _whole(part) for name, part in schema.items()}
    return {"properties": {}, **parts} if schema.get("type") == "object" else parts
