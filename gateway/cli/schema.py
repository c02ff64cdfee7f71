"""`orrery schema`."""

from typing import Annotated

import typer

from gateway.cli.snapshot import Snapshot
from gateway.paths import sdl_path


def schema(
    check: Annotated[bool, typer.Option("--check", help="Fail where graphql/schema.graphql has drifted.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Bring graphql/schema.graphql up to date.")] = False,
) -> None:
    """Print the schema as SDL, or compare it with its snapshot."""
    from schema.sdl import print_sdl

    snapshot = Snapshot(sdl_path(), "graphql/schema.graphql", "the schema", "schema")
    snapshot.keep(print_sdl().rstrip("\n") + "\n", check=check, write=write)
