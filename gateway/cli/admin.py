"""`orrery admin`: who runs the installation."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from gateway.cli.console import STDERR, CommandError, require_no_gateway

if TYPE_CHECKING:
    from gateway.settings import Settings

admin = typer.Typer(help="Who runs the installation.", no_args_is_help=True)


@admin.callback()
def _admin() -> None:
    pass


@admin.command()
def grant(
    email: Annotated[str, typer.Argument(help="The account.")],
    role: Annotated[
        str, typer.Option(help="super_admin or admin; `user` takes away what it may do with the installation.")
    ] = "super_admin",
) -> None:
    """Have an account run the installation. That opens no organization and no workspace to it."""
    from gateway.settings import Settings

    settings = Settings.from_env()
    require_no_gateway(settings, "stop it first")
    asyncio.run(_grant(settings, email, role))
    STDERR.print(f"{escape(email)} is {escape(role)} of this installation.", soft_wrap=True)


async def _grant(settings: "Settings", email: str, role: str) -> None:
    from gateway.direct import act_as, open_services
    from models.enums import ServerRole
    from resolvers.installation.installation import grant_server_role

    if role not in list(ServerRole):
        raise CommandError(f"--role takes {', '.join(ServerRole)}, not {role!r}.")
    async with open_services(settings) as services:
        ctx = await act_as(services, email)
        await grant_server_role(ctx, ctx.user_id, ServerRole(role))
