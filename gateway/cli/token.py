"""`orrery token`."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from gateway.cli.console import STDERR, CommandError, require_no_gateway

if TYPE_CHECKING:
    from gateway.settings import Settings


def token(
    email: Annotated[str, typer.Argument(help="The account that the token acts for.")],
    name: Annotated[str, typer.Option(help="What to call it.")] = "Command line",
    scopes: Annotated[
        str | None, typer.Option(help="Scopes, separated by commas; by default all.", show_default=False)
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="When it ends: a time from now such as 90d, or an ISO 8601 date.")
    ] = None,
) -> None:
    """Make a personal access token in the data folder and print it, once."""
    from gateway.settings import Settings

    values: dict[str, object] = {"name": name}
    if scopes is not None:
        values["scopes"] = [part.strip() for part in scopes.split(",") if part.strip()]
    if expires is not None:
        values["expiresAt"] = _moment(expires)
    settings = Settings.from_env()
    require_no_gateway(settings, "sign in there and call apiTokenCreate, or stop it first")
    secret, prefix = asyncio.run(_create(settings, email, values))
    STDERR.print(
        f"Token {escape(prefix)}… of {escape(email)}; it is shown this once and kept nowhere as text:", soft_wrap=True
    )
    print(secret)


def _moment(text: str) -> str:
    from gateway.settings import SettingsError, parse_duration
    from models.base import utc_now

    try:
        return (utc_now() + parse_duration(text, variable="--expires")).isoformat()
    except SettingsError:
        pass
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--expires takes a time such as 90d, or an ISO 8601 date, not {text!r}.") from error
    return text


async def _create(settings: "Settings", email: str, values: dict[str, object]) -> tuple[str, str]:
    from gateway.direct import act_as, open_services
    from resolvers.account.api_token import create_api_token
    from resolvers.inputs.api_token import ApiTokenCreate
    from resolvers.kit.input import read_input

    checked = read_input(ApiTokenCreate, values)
    async with open_services(settings) as services:
        created = (await create_api_token(await act_as(services, email), checked)).value
    return created.secret, str(created.api_token["prefix"])
