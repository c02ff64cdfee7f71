"""`orrery export`: over the data folder, or through a running gateway; written as it is read."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer
from rich.markup import escape

from gateway.cli.console import STDERR, CommandError, steps
from gateway.cli.through import As, Token, Url, WorkspaceOption, client_of, own_folder, path_of, slugs_of

if TYPE_CHECKING:
    from gateway.client import Client
    from gateway.settings import Settings


def export(
    workspace: WorkspaceOption,
    project_id: Annotated[str | None, typer.Argument(help="The project's id.", show_default=False)] = None,
    project: Annotated[str | None, typer.Option(help="The project's name, instead of its id.", metavar="NAME")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to; by default standard output.")] = None,
    files: Annotated[
        bool, typer.Option("--files", help="A ZIP with the files of cards as well; so is what is put into FILE.zip.")
    ] = False,
    as_: As = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Export a project in the format that `import` takes."""
    if (project_id is None) == (project is None):
        raise CommandError("Name one project: by its id, or by --project NAME.")
    slugs = slugs_of(workspace)
    remote = client_of(url, token, as_)
    files = files or (output is not None and output.suffix.lower() == ".zip")
    target = _Target(output)
    with steps() as bar:
        bar.begin("Reading")
        if remote is not None:
            _export_remote(remote, slugs, project_id, project, target, files=files)
        else:
            asyncio.run(_export(own_folder(), slugs, as_, project_id, project, target, files=files))
        bar.end()
    if output is not None:
        STDERR.print(f"Exported {target.size} bytes to {escape(str(output))}.", soft_wrap=True)


class _Target:
    """Where the file goes, opened when there is something to write: a file appears under its name once it is whole."""

    def __init__(self, output: Path | None) -> None:
        self._output = output
        self.size = 0

    @contextmanager
    def open(self) -> Iterator["_Target"]:
        if self._output is None:
            self._file: BinaryIO = sys.stdout.buffer
            yield self
            self._file.flush()
            return
        part = self._output.with_name(f"{self._output.name}.part")
        try:
            with part.open("wb") as self._file:
                yield self
            part.replace(self._output)
        except OSError as error:
            raise CommandError(f"{self._output} cannot be written: {error.strerror}.") from error
        finally:
            part.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self.size += len(chunk)


async def _export(
    settings: "Settings",
    slugs: tuple[str, str],
    as_: str | None,
    project_id: str | None,
    name: str | None,
    target: _Target,
    *,
    files: bool,
) -> None:
    from gateway.direct import act_as, act_as_owner, find_workspace, open_services
    from models import Project
    from models.base import collection
    from models.errors import NotFound
    from models.ids import Kind, parse_id
    from resolvers.transfer.archive import Stored, archived
    from resolvers.transfer.transfer import open_export
    from rest.stellary.present.transfer import written

    async with open_services(settings) as services:
        workspace = await find_workspace(*slugs)
        ctx = await act_as(services, as_) if as_ else await act_as_owner(services, workspace)
        query: dict[str, Any] = {"workspace_id": workspace["_id"]}
        query |= {"name": name} if project_id is None else {"_id": parse_id(project_id, Kind.PROJECT, field="project")}
        found = await collection(Project).find(query, {"_id": 1}).limit(2).to_list()
        if not found:
            raise NotFound(f"The project {project_id or name}")
        stored: Stored | None = {} if files else None
        text = written(await open_export(ctx, _only([str(project["_id"]) for project in found], name), stored))
        with target.open():
            async for chunk in text if stored is None else archived(text, stored):
                target.write(chunk)


def _export_remote(
    remote: "Client", slugs: tuple[str, str], project_id: str | None, name: str | None, target: _Target, *, files: bool
) -> None:
    if project_id is None:
        projects = remote.request("GET", f"{path_of(slugs)}/projects")
        project_id = _only(
            [project.get("_id") or project["id"] for project in projects if project["name"] == name], name
        )
    if not project_id.isalnum():
        raise CommandError(f"{project_id!r} is no id of a project.")
    path = f"{path_of(slugs)}/projects/{project_id}/export{'/archive' if files else ''}"
    with remote.download(path) as chunks, target.open():
        for chunk in chunks:
            target.write(chunk)


def _only(ids: list[str], name: str | None) -> str:
    if not ids:
        raise CommandError(f"The project {name} was not found.")
    if len(ids) > 1:
        raise CommandError(f"Several projects are called {name}: name the one by its id.")
    return ids[0]
