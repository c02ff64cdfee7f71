"""The way to a database that a gateway may be serving from meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.settings import Settings


@asynccontextmanager
async def open_running(settings: "Settings") -> AsyncIterator[str]:
    """The URL of the database, of a running gateway's embedded one too."""
    from gateway.database import open_url
    from gateway.embedded import running_url

    running = None if settings.mongodb_url is not None else running_url(settings.data_dir)
    if running is not None:
        yield running
        return
    async with open_url(settings) as url:
        yield url
