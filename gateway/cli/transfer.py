"""`orrery import`: over the data folder, or through a running gateway."""

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from gateway.cli.console import STDERR, CommandError, Steps, steps
from gateway.cli.mappings import MAPPINGS
from gateway.cli.through import As, Token, Url, WorkspaceOption, client_of, own_folder, path_of, slugs_of

if TYPE_CHECKING:
    from gateway.client import Client
    from gateway.settings import Settings

MAX_BYTES = 64 * 1024 * 1024
CHUNK = 256 * 1024
MAX_AT_ONCE = 8 * 1024 * 1024
AT_ONCE = {"columns": 50, "cards": 500, "scopes": 100, "relations": 10_000, "documents": 500}
"""What a gateway imports in one request; more takes a job."""
POLL_SECONDS = 0.3


def import_file(
    file: Annotated[Path, typer.Argument(help="A project as JSON: project, columns, cards.")],
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
    remote = client_of(url, token, as_)
    with steps() as bar:
        text = _read(file, bar)
        values, warnings = _parse(text, file) if mapping is None else _mapped(text, file, mapping)
        mends = mend or mapping is not None
        if remote is not None:
            project_id, more = _import_remote(remote, f"{path_of(slugs)}/projects/import", values, bar, mends=mends)
        else:
            project_id, more = asyncio.run(_import(own_folder(), slugs, as_, values, bar, mends=mends))
        warnings += more
        bar.end()
    for warning in warnings:
        STDERR.print(f"Changed or left out: {escape(warning)}.", soft_wrap=True)
    counts = [f"{_count(values, name)} {name}" for name in ("columns", "cards")]
    STDERR.print(f"Imported {escape(str(values['project']['name']))}: {' and '.join(counts)}.", soft_wrap=True)
    print(project_id)


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
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
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


def _count(values: dict[str, Any], name: str) -> int:
    found = values.get(name)
    return len(found) if isinstance(found, list) else 0


def _import_remote(
    remote: "Client", path: str, values: dict[str, Any], bar: Steps, *, mends: bool
) -> tuple[str, list[str]]:
    query = "?onOddItem=mend" if mends else ""
    text = json.dumps(values, ensure_ascii=True).encode()
    if len(text) <= MAX_AT_ONCE and all(_count(values, name) <= limit for name, limit in AT_ONCE.items()):
        bar.begin("Writing")
        project = remote.request("POST", path + query, text)
        told = [*_sentences(project.get("notes", []), project.get("notesOmitted", 0)), *project.get("warnings", [])]
        return project.get("_id") or project["id"], told
    bar.begin("Sending")
    job = remote.upload(f"{path}/jobs{query}", "project.json", text)
    bar.begin("Waiting")
    total = done = 0
    while job["state"] in ("queued", "running"):
        time.sleep(POLL_SECONDS)
        job = remote.request("GET", f"{path}/jobs/{job['id']}")
        if job["total"] and not total:
            total = job["total"]
            bar.begin("Writing", total)
        bar.advance(job["done"] - done)
        done = job["done"]
    if job["state"] != "done":
        raise CommandError(f"{job['error']['message']}.")
    return job["projectId"], [*_sentences(job.get("notes", []), job.get("notesOmitted", 0)), *job["warnings"]]


def _sentences(notes: Sequence[dict[str, str]], omitted: int) -> list[str]:
    found = [f"{note['place']}: {note['message']}" for note in notes]
    return [*found, f"{omitted} more places"] if omitted else found


async def _import(
    settings: "Settings", slugs: tuple[str, str], as_: str | None, values: dict[str, Any], bar: Steps, *, mends: bool
) -> tuple[str, list[str]]:
    from gateway.direct import act_as, act_as_owner, find_workspace, open_services
    from resolvers.inputs.transfer import WholeImport
    from resolvers.kit.input import read_input
    from resolvers.transfer.notes import Notes
    from resolvers.transfer.settle import read_mended
    from resolvers.transfer.transfer import import_in_parts

    cards = _count(values, "cards")
    bar.begin(f"Checking {cards} cards")
    notes = Notes() if mends else None
    checked = read_input(WholeImport, values) if notes is None else read_mended(WholeImport, values, notes)
    bar.begin("Opening the database")
    async with open_services(settings) as services:
        workspace = await find_workspace(*slugs)
        ctx = await act_as(services, as_) if as_ else await act_as_owner(services, workspace)
        total = sum(_count(values, name) for name in ("cards", "relations", "documents"))
        bar.begin(f"Writing {cards} cards", total)
        done = (await import_in_parts(ctx, workspace["_id"], checked, bar.advance, notes=notes)).value
        return str(done["_id"]), [*_sentences(done["notes"], done["notes_omitted"]), *done["warnings"]]
