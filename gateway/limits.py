"""Limits on a document before it is validated: linear in its size, whatever its fragments do.

Each fragment is measured once. Fragments that spread each other in a circle count as empty here; validation refuses
them, with a better message.
"""

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

MAX_BYTES = 100_000
MAX_TOKENS = 15_000
MAX_DEPTH = 15
MAX_FIELDS = 2_000
"""Fields written in a document; the check for conflicting fields is quadratic in those of one name."""
MAX_EXPANDED = 10_000
"""Fields of an operation with every fragment put in its place."""
MAX_ROOTS = 100
MAX_DIRECTIVES = 100

_INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Size:
    """`depth` counts levels of fields, `fields` those that execution could visit. Introspection is not counted as
    depth: its own structure is bounded, and tools ask for 13 levels of it."""

    depth: int = 0
    fields: int = 0
    introspects: bool = False


class DocumentSize:
    """Measures a document; raises GraphQLError for one that is over a limit."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._known: dict[str, Size] = {}
        self._open: set[str] = set()
        self._written = 0
        self._directives = 0
        for fragment in self._fragments:
            self._fragment(fragment)
        self.introspects = False
        for one in document.definitions:
            if isinstance(one, OperationDefinitionNode):
                self._check(one)

    def _check(self, operation: OperationDefinitionNode) -> None:
        if len(operation.selection_set.selections) > MAX_ROOTS:
            raise GraphQLError(f"An operation takes at most {MAX_ROOTS} root fields.", operation)
        size = self._measure(operation.selection_set)
        if size.depth > MAX_DEPTH:
            raise GraphQLError(f"The operation is {size.depth} levels deep; at most {MAX_DEPTH} are taken.", operation)
        if size.fields > MAX_EXPANDED:
            raise GraphQLError(f"The operation has more than {MAX_EXPANDED} fields.", operation)
        self.introspects |= size.introspects

    def _measure(self, selections: SelectionSetNode) -> Size:
        depth = fields = 0
        introspects = False
        for node in selections.selections:
            self._directives += len(node.directives or ())
            match node:
                case FieldNode():
                    self._written += 1
                    if self._written > MAX_FIELDS:
                        raise GraphQLError(f"The document has more than {MAX_FIELDS} fields.", node)
                    below = self._measure(node.selection_set) if node.selection_set else Size()
                    inspects = node.name.value in _INTROSPECTION
                    depth = max(depth, 1 if inspects else below.depth + 1)
                    fields += below.fields + 1
                    introspects |= below.introspects or inspects
                    continue
                case FragmentSpreadNode():
                    below = self._fragment(node.name.value)
                case InlineFragmentNode():
                    below = self._measure(node.selection_set)
                case _:
                    continue
            depth = max(depth, below.depth)
            fields += below.fields
            introspects |= below.introspects
        if self._directives > MAX_DIRECTIVES:
            raise GraphQLError(f"The document has more than {MAX_DIRECTIVES} directives.", selections)
        return Size(depth, min(fields, MAX_EXPANDED + 1), introspects)

    def _fragment(self, name: str) -> Size:
        if name in self._known:
            return self._known[name]
        if name in self._open or name not in self._fragments:
            return Size()
        self._open.add(name)
        size = self._known[name] = self._measure(self._fragments[name].selection_set)
        self._open.discard(name)
        return size
