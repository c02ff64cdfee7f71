"""How source that is generated is written."""

from collections.abc import Sequence

_LINE = 120


def import_of(module: str, names: Sequence[str], indent: str = "") -> str:
    """An import as the formatter writes it: on one line, or a name a line where that is too long."""
    line = f"{indent}from {module} import {', '.join(names)}"
    if len(line) > _LINE:
        line = f"{indent}from {module} import (\n" + "".join(f"{indent}    {name},\n" for name in names) + f"{indent})"
    return line + "\n"
