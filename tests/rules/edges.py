"""An edge asks for all of its parents at once, and so does what it calls.

How many queries a request makes depends on its shape, and not on how many objects there are.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tests.rules.code import Code, FunctionDef, Module, decorator, parameters

APART = {
    "resolvers.document.place.places_of": "a query for all that are below others, and one for all at the top",
    "resolvers.invitation.send.invitations_of": "memberships were looked up for all, and each is looked at",
    "resolvers.kit.position.positions": "of what the request has made itself: all others were noted before",
    "resolvers.lane.page._cards": "a column that shows more than a hundred cards is a range of an index",
    "resolvers.machine.files.files_of": "git is asked in each folder, and not the database",
    "resolvers.search.search.totals_of": "a process counts in the index that it keeps of each workspace",
    "resolvers.wallet.top_up.top_ups_of": "memberships were looked up for all, and each is looked at",
    "resolvers.worktree.worktree.diff_of_worktree": "git is asked in each folder, and not the database",
}
"""Functions that wait for something of one parent after the other, or of each by itself."""

Reached = tuple[Module, FunctionDef, frozenset[str]]
"""A function, and its parameters that are given as many as there are parents."""
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True)
class OneByOne:
    """A function that waits for something once for each parent of an edge."""

    file: str
    line: int
    function: str
    edge: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.function}, for the edge {self.edge}, waits for something of each parent "
            "by itself: ask for all at once, or say in tests/rules/edges.py why that is no query"
        )


def one_by_one(code: Code, apart: Collection[str] = APART) -> Iterator[OneByOne]:
    """Every such place in the code, but for those in functions that stand `apart`."""
    seen: set[Reached] = set()
    for module in code.modules.values():
        written = (node for function in module.functions.values() for node in ast.walk(function))
        for function in (node for node in written if isinstance(node, FunctionDef)):
            if decorator(function, "edge"):
                _, parents, *_ = parameters(function)
                for place in _reached(code, (module, function, frozenset({parents.arg})), seen):
                    if place.function not in apart:
                        yield place


def _reached(code: Code, edge: Reached, seen: set[Reached]) -> Iterator[OneByOne]:
    """The places in an edge, and in the functions of the product that it hands its parents to, but for those `seen`."""
    waiting = [edge]
    while waiting:
        module, function, given = reached = waiting.pop()
        if reached in seen:
            continue
        seen.add(reached)
        many = _many(function, given)
        for line in _waits(function, many):
            yield OneByOne(module.file, line, f"{module.name}.{function.name}", edge[1].name)
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            named = code.named(module, call.func)
            called = code.function(named)
            if named is not None and called is not None and (handed := _handed(call, called, many)):
                waiting.append((code.modules[named.module], called, handed))


def _handed(call: ast.Call, called: FunctionDef, many: Collection[str]) -> frozenset[str]:
    """The parameters that are given as many as there are parents."""
    by_place = zip(parameters(called), call.args, strict=False)
    given = {parameter.arg for parameter, value in by_place if _is_of(value, many)}
    return frozenset(given | {each.arg for each in call.keywords if each.arg is not None and _is_of(each.value, many)})


def _many(function: FunctionDef, parents: Collection[str]) -> set[str]:
    """The names in a function that stand for the parents, or for what was made of them."""
    many = set(parents)
    assigned = [each for node in ast.walk(function) for pair in _assigned(node) for each in _grown(*pair)]
    while True:
        found = {name for name, as_many_as in assigned if name not in many and _is_of(as_many_as, many, portions=True)}
        if not found:
            return many
        many |= found


def _grown(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names that something is assigned to, and what says how many they stand for: of what is filled, the keys."""
    match target:
        case ast.Name(id=name):
            yield name, value
        case ast.Subscript(value=ast.Name(id=name), slice=key):
            yield name, key
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            for each in targets:
                yield from _grown(each, value)
        case ast.Starred(value=starred):
            yield from _grown(starred, value)


def _assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
            | ast.AugAssign(target=target, value=value)
            | ast.For(target=target, iter=value)
            | ast.AsyncFor(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
            | ast.Call(func=ast.Attribute(value=ast.Name() as target, attr="append" | "add" | "extend"), args=[value])
        ):
            yield target, value


def _waits(function: FunctionDef, many: Collection[str]) -> Iterator[int]:
    """The lines where something is waited for as often as there are parents."""
    for node in ast.walk(function):
        match node:
            case ast.For(iter=of, body=body) | ast.AsyncFor(iter=of, body=body):
                waits = _is_of(of, many) and _has_await(*body)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                waits = _comprehension_waits(node, many)
            case ast.Call(func=func, args=args) if _called(func) in ("gather", "wait", "as_completed"):
                waits = any(isinstance(each, ast.Starred) and _is_of(each.value, many) for each in args)
            case _:
                continue
        if waits:
            yield node.lineno


def _comprehension_waits(node: Comprehension, many: Collection[str]) -> bool:
    made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    for place, generator in enumerate(node.generators):
        later = [part for each in node.generators[place + 1 :] for part in (each.iter, *each.ifs)]
        if _is_of(generator.iter, many) and _has_await(*made, *generator.ifs, *later):
            return True
    return False


def _has_await(*parts: ast.AST) -> bool:
    return any(isinstance(part, ast.Await) for each in parts for part in ast.walk(each))


def _is_of(of: ast.expr, many: Collection[str], *, portions: bool = False) -> bool:
    """Whether something is as many as there are parents, and neither a few things of theirs that are written out nor,
    unless those count too, portions of a hundred."""
    match of:
        case ast.Call(func=func) if _called(func) == "portions" and not portions:
            return False
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            return any(isinstance(each, ast.Starred) and _is_of(each.value, many) for each in elements)
        case ast.Dict(keys=keys, values=values):
            return any(key is None and _is_of(value, many) for key, value in zip(keys, values, strict=True))
    return any(isinstance(name, ast.Name) and name.id in many for name in ast.walk(of))


def _called(func: ast.expr) -> str:
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
