"""`orrery schema`."""

from typing import Annotated

import typer

from gateway.cli.reference_source import reference_source
from gateway.cli.snapshot import Generated, Snapshot
from gateway.paths import sdl_path, types_folder


def schema(
    check: Annotated[
        bool, typer.Option("--check", help="Fail where graphql/schema.graphql or schema/references.py has drifted.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Bring graphql/schema.graphql and schema/references.py up to date.")
    ] = False,
) -> None:
    """Print the schema as SDL, or compare it with its snapshot."""
    folder = types_folder()
    references = Generated(folder / "references.py", "schema/references.py", lambda: reference_source(folder))
    sdl = Generated(sdl_path(), "graphql/schema.graphql", _sdl)
    # The modules that the schema is made of import the references.
    files = (references, sdl) if check or write else (sdl,)
    Snapshot(files, "the schema", "schema").keep(check=check, write=write)


def _sdl() -> str:
    from schema.sdl import print_sdl

    return print_sdl().rstrip("\n") + "\n"
