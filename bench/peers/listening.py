"""How the Python peers serve: with the web server and the settings that the gateway has."""

import os
import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette


def database_url() -> str:
    """The database that every contender reads."""
    return os.environ["BENCH_MONGODB_URL"]


def secret_key() -> str:
    """What the gateway's tokens are signed with."""
    return os.environ["BENCH_SECRET_KEY"]


class Server(uvicorn.Server):
    """Prints its port once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


def serve(app: Starlette, **settings: Any) -> None:
    """Serve on a free port of loopback until the process is ended."""
    quiet: dict[str, Any] = {"server_header": False, "proxy_headers": False, "access_log": False, "log_config": None}
    Server(uvicorn.Config(app, port=0, **quiet, **settings)).run()
