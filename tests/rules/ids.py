"""An id that is no noun's has no kind."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from tests.rules.code import Code


@dataclass(frozen=True, slots=True)
class AnyKind:
    """A place where an id is made that may have some kind."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: an ObjectId() may have any kind: new_id or inner_id of models.ids makes ids"


def of_any_kind(code: Code) -> Iterator[AnyKind]:
    """Every id that the driver's library makes: its fifth byte is that of the process, which a kind may have."""
    for module in code.modules.values():
        for told in chain(*module.inside.values(), *map(ast.walk, module.values.values())):
            match told:
                case ast.Call(func=ast.Name(id="ObjectId"), args=[], keywords=[]):
                    yield AnyKind(module.file, told.lineno)
