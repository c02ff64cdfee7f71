"""`orrery schema`."""

import difflib
import sys
from typing import Annotated

import typer
from rich.markup import escape

from gateway.cli.console import STDERR, CommandError
from gateway.paths import sdl_path

SHOWN_LINES = 40


def schema(
    check: Annotated[bool, typer.Option("--check", help="Fail where graphql/schema.graphql has drifted.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Bring graphql/schema.graphql up to date.")] = False,
) -> None:
    """Print the schema as SDL, or compare it with its snapshot."""
    from schema.sdl import print_sdl

    if check and write:
        raise CommandError("--check and --write exclude each other.")
    sdl = print_sdl().rstrip("\n") + "\n"
    path = sdl_path()
    if write:
        try:
            path.write_text(sdl, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        STDERR.print(f"Wrote {escape(str(path))}.", soft_wrap=True)
    elif check:
        try:
            kept = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            kept = ""
        if kept != sdl:
            _show_difference(kept, sdl)
            raise CommandError("graphql/schema.graphql has drifted from the schema: run orrery schema --write.")
    else:
        sys.stdout.write(sdl)


def _show_difference(kept: str, sdl: str) -> None:
    lines = list(
        difflib.unified_diff(
            kept.splitlines(), sdl.splitlines(), "graphql/schema.graphql", "the schema", lineterm="", n=1
        )
    )
    for line in lines[:SHOWN_LINES]:
        STDERR.print(line, markup=False, soft_wrap=True)
    if len(lines) > SHOWN_LINES:
        STDERR.print(f"... {len(lines) - SHOWN_LINES} more lines", markup=False)
