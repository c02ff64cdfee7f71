"""Follows the ids that clients give through a function and what it calls, as far as a query that they select by."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.rules.code import Code, FunctionDef, Module, Named, parameters
from tests.rules.values import CLIENT, OWN, Of, Value, Values, is_id, joined, met

NO_ID = frozenset({"len", "bool", "isinstance", "any", "all", "sum", "min", "max"})
"""What answers no id, whatever it is given."""
ADDING = frozenset({"append", "add", "extend", "update", "setdefault", "insert"})
"""What makes something a part of what it is asked of."""
BY_FIRST = re.compile("find|update_|replace_|delete_|aggregate|count_documents")
"""What selects documents by its first argument; `distinct` does so by its second."""
JOINING = frozenset({"$match", "$and"})
"""What all has to hold in."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A query that a client's id selects by."""

    file: str
    line: int
    through: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: an id that a client gave to {' > '.join(self.through)} selects documents before "
            "its door was passed: open it (`opens`, `inside`, resolvers.kit.access), or name beside it in the query "
            "what was opened (workspace_id, project_id)"
        )


@dataclass
class Flow:
    """Follows ids through `code`. `doors` are the functions that an id passes, with the place of the id among their
    arguments; `trusted` says of which modules and functions nothing is asked; `is_entered` which functions are asked
    for themselves, as clients call them, and `is_open` which names are classes of documents that are no tenant's."""

    code: Code
    doors: Mapping[Named, int]
    trusted: Callable[[Named], bool]
    is_entered: Callable[[Named], bool]
    is_open: Callable[[Module, ast.Name], bool]
    reached: dict[tuple[str, int], Reach] = field(default_factory=dict)
    _known: dict[tuple[Named, tuple[Value, ...]], Value] = field(default_factory=dict)

    def follow(self, module: Module, function: FunctionDef, given: Values) -> Value:
        """What a function returns where it is given this; the queries on the way are added to `reached`."""
        return Walk(self, module, (function.name,)).run(function, dict(given))

    def called(self, named: Named, given: Sequence[Value], by_name: Values, through: tuple[str, ...]) -> Value:
        """The same for a call of it."""
        module, function = self.code.modules[named.module], self.code.function(named)
        assert function is not None
        values = arguments(function, given, by_name)
        key = named, tuple(values.values())
        if key not in self._known:
            self._known[key] = OWN  # what it is in a circle
            self._known[key] = Walk(self, module, (*through, function.name)).run(function, values)
        return self._known[key]


def arguments(function: FunctionDef | ast.Lambda, given: Sequence[Value], by_name: Values) -> Values:
    """What each parameter is given; whatever is given by a star may be any of them."""
    names = [parameter.arg for parameter in parameters(function)]
    rest = [star.arg for star in (function.args.vararg, function.args.kwarg) if star is not None]
    spread = by_name.get("**", OWN)
    values = {name: by_name.get(name, spread) for name in names} | dict.fromkeys(rest, met([*given, *by_name.values()]))
    return values | dict(zip(names, given, strict=False))


@dataclass
class Walk:
    """One way through a function, statement by statement, in the order that they are written."""

    flow: Flow
    module: Module
    through: tuple[str, ...]
    returned: list[Value] = field(default_factory=list)

    def run(self, function: FunctionDef | ast.Lambda, values: Values) -> Value:
        if isinstance(function, ast.Lambda):
            return self.value(function.body, values)
        self.block(function.body, values)
        return met(self.returned)

    def block(self, statements: Sequence[ast.stmt], values: Values) -> None:
        for statement in statements:
            self.statement(statement, values)

    def statement(self, node: ast.stmt, values: Values) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                Walk(self.flow, self.module, (*self.through, node.name)).run(node, values | arguments(node, (), {}))
                values[node.name] = Value(made_by=node)
            case ast.Return(value=ast.expr() as value):
                self.returned.append(self.value(value, values))
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self.bind(target, value, values)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.bind(target, value, values)
            case ast.AugAssign(target=target, value=value):
                self.add(target, self.value(value, values), values)
            case ast.For(target=target, iter=several) | ast.AsyncFor(target=target, iter=several):
                for _ in range(2):  # what the first round leaves meets the second
                    self.bind(target, several, values)
                    self.block(node.body, values)
                self.block(node.orelse, values)
            case ast.While(test=test):
                for _ in range(2):
                    self.value(test, values)
                    self.block(node.body, values)
            case ast.If(test=test, body=body, orelse=orelse):
                self.value(test, values)
                self.branches([body, orelse], values, given=_is_given(test))
            case ast.Match(subject=subject, cases=cases):
                self.value(subject, values)
                self.branches([case.body for case in cases], values)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    made = self.value(item.context_expr, values)
                    if isinstance(item.optional_vars, ast.Name):
                        values[item.optional_vars.id] = made
                self.block(body, values)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=last):
                self.block(body, values)
                self.branches([handler.body for handler in handlers] + [orelse], values)
                self.block(last, values)
            case _:
                for inner in ast.iter_child_nodes(node):
                    if isinstance(inner, ast.expr):
                        self.value(inner, values)

    def branches(self, bodies: Sequence[Sequence[ast.stmt]], values: Values, *, given: ast.expr | None = None) -> None:
        """One of several is taken: what any of them makes a client's is one. Of an id that need not be `given` it is
        enough that its door is passed where it is."""
        before = dict(values)
        ends: list[Values] = []
        for body in bodies:
            ends.append(dict(before))
            self.block(body, ends[-1])
        for name in {name for end in ends for name in end}:
            found = [end[name] for end in ends if name in end]
            values[name] = found[0] if len(set(found)) == 1 else met(found)
        if given is not None and self.value(given, ends[0]).of is Of.PRODUCT:
            self.open(given, values)

    def bind(self, target: ast.expr, source: ast.expr, values: Values) -> None:
        match target, source:
            case ast.Tuple(elts=targets), ast.Tuple(elts=sources) if len(targets) == len(sources):
                for inner, part in zip(targets, sources, strict=True):
                    self.bind(inner, part, values)
            case _:
                self.assign(target, self.value(source, values), values)

    def assign(self, target: ast.expr, value: Value, values: Values) -> None:
        match target:
            case ast.Name(id=name):
                values[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for inner in targets:
                    self.assign(inner, value, values)
            case ast.Starred(value=inner):
                self.assign(inner, value, values)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))) if value.of is Of.PRODUCT:
                if is_id(key):  # the query names something of the product's own from now on
                    values[name] = replace(values.get(name, OWN), of=Of.PRODUCT, is_bound=True)
            case _:
                self.add(target, value, values)

    def add(self, target: ast.expr, value: Value, values: Values) -> None:
        """Something becomes a part of what a name stands for."""
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
        if isinstance(target, ast.Name):
            before = values.get(target.id, OWN)
            if value.of > before.of and not before.is_bound:
                values[target.id] = value

    def value(self, node: ast.expr | None, values: Values) -> Value:
        match node:
            case ast.Name(id=name):
                return values[name] if name in values else Value(is_open=self.flow.is_open(self.module, node))
            case ast.Attribute(value=inner, attr=name):
                return self.part(self.value(inner, values), name)
            case ast.Subscript(value=inner, slice=key):
                self.value(key, values)
                found = self.value(inner, values)
                return self.part(found, key.value) if isinstance(key, ast.Constant) else found
            case ast.Dict(keys=keys, values=inner_values):
                return self.query(keys, inner_values, values)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return joined([self.value(left, values), self.value(right, values)])
            case ast.List(elts=parts):
                return joined([self.value(part, values) for part in parts])
            case ast.Starred(value=inner) | ast.Await(value=inner):
                return self.value(inner, values)
            case ast.Compare():
                for inner in [node.left, *node.comparators]:
                    self.value(inner, values)
                return OWN
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.value(test, values)
                return met([self.value(body, values), self.value(orelse, values)])
            case ast.NamedExpr(target=target, value=inner):
                self.bind(target, inner, values)
                return values[target.id]
            case ast.Lambda():
                return Walk(self.flow, self.module, self.through).run(node, values | arguments(node, (), {}))
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self.comprehension(node, dict(values))
            case ast.Call():
                return self.call(node, values)
            case None | ast.Constant():
                return OWN
            case _:
                return met(
                    [self.value(inner, values) for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.expr)]
                )

    def part(self, whole: Value, name: object) -> Value:
        """A field of an input is a client's id if it is called so."""
        if whole.of is not Of.INPUT or not isinstance(name, str):
            return Value(whole.of, whole.opened)
        if name == "ctx":
            return OWN
        return (OWN if name in whole.opened else CLIENT) if is_id(name) else whole

    def query(self, keys: Sequence[ast.expr | None], parts: Sequence[ast.expr], values: Values) -> Value:
        """A dictionary; one that names something of the product's own by its id is bound to that."""
        if keys[:1] == [None] and all(key is None for key in keys) and self.value(parts[0], values) == OWN:
            return OWN  # a record, with what changes of it
        found: list[Value] = []
        for key, part in zip(keys, parts, strict=True):
            value = self.value(part, values)
            match key:
                case ast.Constant(value=str(name)):
                    constant = isinstance(part, ast.Constant)
                    own = value.of is Of.PRODUCT and is_id(name) and not constant
                    found.append(Value(value.of, value.opened, is_bound=own or (value.is_bound and name in JOINING)))
                case None:
                    found.append(value)
                case _:
                    found.append(replace(value, is_bound=False))
        return joined(found)

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, values: Values
    ) -> Value:
        for each in node.generators:
            self.bind(each.target, each.iter, values)
            for condition in each.ifs:
                self.value(condition, values)
        if isinstance(node, ast.DictComp):
            return met([self.value(node.key, values), self.value(node.value, values)])
        return self.value(node.elt, values)

    def call(self, node: ast.Call, values: Values) -> Value:
        by_name = {keyword.arg or "**": self.value(keyword.value, values) for keyword in node.keywords}
        given = [self.value(argument, values) for argument in node.args]
        starred = next((at for at, argument in enumerate(node.args) if isinstance(argument, ast.Starred)), len(given))
        if starred < len(given):
            by_name["**"] = met([by_name.get("**", OWN), *given[starred:]])
            given = given[:starred]
        match node.func:
            case ast.Name(id="collection"):
                return Value(is_collection=True, is_open=given[0].is_open)
            case ast.Name(id=name) if name in NO_ID:
                return OWN
            case ast.Name(id=name) if (made_by := values.get(name, OWN).made_by) is not None:
                inner = Walk(self.flow, self.module, (*self.through, name))
                return inner.run(made_by, values | {name: OWN} | arguments(made_by, given, by_name))
            case ast.Attribute(value=receiver, attr=method):
                found = self.method(node, self.value(receiver, values), method, [*given, *by_name.values()])
                if found is not None:
                    return found
        named = self.flow.code.named(self.module, node.func)
        if named is not None and named in self.flow.doors:
            self.open(node.args[self.flow.doors[named]], values)
            return OWN
        if named is not None and self.flow.code.function(named) is not None:
            if self.flow.is_entered(named) or self.flow.trusted(named):
                return OWN
            return self.flow.called(named, given, by_name, self.through)
        return self.unknown(node, given, by_name, values)

    def unknown(self, node: ast.Call, given: Sequence[Value], by_name: Values, values: Values) -> Value:
        """What is made by something that is not followed: of a client's id a client's, and an object of its fields."""
        made = met([*given, *by_name.values()])
        match node.func:
            case ast.Attribute() as method if root(method) == "ctx":
                return OWN  # what a service answers
            case ast.Attribute(value=inner, attr=name):
                if name in ADDING and given:
                    self.add(inner, made, values)
                receiver = self.value(inner, values)
                return met([receiver, made]) if made.of is Of.CLIENT else Value(receiver.of, receiver.opened)
            case ast.Name(id=name) if name[:1].isupper() and not given and made.of is not Of.PRODUCT:
                own = {field for field, value in by_name.items() if value.of is Of.PRODUCT}
                return Value(Of.INPUT, frozenset(own | {"_id"} if by_name.get("id", OWN).of is Of.PRODUCT else own))
        return made

    def method(self, node: ast.Call, receiver: Value, name: str, given: Sequence[Value]) -> Value | None:
        """What asking a collection answers, or an input for one of its fields; None for any other method."""
        if receiver.is_collection:
            selects = given[1:2] if name == "distinct" else given[:1] if BY_FIRST.match(name) else []
            if not receiver.is_open and any(query.of is Of.CLIENT for query in selects):
                self.reach(node)
            return OWN
        if receiver.of is Of.INPUT and name in ("get", "pop"):
            return self.part(receiver, next((key.value for key in node.args if isinstance(key, ast.Constant)), None))
        if receiver.of is Of.INPUT and is_id(name):
            return CLIENT
        if name in ("write", "write_as") and isinstance(node.func, ast.Attribute) and node.args:
            if given[0].of is Of.CLIENT:
                self.reach(node)
            return met(given[1:])
        return None

    def reach(self, node: ast.Call) -> None:
        key = self.module.file, node.lineno
        self.flow.reached.setdefault(key, Reach(*key, self.through))

    def open(self, given: ast.expr, values: Values) -> None:
        """The door to what is named so was passed."""
        match given:
            case ast.Name(id=name):
                values[name] = OWN
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in values:
                values[name] = replace(values[name], opened=values[name].opened | {attribute})


def root(node: ast.expr) -> str:
    """The name that an attribute is one of."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_given(test: ast.expr) -> ast.expr | None:
    match test:
        case ast.Compare(left=given, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return given
    return None
