"""`orrery records`."""

import sys
from types import ModuleType
from typing import Annotated, Any

import typer

from gateway.cli.snapshot import Snapshot
from gateway.paths import records_path


class Unwritten(ModuleType):
    """Stands for the module while it is made: a class may name a record that is not written yet."""

    def __getattr__(self, _name: str) -> Any:
        return dict


def records(
    check: Annotated[bool, typer.Option("--check", help="Fail where models/records.py has drifted.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Bring models/records.py up to date.")] = False,
) -> None:
    """Print the types of what documents are read as, or compare them with their module."""
    snapshot = Snapshot(records_path(), "models/records.py", "the models", "records")
    snapshot.keep(_source, check=check, write=write)


def _source() -> str:
    if "models" not in sys.modules:
        sys.modules["models.records"] = Unwritten("models.records")
    from models.record_source import record_source

    return record_source()
