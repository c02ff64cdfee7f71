"""What is counted, or has a drawn number, is written with it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.rules.code import Code, Told

NUMBERS = frozenset({"Number", "DrawnNumber"})
GIVES = "realtime.numbers"


@dataclass(frozen=True, slots=True)
class Unnumbered:
    """A place where new objects are written that may have no number."""

    file: str
    line: int
    model: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: a new {self.model} has a number: `insert`, or `number`, of {GIVES} gives it one"
        )


def unnumbered(code: Code) -> Iterator[Unnumbered]:
    """Every command that writes new objects of a model with a number, where none is given."""
    models = set(_numbered(code))
    for module in code.modules.values():
        for inside in module.inside.values():
            gives = any(_is_number(told) for told in inside)
            for told in inside:
                model = _written(told)
                if model in models and not (gives and isinstance(told, ast.Call) and isinstance(told.func, ast.Name)):
                    yield Unnumbered(module.file, told.lineno, model)


def _numbered(code: Code) -> Iterator[str]:
    for module in code.modules.values():
        for name, defined in module.classes.items():
            for field in defined.body:
                match field:
                    case ast.AnnAssign(target=ast.Name(id="number"), annotation=ast.Name(id=kind)) if kind in NUMBERS:
                        yield name


def _is_number(told: Told) -> bool:
    return isinstance(told, ast.Call) and isinstance(told.func, ast.Name) and told.func.id == "number"


def _written(told: Told) -> str | None:
    """The model of what a call writes."""
    match told:
        case ast.Call(
            func=ast.Attribute(
                attr="insert_one" | "insert_many",
                value=ast.Call(func=ast.Name(id="collection"), args=[ast.Name(id=model)]),
            )
        ):
            return model
        case ast.Call(func=ast.Name(id="insert_all"), args=[ast.Name(id=model), *_]):
            return model
    return None
