"""`orrery import` and `orrery export`: over the data folder, or through a running gateway."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.markup import escape

from gateway.cli.console import STDERR, CommandError, Steps, require_no_gateway, steps
from gateway.client import Client
from gateway.settings import Settings

MAX_BYTES = 8 * 1024 * 1024
CHUNK = 256 * 1024

WorkspaceOption = Annotated[str, typer.Option("--workspace", help="The workspace, as ORGANIZATION/WORKSPACE (slugs).")]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="EMAIL", help="Act as this person; by default as the workspace's owner."),
]
Url = Annotated[
    str | None,
    typer.Option(help="Go through the gateway at this address instead of the data folder.", metavar="URL"),
]
Token = Annotated[
    str | None,
    typer.Option(help="Personal access token for --url.", envvar="ORRERY_TOKEN", metavar="TOKEN", show_envvar=True),
]


def import_file(
    file: Annotated[Path, typer.Argument(help="A project as JSON: project, columns, cards.")],
    workspace: WorkspaceOption,
    as_: As = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Import a project, all or nothing: at most 50 columns, 500 cards and 8 MB."""
    slugs = _slugs(workspace)
    remote = _client(url, token, as_)
    with steps() as bar:
        text = _read(file, bar)
        values = _parse(text, file)
        if remote is not None:
            bar.begin("Writing")
            project = remote.request("POST", f"{_path(slugs)}/projects/import", text)
            project_id = project.get("_id") or project["id"]
        else:
            project_id = asyncio.run(_import(_own_folder(), slugs, as_, values, bar))
        bar.end()
    counts = [f"{_count(values, name)} {name}" for name in ("columns", "cards")]
    STDERR.print(f"Imported {escape(str(values['project']['name']))}: {' and '.join(counts)}.", soft_wrap=True)
    print(project_id)


def export(
    workspace: WorkspaceOption,
    project_id: Annotated[str | None, typer.Argument(help="The project's id.", show_default=False)] = None,
    project: Annotated[str | None, typer.Option(help="The project's name, instead of its id.", metavar="NAME")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to; by default standard output.")] = None,
    as_: As = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Export a project in the format that `import` takes."""
    if (project_id is None) == (project is None):
        raise CommandError("Name one project: by its id, or by --project NAME.")
    slugs = _slugs(workspace)
    remote = _client(url, token, as_)
    with steps() as bar:
        bar.begin("Reading")
        if remote is not None:
            exported = _export_remote(remote, slugs, project_id, project)
        else:
            exported = asyncio.run(_export(_own_folder(), slugs, as_, project_id, project))
        bar.end()
    text = json.dumps(exported, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
    counts = " and ".join(f"{len(exported[name])} {name}" for name in ("columns", "cards"))
    STDERR.print(f"Exported {counts} to {escape(str(output))}.", soft_wrap=True)


def _own_folder() -> Settings:
    settings = Settings.from_env()
    require_no_gateway(settings, "pass its address with --url, and a personal access token with --token")
    return settings


def _slugs(workspace: str) -> tuple[str, str]:
    organization, slash, slug = workspace.partition("/")
    if not (organization and slash and slug) or "/" in slug:
        raise CommandError(f"--workspace takes ORGANIZATION/WORKSPACE, not {workspace!r}.")
    return organization, slug


def _path(slugs: tuple[str, str]) -> str:
    return f"/orgs/{quote(slugs[0], safe='')}/workspaces/{quote(slugs[1], safe='')}"


def _client(url: str | None, token: str | None, as_: str | None) -> Client | None:
    if url is None:
        return None
    if not token:
        raise CommandError("--url takes a --token as well (or ORRERY_TOKEN).")
    if as_ is not None:
        raise CommandError("--as has no meaning with --url: the token says who acts.")
    return Client(url, token)


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


def _parse(text: bytes, file: Path) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise CommandError(f"{file} is not JSON{where}.") from error
    if not isinstance(values, dict) or not isinstance(values.get("project"), dict):
        raise CommandError(f"{file} is no project: it must be an object with project, columns and cards.")
    return values


def _count(values: dict[str, Any], name: str) -> int:
    found = values.get(name)
    return len(found) if isinstance(found, list) else 0


async def _import(
    settings: Settings, slugs: tuple[str, str], as_: str | None, values: dict[str, Any], bar: Steps
) -> str:
    from gateway.direct import act_as, act_as_owner, find_workspace, open_services
    from resolvers.inputs.base import read_input
    from resolvers.inputs.transfer import ProjectImport
    from resolvers.transfer import import_project

    cards = _count(values, "cards")
    bar.begin(f"Checking {cards} cards")
    checked = read_input(ProjectImport, values)
    bar.begin("Opening the database")
    async with open_services(settings) as services:
        workspace = await find_workspace(*slugs)
        ctx = await act_as(services, as_) if as_ else await act_as_owner(services, workspace)
        bar.begin(f"Writing {cards} cards")
        return str((await import_project(ctx, workspace["_id"], checked)).value["_id"])


async def _export(
    settings: Settings, slugs: tuple[str, str], as_: str | None, project_id: str | None, name: str | None
) -> dict[str, Any]:
    from gateway.direct import act_as, act_as_owner, find_workspace, open_services
    from models import Project
    from models.base import collection
    from models.errors import NotFound
    from models.ids import Kind, parse_id
    from resolvers.transfer import export_project
    from rest.stellary.present.transfer import exported_project

    async with open_services(settings) as services:
        workspace = await find_workspace(*slugs)
        ctx = await act_as(services, as_) if as_ else await act_as_owner(services, workspace)
        query: dict[str, Any] = {"workspace_id": workspace["_id"]}
        query |= {"name": name} if project_id is None else {"_id": parse_id(project_id, Kind.PROJECT, field="project")}
        found = await collection(Project).find(query, {"_id": 1}).limit(2).to_list()
        if not found:
            raise NotFound(f"The project {project_id or name}")
        exported = await export_project(ctx, _only([str(one["_id"]) for one in found], name))
        return dict(exported_project(exported))


def _export_remote(remote: Client, slugs: tuple[str, str], project_id: str | None, name: str | None) -> dict[str, Any]:
    if project_id is None:
        projects = remote.request("GET", f"{_path(slugs)}/projects")
        project_id = _only([one.get("_id") or one["id"] for one in projects if one["name"] == name], name)
    if not project_id.isalnum():
        raise CommandError(f"{project_id!r} is no id of a project.")
    exported: dict[str, Any] = remote.request("GET", f"{_path(slugs)}/projects/{project_id}/export")
    return exported


def _only(ids: list[str], name: str | None) -> str:
    if not ids:
        raise CommandError(f"The project {name} was not found.")
    if len(ids) > 1:
        raise CommandError(f"Several projects are called {name}: name the one by its id.")
    return ids[0]
