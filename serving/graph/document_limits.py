"""The limits of this gateway on a document: the engine's with our numbers, and what costs wherever it stands."""

from dataclasses import fields, replace

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    Node,
    OperationDefinitionNode,
    TokenKind,
    Visitor,
    visit,
)

from execution.limits import Limits

DEFAULTS = Limits(
    bytes=65_536,
    tokens=8_000,
    operations=20,
    directives=100,
    comparisons=20_000,
    depth=15,
    aliases=500,
    fields=2_000,
    cost=500_000_000,
    list_size=10,
)
"""Generous to real boards: an organization down to the labels, checklists and assignees of 500 cards a column."""

NAMES = tuple(field.name for field in fields(Limits) if field.name != "code")
"""What `ORRERY_LIMIT_<NAME>` sets."""

MAX_VARIABLES = 200
MAX_FRAGMENTS = 200
MAX_ROOTS = 100
MAX_ARGUMENTS = 50
"""Arguments of one field or directive: an error about them names the place of each."""
MAX_VALUES = 1_000
"""Arguments and fields of their values in a document: an error about one quotes the whole value."""
MAX_DIGITS = 400
"""Characters of a number, which no number of 64 bits needs."""
MAX_INTROSPECTIONS = 5
"""Each of them may list the whole schema."""

_INTROSPECTION = ("__schema", "__type")


def chosen(values: dict[str, int]) -> Limits:
    """The limits with some of the defaults replaced; raises ValueError for a number below 1."""
    return replace(DEFAULTS, **values)  # type: ignore[arg-type]  # `code` alone is text, and no setting


def check_written(document: DocumentNode, code: str) -> bool:
    """Refuse what the engine's limits do not count. Returns whether the document looks at the schema.

    The document has passed them: so it is small, and no fragment spreads itself.
    """
    operations = [definition for definition in document.definitions if isinstance(definition, OperationDefinitionNode)]
    if len(document.definitions) - len(operations) > MAX_FRAGMENTS:
        raise _refusal("fragments", len(document.definitions) - len(operations), MAX_FRAGMENTS, code)
    for operation in operations:
        for name, found, most in (
            ("variables", len(operation.variable_definitions or ()), MAX_VARIABLES),
            ("root fields", len(operation.selection_set.selections), MAX_ROOTS),
        ):
            if found > most:
                raise _refusal(name, found, most, code, operation)
    _check_tokens(document, code)
    seen = _Shape(code)
    visit(document, seen)
    return seen.introspections > 0


class _Shape(Visitor):
    """Counts arguments, and looks at the schema wherever they are written: each may be spread many times."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code
        self.introspections = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self._arguments(node)
        if node.name.value in _INTROSPECTION:
            self.introspections += 1
            if self.introspections > MAX_INTROSPECTIONS:
                found = self.introspections
                raise _refusal("looks at the schema", found, MAX_INTROSPECTIONS, self._code, node)

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        self._arguments(node)

    def _arguments(self, node: FieldNode | DirectiveNode) -> None:
        found = len(node.arguments or ())
        if found > MAX_ARGUMENTS:
            raise _refusal("arguments", found, MAX_ARGUMENTS, self._code, node)


def _check_tokens(document: DocumentNode, code: str) -> None:
    values = parentheses = 0
    token = document.loc.start_token if document.loc else None
    while token:
        match token.kind:
            case TokenKind.PAREN_L:
                parentheses += 1
            case TokenKind.PAREN_R:
                parentheses -= 1
            case TokenKind.COLON:
                values += parentheses > 0
            case TokenKind.INT | TokenKind.FLOAT if len(token.value or "") > MAX_DIGITS:
                raise _refusal("digits", len(token.value or ""), MAX_DIGITS, code)
        token = token.next
    if values > MAX_VALUES:
        raise _refusal("values", values, MAX_VALUES, code)


def _refusal(name: str, value: int, most: int, code: str, node: Node | None = None) -> GraphQLError:
    return GraphQLError(
        f"The document has {value} {name}; at most {most} are allowed.",
        node,
        extensions={"code": code, "limit": name, "maximum": most, "value": value},
    )


__all__ = ["DEFAULTS", "NAMES", "check_written", "chosen"]
