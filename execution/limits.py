"""Limits on what a document asks for, checked before it is validated or planned, in time linear in its size.

Validation by graphql-core compares every two fields of one response name, and so takes quadratic time in a document
that repeats one; parsing takes some 20 microseconds a token. That is why tokens are counted before parsing, and pairs
before validation.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    parse,
)

from execution.cost import Estimate, estimate
from execution.measure import Measure, measure

_TOKEN = re.compile(
    r"""
    \#[^\n\r]*+
    | \"\"\" (?: [^"\\] | \\. | "(?!"") )*+ (?: \"\"\" | \Z )
    | " (?: [^"\\\n\r] | \\. )*+ "?
    | \.\.\. | [A-Za-z_][A-Za-z0-9_]*+ | -?[0-9][0-9.eE+-]*+ | [!$&()/:=@\[\]{|}]
    """,
    re.VERBOSE | re.DOTALL,
)

_WORDS = {
    "bytes": "The document is {value} bytes long",
    "tokens": "The document has {value} tokens or more",
    "operations": "The document has {value} operations",
    "directives": "The document has {value} directives",
    "comparisons": "Fields of the document repeat each other's names in {value} pairs",
    "depth": "The document is nested {value} levels deep",
    "aliases": "The document has {value} aliases, as its fragments are spread",
    "fields": "The document has {value} fields, as its fragments are spread",
    "cost": "The document may ask for {value} objects",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a document may ask for.

    `tokens` include comments. `depth`, `aliases` and `fields` are those of one operation with its fragments spread;
    `comparisons` counts the pairs of fields with one response name, and of fragment spreads, in the whole document;
    `cost` is in objects (see `execution.cost`), with `list_size` of them in a list that says nothing of its size.
    `code` is the error's.
    """

    bytes: int = 65_536
    tokens: int = 2_000
    operations: int = 20
    directives: int = 100
    comparisons: int = 20_000
    depth: int = 15
    aliases: int = 100
    fields: int = 1_000
    cost: int = 250_000
    list_size: int = 10
    code: str = "BAD_USER_INPUT"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "code" and value < 1:
                raise ValueError(f"The limit {field.name} must be at least 1, not {value}.")

    def check_source(self, source: str) -> None:
        """Refuse a text that is too long, or has too many tokens, before it is parsed."""
        size = len(source) if source.isascii() else len(source.encode(errors="surrogatepass"))
        if size > self.bytes:
            raise self._refusal("bytes", size)
        if next(islice(_TOKEN.finditer(source), self.tokens, None), None) is not None:
            raise self._refusal("tokens", self.tokens + 1)

    def parse(self, source: str) -> DocumentNode:
        """The document of a text that passes `check_source`; a `GraphQLError` says why it is refused."""
        self.check_source(source)
        return parse(source)

    def check_document(self, document: DocumentNode) -> None:
        """Refuse a document that asks for too much, whatever the schema is. Validate it after this, not before."""
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) > self.operations:
            raise self._refusal("operations", len(operations), operations[self.operations])
        measured = measure(document)
        if isinstance(measured, FragmentSpreadNode):
            raise GraphQLError(
                f"The fragment {measured.name.value!r} is spread within itself.",
                measured,
                extensions={"code": self.code},
            )
        names: Counter[str] = Counter()
        directives = 0
        for part in measured.parts:
            names.update(part.names)
            directives += part.directives
            if directives > self.directives:
                raise self._refusal("directives", directives, part.node)
        pairs = sum(count * (count - 1) // 2 for count in names.values())
        if pairs > self.comparisons:
            raise self._refusal("comparisons", pairs, _repeated(names, measured.parts))
        for part in measured.parts:
            if isinstance(part.node, OperationDefinitionNode):
                for name, value in (("depth", part.depth), ("aliases", part.aliases), ("fields", part.fields)):
                    if value > getattr(self, name):
                        raise self._refusal(name, value, part.deepest if name == "depth" else part.node)

    def check_cost(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> Estimate:
        """The estimated cost of an operation, which is refused where it is too high. The document must be valid."""
        found = estimate(schema, document, operation_name, variables, self.list_size)
        if found.total > self.cost:
            raise self._refusal("cost", found.total, found.node)
        return found

    def _refusal(self, name: str, value: int, node: Node | None = None) -> GraphQLError:
        maximum: int = getattr(self, name)
        return GraphQLError(
            f"{_WORDS[name].format(value=value)}; at most {maximum} are allowed.",
            node,
            extensions={"code": self.code, "limit": name, "maximum": maximum, "value": value},
        )


def _repeated(names: Counter[str], parts: list[Measure]) -> Node:
    """The first definition that has the name which is repeated most."""
    most = names.most_common(1)[0][0]
    return next(part.node for part in parts if most in part.names)
