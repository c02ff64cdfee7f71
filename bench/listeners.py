"""Listening clients of MCP: what each one weighs."""

import asyncio
import secrets
from contextlib import ExitStack
from urllib.parse import urlsplit

import orjson
from rich.console import Console
from rich.table import Table

from bench.servers import embedded, gateway
from bench.tenants import Tenants, settle

CLIENTS = 1_000
FIRST = 100
"""Those that are there before it is measured: what is made once is made for them."""
AT_ONCE = 20
REST = 3.0
REVISION = "2026-07-28"

Streams = list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


def listeners(rounds: int) -> None:
    """Measure, and print the table."""
    secret_key = secrets.token_hex(32)
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        database = stack.enter_context(embedded(runner))
        server = stack.enter_context(gateway(database, secret_key))  # it prepares the database
        tenants = runner.run(settle(database.url, secret_key, 11, 10))
        open_streams: Streams = []
        runner.run(_listen(server.url, tenants, FIRST, open_streams))
        before = server.process.memory_info().rss
        runner.run(_listen(server.url, tenants, CLIENTS, open_streams))
        grown = server.process.memory_info().rss - before
    table = Table(title="ours, over MCP", title_justify="left")
    for heading in ("work", "found", "goal"):
        table.add_column(heading, justify="left" if heading == "work" else "right")
    table.add_row(f"{CLIENTS:,} listening clients, memory of each", f"{grown / CLIENTS / 1000:.1f} kB", "45 kB")
    Console().print(table)


async def _listen(url: str, tenants: Tenants, count: int, streams: Streams) -> None:
    """So many more clients that listen, each to a workspace."""
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        streams += await asyncio.gather(*(_client(url, tenants, number) for number in numbers))
    await asyncio.sleep(REST)


async def _client(url: str, tenants: Tenants, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """One that has been told what it listens to."""
    token, place = tenants.tokens[number % len(tenants.tokens)], tenants.places[number % len(tenants.places)]
    about = {"protocolVersion": REVISION, "clientCapabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
    params = {
        "_meta": {f"io.modelcontextprotocol/{name}": value for name, value in about.items()},
        "notifications": {"resourceSubscriptions": [f"orrery://workspace/{place.workspace}"]},
    }
    body = orjson.dumps({"jsonrpc": "2.0", "id": number, "method": "subscriptions/listen", "params": params})
    address = urlsplit(url)
    headers = {
        "host": address.netloc,
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": REVISION,
        "mcp-method": "subscriptions/listen",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"POST /mcp HTTP/1.1\r\n{head}\r\n".encode() + body)
    await reader.readuntil(b"notifications/subscriptions/acknowledged")
    return reader, writer
