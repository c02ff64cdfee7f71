"""The product's modules as they are written, with what each name in them stands for. Nothing is imported or run."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("models", "auth", "realtime", "resolvers", "serving", "schema", "rest", "agents", "gateway")
Told = ast.Name | ast.Attribute | ast.Call | ast.ImportFrom
FunctionDef = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Named:
    """A name at the top of a module, by which others import it."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, eq=False)
class Module:
    """One module: `functions` and `values` (what is assigned once) at its top, `imports` what its names come from,
    `inside` the names, attributes and calls in each function and class."""

    name: str
    file: str
    functions: dict[str, FunctionDef] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, Named] = field(default_factory=dict)
    inside: dict[str, list[Told]] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, file: str, text: str) -> "Module":
        module, tree = cls(name, file), ast.parse(text)
        for node in tree.body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    module.functions[node.name] = node
                case ast.ClassDef():
                    module.classes[node.name] = node
                case ast.Assign(targets=[ast.Name(id=target)], value=value):
                    module.values[target] = value
            inside = [inner for inner in ast.walk(node) if isinstance(inner, Told)]
            for inner in inside:
                match inner:
                    case ast.ImportFrom(module=str(origin), names=names):
                        module.imports.update(
                            {alias.asname or alias.name: Named(origin, alias.name) for alias in names}
                        )
            if isinstance(node, FunctionDef | ast.ClassDef):
                module.inside[node.name] = inside
        return module

    def defines(self, name: str) -> bool:
        return name in self.functions or name in self.classes or name in self.values


@dataclass(frozen=True, eq=False)
class Code:
    """All modules by their names."""

    modules: Mapping[str, Module]

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> "Code":
        """What stands in files, by their paths."""
        names = {file: file.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for file in texts}
        return cls({name: Module.read(name, file, texts[file]) for file, name in names.items()})

    def named(self, module: Module, name: ast.expr) -> Named | None:
        """What a name, or an attribute of a module, stands for; None for what is not the product's."""
        match name:
            case ast.Name(id=called) if module.defines(called):
                return Named(module.name, called)
            case ast.Name(id=called) if called in module.imports:
                return self._followed(module.imports[called])
            case ast.Attribute(value=ast.Name(id=package), attr=called) if package in module.imports:
                inside = str(module.imports[package])
                return self._followed(Named(inside, called)) if inside in self.modules else None
        return None

    def _followed(self, named: Named) -> Named:
        """Through modules that only hand a name on."""
        passed = {named}
        while (module := self.modules.get(named.module)) is not None and not module.defines(named.name):
            named = module.imports.get(named.name, named)
            if named in passed:
                break
            passed.add(named)
        return named

    def function(self, named: Named | None) -> FunctionDef | None:
        """The function that a name stands for."""
        module = None if named is None else self.modules.get(named.module)
        return None if module is None or named is None else module.functions.get(named.name)


@cache
def product() -> Code:
    """The rooms of this repository; the executor knows no documents."""
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    return Code.read({str(file.relative_to(ROOT)): file.read_text() for file in files})


def decorator(function: FunctionDef, name: str) -> ast.Call | None:
    """How a function is decorated with what is called so."""
    for node in function.decorator_list:
        match node:
            case ast.Call(func=ast.Name(id=called)) if called == name:
                return node
    return None


def parameters(function: FunctionDef | ast.Lambda) -> list[ast.arg]:
    """Those that may be given by place, in their order, and then those by name alone."""
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
