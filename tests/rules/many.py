"""What deletes or updates many documents at once does so in a transaction.

Outside one, the embedded database holds on to the collection while a transaction is in the way, which may be about to
write to the same collection: neither ever ends, and nothing else begins (docs/decisions/0045).
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tests.rules.code import Code, Module, Told

MANY = frozenset({"delete_many", "update_many"})
APART = {
    "FileChunk": "it is written in no transaction",
    "KeyUse": "it is written in no transaction",
    "LogEntry": "it is written in no transaction",
    "LoggedEvent": "a transaction adds some and touches none that are there",
    "Migration": "nothing else runs while a dump is restored",
}
"""Documents that no transaction is in the way of."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A command for many documents that belongs to no transaction."""

    file: str
    line: int
    command: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.command} outside a transaction can stop the embedded database: give it a "
            "session, or say in tests/rules/many.py why no transaction is in its way"
        )


def alone(code: Code, apart: Collection[str] = APART) -> Iterator[Alone]:
    """Every such command in the code, but for those for documents `apart`."""
    for module in code.modules.values():
        for told in module.inside.values():
            yield from _alone_in(module, told, apart)


def _alone_in(module: Module, told: list[Told], apart: Collection[str]) -> Iterator[Alone]:
    for call in told:
        match call:
            case ast.Call(func=ast.Attribute(attr=command, value=stored), keywords=given) if command in MANY:
                in_session = any(keyword.arg == "session" for keyword in given)
                if not in_session and _model(stored) not in apart:
                    yield Alone(module.file, call.lineno, command)


def _model(stored: ast.expr) -> str | None:
    match stored:
        case ast.Call(func=ast.Name(id="collection"), args=[ast.Name(id=model)]):
            return model
    return None
