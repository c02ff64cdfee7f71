"""Mappings: from the data file of another tool to a project's file. `docs/transfer.md` says how to write another.

A mapping is a function from the parsed file to the project's file (`docs/transfer.md`) and sentences about what it left
out; what is odd in the entries of that the import mends. It raises ValueError, whose text is one sentence, for a file
that is not of its shape.
"""

from collections.abc import Callable
from typing import Any

Mapping = Callable[[Any], tuple[dict[str, Any], list[str]]]


def _backlog_md(data: Any) -> tuple[dict[str, Any], list[str]]:
    # Not at the top: it loads what an import does, for which a mere `--help` should not wait.
    from gateway.cli.mappings import backlog_md

    return backlog_md.convert(data)


MAPPINGS: dict[str, Mapping] = {"backlog-md": _backlog_md}
