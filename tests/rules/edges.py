"""An edge asks for all of its parents at once.

How many queries a request makes depends on its shape, and not on how many objects there are.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tests.rules.code import Code, FunctionDef, Module, decorator, parameters

APART = {
    "diff_of_worktree": "git is asked in each folder, and not the database",
    "files_of": "git is asked in each folder, and not the database",
    "totals_of": "a process counts in the index that it keeps of each workspace",
}
"""Edges that wait for something else of one parent after the other."""


@dataclass(frozen=True, slots=True)
class OneByOne:
    """An edge that waits for something once for each of its parents."""

    file: str
    line: int
    edge: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.edge} waits for something of each parent by itself: ask for all at once, "
            "or say in tests/rules/edges.py why that is no query"
        )


def one_by_one(code: Code, apart: Collection[str] = APART) -> Iterator[OneByOne]:
    """Every such edge in the code, but for those `apart`."""
    for module in code.modules.values():
        for function in module.functions.values():
            if decorator(function, "edge") and function.name not in apart:
                yield from _waits(module, function)


def _waits(module: Module, function: FunctionDef) -> Iterator[OneByOne]:
    _, parents, *_ = parameters(function)
    for node in ast.walk(function):
        match node:
            case ast.For(iter=of, body=repeated):
                pass
            case ast.ListComp(elt=made, generators=[ast.comprehension(iter=of), *_]):
                repeated = [ast.Expr(made)]
            case ast.SetComp(elt=made, generators=[ast.comprehension(iter=of), *_]):
                repeated = [ast.Expr(made)]
            case ast.DictComp(value=made, generators=[ast.comprehension(iter=of), *_]):
                repeated = [ast.Expr(made)]
            case _:
                continue
        if _is_of(of, parents.arg) and any(isinstance(part, ast.Await) for each in repeated for part in ast.walk(each)):
            yield OneByOne(module.file, node.lineno, function.name)


def _is_of(of: ast.expr, parents: str) -> bool:
    """Whether a loop goes through the parents, and not through portions of a thousand."""
    match of:
        case ast.Call(func=ast.Name(id="portions")):
            return False
    return any(isinstance(name, ast.Name) and name.id == parents for name in ast.walk(of))
