"""`orrery migrate`."""

import asyncio
from typing import TYPE_CHECKING

from rich.markup import escape

from gateway.cli.console import STDERR, Steps, require_no_gateway, steps

if TYPE_CHECKING:
    from gateway.settings import Settings


def migrate() -> None:
    """Bring the database to this version: build missing indexes and back-fill. May be interrupted and run again."""
    from gateway.settings import Settings

    settings = Settings.from_env()
    require_no_gateway(settings, "stop it first; it migrates by itself when it starts again")
    with steps() as bar:
        done = asyncio.run(_migrate(settings, bar))
        bar.end()
    for line in done or ["Nothing is to be done: the database has all that this version needs."]:
        STDERR.print(escape(line), soft_wrap=True)


async def _migrate(settings: "Settings", bar: Steps) -> list[str]:
    from gateway.database import open_unlimited, open_url
    from gateway.migrations import migrate

    bar.begin("Opening the database")
    async with open_url(settings) as url, open_unlimited(settings, url) as database:
        return await migrate(database.db, bar)
