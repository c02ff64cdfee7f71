"""`orrery schema`."""

from typing import Annotated

import typer

from gateway.cli.snapshot import Generated, Snapshot
from gateway.paths import sdl_path


def schema(
    check: Annotated[bool, typer.Option("--check", help="Fail where graphql/schema.graphql has drifted.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Bring graphql/schema.graphql up to date.")] = False,
) -> None:
    """Print the schema as SDL, or compare it with its snapshot."""
    file = Generated(sdl_path(), "graphql/schema.graphql", _sdl)
    Snapshot((file,), "the schema", "schema").keep(check=check, write=write)


def _sdl() -> str:
    from schema.sdl import print_sdl

    return print_sdl().rstrip("\n") + "\n"
