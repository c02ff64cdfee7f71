"""What importing and exporting share: the workspace, who acts, and the way there."""

from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from gateway.cli.console import CommandError, require_no_gateway

if TYPE_CHECKING:
    from gateway.client import Client
    from gateway.settings import Settings

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


def own_folder() -> "Settings":
    from gateway.settings import Settings

    settings = Settings.from_env()
    require_no_gateway(settings, "pass its address with --url, and a personal access token with --token")
    return settings


def slugs_of(workspace: str) -> tuple[str, str]:
    organization, slash, slug = workspace.partition("/")
    if not (organization and slash and slug) or "/" in slug:
        raise CommandError(f"--workspace takes ORGANIZATION/WORKSPACE, not {workspace!r}.")
    return organization, slug


def path_of(slugs: tuple[str, str]) -> str:
    return f"/orgs/{quote(slugs[0], safe='')}/workspaces/{quote(slugs[1], safe='')}"


def client_of(url: str | None, token: str | None, as_: str | None) -> "Client | None":
    from gateway.client import Client

    if url is None:
        return None
    if not token:
        raise CommandError("--url takes a --token as well (or ORRERY_TOKEN).")
    if as_ is not None:
        raise CommandError("--as has no meaning with --url: the token says who acts.")
    return Client(url, token)
