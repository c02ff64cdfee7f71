"""The source of `schema.references`: made of the modules beside it.

Those are read and not run, as one may name a reference that is not written yet.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from gateway.cli.source import import_of

_HEAD = '''"""Names for the types of the graph, in modules that name each other's: made by `orrery schema --write`."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
'''
_MAKERS = frozenset({"shows", "strawberry.type"})
"""What makes a class a type of the graph."""
_ROOTS = frozenset({"query", "subscription"})
"""Modules of types that no field leads to."""


def reference_source(folder: Path) -> str:
    """The module of references, as it is to be written into a folder of types."""
    types = {module: names for module, names in _types_in(folder) if names}
    imports = [import_of(f"schema.{module}", names, "    ") for module, names in types.items()]
    references = [
        f'{name}Ref = Annotated["{name}", strawberry.lazy("schema.{module}")]\n'
        for module, names in types.items()
        for name in names
    ]
    return "".join([_HEAD, *imports, "\n", *references])


def _types_in(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The modules of a folder, each with the names of its types."""
    for module, file in sorted((file.stem, file) for file in folder.glob("*.py")):
        if module not in _ROOTS:
            classes = (node for node in ast.parse(file.read_bytes(), file.name).body if isinstance(node, ast.ClassDef))
            yield module, sorted((cls.name for cls in classes if _is_type(cls)), key=str.lower)


def _is_type(cls: ast.ClassDef) -> bool:
    """Whether a class is a type by itself, and not one for each that it may be of."""
    makers = {ast.unparse(made.func) for made in cls.decorator_list if isinstance(made, ast.Call)}
    return bool(makers & _MAKERS) and not any(isinstance(base, ast.Subscript) for base in cls.bases)
