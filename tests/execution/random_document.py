"""Random documents for a schema: aliases, merged fields, fragments of all kinds, directives, arguments, variables."""

from typing import Any

from graphql import GraphQLSchema, get_named_type, is_abstract_type, is_leaf_type

from tests.execution.choices import Choices

VARIABLES = "($yes: Boolean = true, $no: Boolean!, $n: Int, $p: Point = {x: 1})"
VALUES = {"no": False, "n": 4}


class RandomDocument:
    """The text of one operation with its fragments."""

    def __init__(self, schema: GraphQLSchema, choices: Choices) -> None:
        self._schema = schema
        self._choices = choices
        self._fragments: list[str] = []
        self._named: list[str] = []
        self._budget = 16
        self._count = 0
        kind = choices.pick(["query", "query", "query", "mutation"])
        root: Any = schema.query_type
        selections = self._selections(root, 0)
        point = "Point" in schema.type_map
        variables = VARIABLES if point else VARIABLES.replace(", $p: Point = {x: 1}", "")
        self.text = f"{kind} Q{variables} {selections}\n" + "\n".join(self._fragments)

    def _selections(self, type_: Any, depth: int) -> str:
        choices = self._choices
        parts: list[str] = []
        for _ in range(1 + choices.below(5)):
            self._budget -= 1
            kind = choices.below(12)
            if kind == 11 and depth < 6:
                parts.append(self._inline(type_, depth))
            elif kind == 10 and depth < 6:
                parts.append(self._spread(type_, depth))
            elif kind == 9 or not hasattr(type_, "fields"):
                parts.append("__typename" if choices.below(2) else "kind: __typename")
            else:
                parts.append(self._field(type_, depth))
        return "{ " + " ".join(parts) + " }"

    def _field(self, type_: Any, depth: int) -> str:
        choices = self._choices
        name = choices.pick(sorted(type_.fields))
        definition = type_.fields[name]
        inner: Any = get_named_type(definition.type)
        alias = choices.pick(["", "", "", "x: ", "y: "])
        text = f"{alias}{name}{self._arguments(definition)}{self._directive()}"
        if is_leaf_type(inner):
            return text
        if self._budget <= 0 or depth > 4:
            return f"{text} {{ __typename }}"
        return f"{text} {self._selections(inner, depth + 1)}"

    def _arguments(self, definition: Any) -> str:
        if not definition.args:
            return ""
        text: str = self._choices.pick(
            ["", "(a: 1)", "(a: $n)", "(a: [1, $n])", "(a: {x: 1})", "(a: {x: $n, y: 2})", "(a: null)"]
        )
        return text

    def _directive(self) -> str:
        if not self._choices.chance(15):
            return ""
        return self._choices.pick(
            [" @include(if: true)", " @skip(if: $no)", " @include(if: $yes)", " @skip(if: true)", " @include(if: $no)"]
        )

    def _inline(self, type_: Any, depth: int) -> str:
        condition = self._condition(type_)
        on = f" on {condition.name}" if self._choices.below(4) else ""
        return f"...{on}{self._directive()} {self._selections(condition if on else type_, depth + 1)}"

    def _spread(self, type_: Any, depth: int) -> str:
        if self._named and self._choices.below(2):
            return f"...{self._choices.pick(self._named)}{self._directive()}"
        self._count += 1
        name = f"F{self._count}"
        condition = self._condition(type_)
        directive = self._directive()
        selections = self._selections(condition, depth + 1)
        self._named.append(name)
        self._fragments.append(f"fragment {name} on {condition.name} {selections}")
        return f"...{name}{directive}"

    def _condition(self, type_: Any) -> Any:
        types = [type_]
        if is_abstract_type(type_):
            types.extend(self._schema.get_possible_types(type_))
        else:
            types.extend(type_.interfaces)
        return self._choices.pick(types)
