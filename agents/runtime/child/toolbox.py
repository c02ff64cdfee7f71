"""The tools that a mission's model is given, and how one is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.runtime.child.own_tools import Described
from agents.tools.catalogue import TOOLS, call_tool, listed
from agents.tools.tool import Result
from auth.subject import Subject
from resolvers.kit.context import Context
from serving.graph.engine import GraphEngine

OTHERWISE = frozenset({"whoami", "claim_mission", "report_mission", "finish_mission", "decide_proposals"})
"""What is for agents that are driven from outside: the runtime does it, or people. A mission's model can neither find
nor call it: it would take other missions away from the runtime."""


@dataclass(frozen=True)
class Toolbox:
    """The catalogue of tools, as far as it is for missions. `engine` runs documents of the graph."""

    engine: GraphEngine | None = None

    def described(self, subject: Subject, named: Sequence[str] = ()) -> list[Described]:
        """What an agent's model is told of at first: what everybody is, and what the agent was given by name."""
        names = dict.fromkeys((*(tool.name for tool in listed(subject)), *named))
        tools = [TOOLS[name] for name in names if name in TOOLS and name not in OTHERWISE]
        tools = [tool for tool in tools if tool.is_for(subject)]
        if self.engine is None:
            tools = [tool for tool in tools if tool.name != "graph_query"]
        return [Described(tool.name, tool.description, tool.schema) for tool in tools]

    async def call(self, ctx: Context, name: str, arguments: Mapping[str, Any]) -> Result:
        """What a tool answers. Raises NotFound for one that there is not, and what it raises."""
        return await call_tool(ctx, name, arguments, self.engine, OTHERWISE)
