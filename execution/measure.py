"""What the definitions of a document come to with their fragments spread: each is looked at once."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)

_MANY = 1 << 40
"""Where counting ends: a chain of fragments that spread the next one twice comes to two to the power of its length."""

Definition = OperationDefinitionNode | FragmentDefinitionNode


@dataclass(slots=True)
class Measure:
    """One definition: `names` and `directives` as it is written, the rest with its fragments spread."""

    node: Definition
    names: Counter[str] = field(default_factory=Counter)
    directives: int = 0
    depth: int = 0
    deepest: Node | None = None
    aliases: int = 0
    fields: int = 0
    spreads: list[tuple[FragmentSpreadNode, int]] = field(default_factory=list)


class Measured(NamedTuple):
    """The definitions of a document, and its fragments, each after those that it spreads."""

    parts: list[Measure]
    fragments: list[Measure]


def measure(document: DocumentNode) -> Measured | FragmentSpreadNode:
    """What each definition comes to, or a spread of a fragment within itself."""
    parts = [_measure(node) for node in document.definitions if isinstance(node, Definition)]
    fragments = {part.node.name.value: part for part in parts if isinstance(part.node, FragmentDefinitionNode)}
    ordered = _sorted({name: [spread for spread, _ in part.spreads] for name, part in fragments.items()})
    if isinstance(ordered, FragmentSpreadNode):
        return ordered
    inward = [fragments[name] for name in ordered]
    for part in inward + [part for part in parts if isinstance(part.node, OperationDefinitionNode)]:
        for spread, level in part.spreads:
            inner = fragments.get(spread.name.value)
            if inner is not None:
                if level + inner.depth > part.depth:
                    part.depth, part.deepest = level + inner.depth, inner.deepest
                part.aliases = min(part.aliases + inner.aliases, _MANY)
                part.fields = min(part.fields + inner.fields, _MANY)
    return Measured(parts, inward)


def _sorted(spreads: dict[str, list[FragmentSpreadNode]]) -> list[str] | FragmentSpreadNode:
    """The names of fragments, each after those that it spreads; or a spread that leads back to its own fragment."""
    ordered: dict[str, None] = {}
    open_: set[str] = set()
    for start in spreads:
        if start in ordered:
            continue
        open_.add(start)
        stack = [(start, iter(spreads[start]))]
        while stack:
            name, rest = stack[-1]
            for spread in rest:
                inner = spread.name.value
                if inner in open_:
                    return spread
                if inner in spreads and inner not in ordered:
                    open_.add(inner)
                    stack.append((inner, iter(spreads[inner])))
                    break
            else:
                stack.pop()
                open_.remove(name)
                ordered[name] = None
    return list(ordered)


def _measure(definition: Definition) -> Measure:
    found = Measure(definition, directives=len(definition.directives or ()))
    stack: list[tuple[SelectionSetNode, int]] = [(definition.selection_set, 0)]
    if isinstance(definition, OperationDefinitionNode):
        found.directives += sum(len(variable.directives or ()) for variable in definition.variable_definitions or ())
    while stack:
        selections, level = stack.pop()
        for node in selections.selections:
            found.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                found.fields += 1
                found.aliases += node.alias is not None
                found.names[(node.alias or node.name).value] += 1
                if level + 1 > found.depth:
                    found.depth, found.deepest = level + 1, node
                if node.selection_set is not None:
                    stack.append((node.selection_set, level + 1))
            elif isinstance(node, FragmentSpreadNode):
                # No field is called so: all spreads count as repeats of each other.
                found.names["..."] += 1
                found.spreads.append((node, level))
            else:
                stack.append((node.selection_set, level))  # type: ignore[attr-defined]
    return found
