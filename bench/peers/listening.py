"""How the Python peers serve: with the web server and the settings that the gateway has."""

import asyncio
import os

import uvicorn
from starlette.applications import Starlette

DATABASE_URL = "BENCH_MONGODB_URL"


def database_url() -> str:
    """The database that every contender reads."""
    return os.environ[DATABASE_URL]


def serve(app: Starlette) -> None:
    """Serve on a free port of loopback, which is printed, until the process is ended."""
    config = uvicorn.Config(app, port=0, server_header=False, proxy_headers=False, access_log=False, log_config=None)
    server = uvicorn.Server(config)

    async def run() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)
        await serving

    asyncio.run(run())
