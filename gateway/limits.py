"""Limits on a document before it is validated: no more work than its size, whatever its fragments do.

Each fragment is measured once; only an operation that turns out small is looked at with its fragments in place.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TokenKind,
)

MAX_BYTES = 100_000
MAX_TOKENS = 8_000
MAX_DEPTH = 15
MAX_OPERATIONS = 20
MAX_VARIABLES = 200
MAX_FRAGMENTS = 200
MAX_ROOTS = 100
MAX_DIRECTIVES = 100
MAX_ARGUMENTS = 50
"""Arguments of one field or directive: an error about them names the place of each."""
MAX_VALUES = 1_000
"""Arguments and fields of their values in a document: an error about one quotes the whole value."""
MAX_DIGITS = 400
"""Characters of a number, which no number of 64 bits needs."""
MAX_INTROSPECTIONS = 5
"""Each of them may list the whole schema."""
MAX_FIELDS = 2_000
"""Fields that are written in a document."""
MAX_EXPANDED = 10_000
"""Fields and spreads of an operation with every fragment put in its place."""
MAX_OVERLAP = 20_000
"""Pairs of fields that answer under one path: validation compares them all, which takes about 5 µs a pair."""

_INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Size:
    """`depth` counts levels of fields, `nodes` fields and spreads with every fragment put in its place.

    Introspection counts as one level: its own structure is bounded, and tools ask for 13 levels of it.
    """

    depth: int = 0
    nodes: int = 0
    introspections: int = 0


class DocumentSize:
    """Measures a document; raises GraphQLError for one that is over a limit."""

    def __init__(self, document: DocumentNode) -> None:
        parts = document.definitions
        operations = [one for one in parts if isinstance(one, OperationDefinitionNode)]
        self._fragments = {one.name.value: one for one in parts if isinstance(one, FragmentDefinitionNode)}
        self._known: dict[str, Size] = {}
        self._open: set[str] = set()
        self._written = 0
        self.introspects = False
        _check_tokens(document)
        if len(operations) > MAX_OPERATIONS:
            raise GraphQLError(f"The document has more than {MAX_OPERATIONS} operations.")
        if len(parts) - len(operations) > MAX_FRAGMENTS:
            raise GraphQLError(f"The document has more than {MAX_FRAGMENTS} fragments.")
        for fragment in self._fragments:
            self._fragment(fragment)
        for operation in operations:
            self._check(operation)

    def _check(self, operation: OperationDefinitionNode) -> None:
        if len(operation.variable_definitions or ()) > MAX_VARIABLES:
            raise GraphQLError(f"An operation takes at most {MAX_VARIABLES} variables.", operation)
        if len(operation.selection_set.selections) > MAX_ROOTS:
            raise GraphQLError(f"An operation takes at most {MAX_ROOTS} root fields.", operation)
        size = self._measure(operation.selection_set)
        if size.depth > MAX_DEPTH:
            raise GraphQLError(f"The operation is {size.depth} levels deep; at most {MAX_DEPTH} are taken.", operation)
        if size.nodes > MAX_EXPANDED:
            raise GraphQLError(f"The operation has more than {MAX_EXPANDED} fields.", operation)
        if size.introspections > MAX_INTROSPECTIONS:
            raise GraphQLError(f"An operation looks at the schema at most {MAX_INTROSPECTIONS} times.", operation)
        if self._overlap([operation.selection_set], 0) > MAX_OVERLAP:
            raise GraphQLError("The operation selects the same fields too many times.", operation)
        self.introspects |= size.introspections > 0

    def _measure(self, selections: SelectionSetNode) -> Size:
        depth = nodes = introspections = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                _check_arguments(node)
                self._written += 1
                if self._written > MAX_FIELDS:
                    raise GraphQLError(f"The document has more than {MAX_FIELDS} fields.", node)
                below = self._measure(node.selection_set) if node.selection_set else Size()
                inspects = node.name.value in _INTROSPECTION
                below = Size(1 if inspects else below.depth + 1, below.nodes, below.introspections + inspects)
            else:
                below = self._spread(node)
            depth = max(depth, below.depth)
            nodes += below.nodes + 1
            introspections += below.introspections
        return Size(depth, min(nodes, MAX_EXPANDED + 1), min(introspections, MAX_INTROSPECTIONS + 1))

    def _spread(self, node: SelectionNode) -> Size:
        if isinstance(node, InlineFragmentNode):
            return self._measure(node.selection_set)
        return self._fragment(node.name.value) if isinstance(node, FragmentSpreadNode) else Size()

    def _fragment(self, name: str) -> Size:
        if name in self._known:
            return self._known[name]
        if name not in self._fragments:
            return Size()
        if name in self._open:
            raise GraphQLError(f"The fragment {name} spreads itself.", self._fragments[name])
        self._open.add(name)
        size = self._known[name] = self._measure(self._fragments[name].selection_set)
        self._open.discard(name)
        return size

    def _overlap(self, sets: Iterable[SelectionSetNode], pairs: int) -> int:
        """`pairs`, and those among fields under one path below `sets`. The expanded size bounds the work."""
        by_name: dict[str, list[FieldNode]] = {}
        for one in sets:
            self._gather(one, by_name)
        for fields in by_name.values():
            pairs += len(fields) * (len(fields) - 1) // 2
            below = [field.selection_set for field in fields if field.selection_set]
            if below and pairs <= MAX_OVERLAP:
                pairs = self._overlap(below, pairs)
        return pairs

    def _gather(self, selections: SelectionSetNode, found: dict[str, list[FieldNode]]) -> None:
        for node in selections.selections:
            match node:
                case FieldNode():
                    found.setdefault((node.alias or node.name).value, []).append(node)
                case InlineFragmentNode():
                    self._gather(node.selection_set, found)
                case FragmentSpreadNode():
                    if node.name.value in self._fragments:
                        self._gather(self._fragments[node.name.value].selection_set, found)


def _check_tokens(document: DocumentNode) -> None:
    """Refuse what costs wherever it stands: many directives, large values, numbers of many digits."""
    directives = values = parentheses = 0
    token = document.loc.start_token if document.loc else None
    while token:
        match token.kind:
            case TokenKind.AT:
                directives += 1
            case TokenKind.PAREN_L:
                parentheses += 1
            case TokenKind.PAREN_R:
                parentheses -= 1
            case TokenKind.COLON:
                values += parentheses > 0
            case TokenKind.INT | TokenKind.FLOAT if len(token.value or "") > MAX_DIGITS:
                raise GraphQLError(f"The document holds a number of more than {MAX_DIGITS} digits.")
        token = token.next
    if values > MAX_VALUES:
        raise GraphQLError(f"The document has more than {MAX_VALUES} arguments and fields of input; use variables.")
    if directives > MAX_DIRECTIVES:
        raise GraphQLError(f"The document has more than {MAX_DIRECTIVES} directives.")


def _check_arguments(node: FieldNode | DirectiveNode) -> None:
    if len(node.arguments or ()) > MAX_ARGUMENTS:
        raise GraphQLError(f"{node.name.value[:60]} has more than {MAX_ARGUMENTS} arguments.", node)
    for directive in getattr(node, "directives", None) or ():
        _check_arguments(directive)
