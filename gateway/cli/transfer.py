"""`orrery import`: over the data folder, or through a running gateway."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from gateway.cli.console import STDERR, CommandError, Steps, steps
from gateway.cli.mappings import MAPPINGS
from gateway.cli.through import As, Token, Url, WorkspaceOption, client_of, own_folder, path_of, slugs_of
from gateway.cli.transfer_remote import count, import_by_job, import_values

if TYPE_CHECKING:
    from gateway.client import Client
    from gateway.settings import Settings

MAX_BYTES = 64 * 1024 * 1024
CHUNK = 256 * 1024
ARCHIVE = b"PK"
"""How a ZIP begins, and no JSON does."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The new project: how many of what it has, and sentences about what was changed or left out."""

    id: str
    name: str
    counts: dict[str, int]
    told: list[str]


def import_file(
    file: Annotated[
        Path, typer.Argument(help="A project as JSON, or such a text with the files of its cards: the ZIP of `export`.")
    ],
    workspace: WorkspaceOption,
    mapping: Annotated[
        str | None,
        typer.Option(help=f"The file is another tool's: {', '.join(MAPPINGS)}.", metavar="NAME"),
    ] = None,
    mend: Annotated[bool, typer.Option(help="Change or leave out what is odd in an entry, and tell it.")] = False,
    as_: As = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Import a project, all or nothing; a large one through a gateway by a job, which the gateway goes on with."""
    if mapping is not None and mapping not in MAPPINGS:
        raise CommandError(f"There is no mapping {mapping}: --mapping takes {', '.join(MAPPINGS)}.")
    slugs = slugs_of(workspace)
    way = client_of(url, token, as_) or own_folder()
    with steps() as bar:
        if mapping is None and _is_archive(file):
            done = _import_archive(file, way, slugs, as_, bar, mends=mend)
        else:
            done = _import_text(file, mapping, way, slugs, as_, bar, mends=mend or mapping is not None)
        bar.end()
    for warning in done.told:
        STDERR.print(f"Changed or left out: {escape(warning)}.", soft_wrap=True)
    *counts, last = [f"{number} {name}" for name, number in done.counts.items()]
    STDERR.print(f"Imported {escape(done.name)}: {', '.join(counts)} and {last}.", soft_wrap=True)
    print(done.id)


def _import_text(
    file: Path,
    mapping: str | None,
    way: "Client | Settings",
    slugs: tuple[str, str],
    as_: str | None,
    bar: Steps,
    *,
    mends: bool,
) -> Imported:
    from gateway.settings import Settings

    text = _read(file, bar)
    values, left_out = _parse(text, file) if mapping is None else _mapped(text, file, mapping)
    counts = {name: count(values, name) for name in ("columns", "cards")}
    if not isinstance(way, Settings):
        project_id, told = import_values(way, path_of(slugs), values, bar, mends=mends)
    else:
        from gateway.cli.transfer_here import check_values, import_here

        bar.begin(f"Checking {counts['cards']} cards")
        project_id, told = asyncio.run(import_here(way, slugs, as_, check_values(values, mends=mends), bar))
    return Imported(project_id, str(values["project"]["name"]), counts, [*left_out, *told])


def _import_archive(
    file: Path, way: "Client | Settings", slugs: tuple[str, str], as_: str | None, bar: Steps, *, mends: bool
) -> Imported:
    """What is wrong with the archive's text is told before any of it is sent."""
    from gateway.cli.transfer_here import check_archive, import_here
    from gateway.settings import Settings

    with file.open("rb") as archive:
        bar.begin("Checking")
        given = check_archive(archive, mends=mends)
        if not isinstance(way, Settings):
            project_id, told = import_by_job(way, path_of(slugs), "project.zip", archive, bar, mends=mends)
        else:
            project_id, told = asyncio.run(import_here(way, slugs, as_, given, bar))
    counts = {"columns": len(given.values.columns), "cards": len(given.values.cards), "files": given.files}
    return Imported(project_id, given.values.project.name, counts, told)


def _is_archive(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(ARCHIVE)) == ARCHIVE
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: OSError) -> CommandError:
    return CommandError(f"{file} cannot be read: {error.strerror}.")


def _read(file: Path, bar: Steps) -> bytes:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise CommandError(f"{file} has {size} bytes: an import takes at most {MAX_BYTES}.")
        bar.begin("Reading", size)
        text = bytearray()
        with file.open("rb") as source:
            while len(text) <= MAX_BYTES and (chunk := source.read(CHUNK)):
                text += chunk
                bar.advance(len(chunk))
    except OSError as error:
        raise _unreadable(file, error) from error
    if len(text) > MAX_BYTES:
        raise CommandError(f"{file} is larger than the {MAX_BYTES} bytes that an import takes.")
    return bytes(text)


def _json(text: bytes, file: Path) -> Any:
    try:
        return json.loads(text)
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not JSON: it is no text in UTF-8 from byte {error.start} on.") from error
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise CommandError(f"{file} is not JSON{where}.") from error


def _mapped(text: bytes, file: Path, mapping: str) -> tuple[dict[str, Any], list[str]]:
    try:
        return MAPPINGS[mapping](_json(text, file))
    except ValueError as error:
        raise CommandError(f"{file} is no file of {mapping}: {error}.") from error


def _parse(text: bytes, file: Path) -> tuple[dict[str, Any], list[str]]:
    values = _json(text, file)
    if not isinstance(values, dict) or not isinstance(values.get("project"), dict):
        raise CommandError(f"{file} is no project: it must be an object with project, columns and cards.")
    return values, []
