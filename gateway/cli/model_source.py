"""The source of `models.kinds` and of `models`: made of the modules beside them.

Those are read and not run, as a class may name a kind that is not written yet, in a module that nothing imports yet.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.cli.console import CommandError
from gateway.cli.source import import_of

_OTHERS = frozenset({"__init__", "base", "kinds", "records"})
"""Modules of no document."""
_DOCUMENTS = frozenset({"Recorded", "Stored"})
"""What documents are, by its name in `models.base`."""

_KINDS = '''"""The kinds of objects that ids name: made of what classes say by `@kind`, by `orrery records --write`."""

from enum import IntEnum


class Kind(IntEnum):
    """The type code that an id carries. Codes are stored in ids: never renumber, never reuse."""

'''
_TITLE = '''
    @property
    def title(self) -> str:
        """What an error calls an object of the kind."""
        return self.name.capitalize().replace("_", " ")
'''
_MODELS = '''"""Documents, one module a noun, with the id, the enums and the error tree that every room shares.

What is imported and named here is made of the modules, by `orrery records --write`.
"""

from typing import Any

'''
_LIST = """
DOCUMENTS: list[type[Recorded[Any]]] = [
    model
    for model in tuple(vars().values())
    if isinstance(model, type) and issubclass(model, Recorded) and model is not Recorded
]
\"\"\"Every collection: all that is imported here. The gateway creates their indexes at start.\"\"\"

"""


@dataclass(frozen=True, slots=True)
class Declared:
    """A class of a module of `models`: a document, or what has a kind (the name of that, and its code), or both."""

    module: str
    name: str
    is_document: bool
    kind: tuple[str, int] | None

    def __str__(self) -> str:
        return f"models.{self.module}.{self.name}"


def declared_in(folder: Path) -> Iterator[Declared]:
    """What the modules of a folder declare, by their names and in their order.

    Raises CommandError for a `@kind` that is not written out as a code and, where it has one, a name.
    """
    for file in sorted(folder.glob("*.py")):
        if file.stem in _OTHERS:
            continue
        for node in ast.parse(file.read_text(encoding="utf-8"), file.name).body:
            if isinstance(node, ast.ClassDef):
                declared = Declared(file.stem, node.name, _is_document(node), _kind(file.stem, node))
                if declared.is_document or declared.kind is not None:
                    yield declared


def kind_source(folder: Path) -> str:
    """The module of kinds, as it is to be written into a folder of models.

    What has a code keeps it, and its place, though its class be gone; others come after, as they are declared. Raises
    CommandError for a kind whose code was another one, and for two of one code or one name.
    """
    codes = _kept(folder / "kinds.py")
    owners: dict[str, Declared] = {}
    for declared in declared_in(folder):
        if declared.kind is None:
            continue
        name, code = declared.kind
        if name in owners:
            raise CommandError(f"{owners[name]} and {declared} are both {name}: give one of them a name of its own.")
        if codes.get(name, code) != code:
            before = _hex(codes[name])
            raise CommandError(f"{declared} is {_hex(code)}, but {name} is {before} in models/kinds.py: a code stays.")
        other = next((other for other, taken in codes.items() if taken == code and other != name), None)
        if other is not None:
            raise CommandError(f"{declared} is {_hex(code)}, which {owners.get(other, other)} has, or had once.")
        owners[name], codes[name] = declared, code
    lines = [f"    {name} = {_hex(code)}\n" for name, code in codes.items()]
    return "".join([_KINDS, *lines, _TITLE])


def room_source(folder: Path) -> str:
    """`models/__init__.py`, as it is to be written: the import of every document, and their names."""
    modules: dict[str, list[str]] = {"base": ["Recorded"]}
    for declared in declared_in(folder):
        if declared.is_document:
            modules.setdefault(declared.module, []).append(declared.name)
    imports = [import_of(f"models.{module}", sorted(names, key=str.lower)) for module, names in sorted(modules.items())]
    shown = sorted({name for names in modules.values() for name in names} - {"Recorded"})
    listed = "".join(f'    "{name}",\n' for name in ["DOCUMENTS", *shown])
    return "".join([_MODELS, *imports, _LIST, f"__all__ = [\n{listed}]\n"])


def _is_document(node: ast.ClassDef) -> bool:
    """Whether a class is a `Stored[...]` or a `Recorded[...]`."""
    bases = (base.value for base in node.bases if isinstance(base, ast.Subscript))
    return any(isinstance(base, ast.Name) and base.id in _DOCUMENTS for base in bases)


def _kind(module: str, node: ast.ClassDef) -> tuple[str, int] | None:
    """What `@kind(code)`, or `@kind(code, name)`, says of a class."""
    for decorator in node.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id="kind"), args=[ast.Constant(value=int(code))]) if _fits(code):
                return _name_of(node.name), code
            case ast.Call(
                func=ast.Name(id="kind"), args=[ast.Constant(value=int(code)), ast.Constant(value=str(name))]
            ) if _fits(code):
                return name, code
            case ast.Call(func=ast.Name(id="kind")):
                said = "@kind takes a code of 0x01 to 0xFF, and maybe a name"
                raise CommandError(f"models.{module}.{node.name}: {said}.")
    return None


def _fits(code: int) -> bool:
    return 0 < code < 256


def _name_of(class_name: str) -> str:
    """What the kind of a class is called: LABEL for Label, OAUTH_CLIENT for OAuthClient."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", class_name).upper()


def _kept(file: Path) -> dict[str, int]:
    """The codes that kinds were given before."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return {name: int(code, 16) for name, code in re.findall(r"^    ([A-Z][A-Z0-9_]*) = (0x[0-9A-F]{2})$", text, re.M)}


def _hex(code: int) -> str:
    return f"0x{code:02X}"
