"""What a tool is. One that runs an operation has nothing of its own: all that clients read of it is the operation's."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from auth.subject import Subject
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, Operation
from serving.graph.engine import GraphEngine

Schema = dict[str, Any]
Result = str | dict[str, Any]
"""Text for who reads, at most 20 kB; an object, of at most as much, where `output` says how it is made."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool: who calls it, with what. `engine` runs documents of the graph, where there is one. The tools
    `without` which it is made can neither be found nor called by it."""

    ctx: Context
    arguments: Mapping[str, Any]
    engine: GraphEngine | None = None
    without: frozenset[str] = frozenset()


Run = Callable[[Call], Awaitable[Result]]


class Described(Protocol):
    """Makes a schema when it is first asked for: most tools are never listed."""

    def __call__(self) -> Schema: ...


@dataclass(frozen=True)
class Tool:
    """A tool. `takes` makes its schema, `output` is that of an object that it answers; `operation` is what it runs,
    None for what is a tool alone. `idempotent` says that the same call twice comes to what it does once."""

    name: str
    description: str
    takes: Described
    run: Run
    read_only: bool = True
    destructive: bool = False
    idempotent: bool = True
    output: Schema | None = None
    operation: Operation | None = None

    @cached_property
    def schema(self) -> Schema:
        """The JSON Schema of its arguments: an object, closed, without a reference."""
        return self.takes()

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.name.replace("_", " ").capitalize()

    @property
    def annotations(self) -> Mapping[str, Any]:
        """What MCP tells of it beside its schema."""
        told: dict[str, Any] = {"title": self.title, "readOnlyHint": self.read_only}
        if not self.read_only:
            told |= {"destructiveHint": self.destructive, "idempotentHint": self.idempotent}
        return told

    def is_for(self, subject: Subject) -> bool:
        """Whether a credential may call it at all."""
        if self.operation is None:
            return subject.user_id is not None
        scope, caller = self.operation.scope, self.operation.caller
        if caller is (Caller.AGENT if subject.agent_id is None else Caller.NO_AGENT):
            return False
        return subject.user_id is not None and (scope is None or scope in subject.scopes)
