"""How far an agent goes by itself: what becomes of each thing that it would change, whichever door it comes by."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from models.enums import AutonomyMode, Verdict
from models.records import AgentRecord
from resolvers.kit.groups import EVERYTHING, names_of, operation_called
from resolvers.kit.operation import CATALOGUE, Operation
from resolvers.kit.tool import is_destructive

Policy = Mapping[str, str]
"""Verdicts by the names of tools, groups, or `*`."""

_STRICTNESS = (Verdict.ALLOW, Verdict.ASK, Verdict.DENY)


def may_use(agent: AgentRecord, operation: Operation) -> bool:
    """Whether an operation is among the tools that an agent was given."""
    return EVERYTHING in agent["tools"] or not set(names_of(operation)).isdisjoint(agent["tools"])


def verdict_of(
    agent: AgentRecord, ceiling: Policy, operation: Operation, arguments: Mapping[str, Any] = MappingProxyType({})
) -> Verdict:
    """What becomes of a change that an agent would make: what its policy says, most particularly, else its mode; never
    more than the ceiling of its workspace. What does the work of other operations needs leave for those too."""
    parts = [operation, *(CATALOGUE[name] for name in sorted(_others(operation, arguments)))]
    return max((_verdict_of(agent, ceiling, part) for part in parts), key=_STRICTNESS.index)


def _others(operation: Operation, arguments: Mapping[str, Any]) -> set[str]:
    """The operations that a call does the work of, or has somebody do it later, as the steps of a pipeline."""
    asked = {other for name, others in operation.also.items() if _asks(name, arguments) for other in others}
    steps = [step.get("tool") for step in arguments.get("steps") or () if isinstance(step, Mapping)]
    return asked.union(operation.includes, filter(None, map(operation_called, filter(None, steps))))


def _asks(name: str, arguments: Mapping[str, Any]) -> bool:
    """Whether an argument asks for something: null and false do as well, but for a deletion."""
    return name in arguments and not (name == "delete" and arguments[name] is False)


def _verdict_of(agent: AgentRecord, ceiling: Policy, operation: Operation) -> Verdict:
    if not may_use(agent, operation):
        return Verdict.DENY
    own = _said(agent.get("policy", {}), operation) or _by_mode(agent, operation)
    least = Verdict.ASK if operation.always_asks else Verdict.ALLOW
    return max(own, _said(ceiling, operation) or Verdict.ALLOW, least, key=_STRICTNESS.index)


def _said(policy: Policy, operation: Operation) -> Verdict | None:
    return next((Verdict(policy[name]) for name in names_of(operation) if name in policy), None)


def _by_mode(agent: AgentRecord, operation: Operation) -> Verdict:
    if agent["autonomy_mode"] == AutonomyMode.AUTONOMOUS and not is_destructive(operation):
        return Verdict.ALLOW
    return Verdict.ASK
