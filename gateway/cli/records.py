"""`orrery records`."""

import sys
from types import ModuleType
from typing import Annotated, Any

import typer

from gateway.cli.model_source import kind_source, room_source
from gateway.cli.snapshot import Generated, Snapshot
from gateway.paths import models_folder


class Unwritten(ModuleType):
    """Stands for the module while it is made: a class may name a record that is not written yet."""

    def __getattr__(self, _name: str) -> Any:
        return dict


def records(
    check: Annotated[bool, typer.Option("--check", help="Fail where one of the modules has drifted.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Bring the modules up to date.")] = False,
) -> None:
    """Print what is made of the documents' classes, or compare it with its modules in models/.

    Those are kinds.py, the codes in ids; __init__.py, which imports every document; records.py, the types of what
    documents are read as.
    """
    folder = models_folder()
    files = (
        Generated(folder / "kinds.py", "models/kinds.py", lambda: kind_source(folder)),
        Generated(folder / "__init__.py", "models/__init__.py", lambda: room_source(folder)),
        # Made of the classes themselves, which take both of the others.
        Generated(folder / "records.py", "models/records.py", _record_source),
    )
    Snapshot(files, "the models", "records").keep(check=check, write=write)


def _record_source() -> str:
    if "models" not in sys.modules:
        sys.modules["models.records"] = Unwritten("models.records")
    from models.record_source import record_source

    return record_source()
