"""Asking a server of tools by the Model Context Protocol, both generations of it, with guarded requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2

from models.errors import OrreryError
from models.outbound import Outbound
from models.pool import Pool

if TYPE_CHECKING:
    from mcp import Client
    from mcp_types import CallToolResult

LOADING = Pool("first calls of remote tools", threads=2, at_once=1, of_one=20, in_all=100)
"""The SDK takes a second or two to load."""
SECONDS = 30.0
"""What a call may take in all, with finding out what the server speaks and the goodbye."""
MAX_BYTES = 1024**2
MAX_TOOLS = 100
MAX_RESULT = 16_000
"""Bytes that are kept of a result."""
UNSURE = frozenset({-32000, -32001, -32600, -32603, -32700})
"""Codes of JSON-RPC: connection closed, timed out, invalid request, internal error, unreadable."""
MAX_TOLD = 500
"""Characters that are kept of what a server says of a failure, or of a tool."""


class NotSent(Exception):  # noqa: N818
    """The call was not made: the server cannot be reached, or does not speak the protocol."""


class NotKnown(Exception):  # noqa: N818
    """The call was made, and nobody knows what became of it."""


class Answered(Exception):  # noqa: N818
    """The server says that the call failed."""


@dataclass(frozen=True, slots=True)
class RemoteTool:
    """A tool, in its server's words, which are text of others."""

    name: str
    description: str
    input_schema: dict[str, Any]


async def list_tools(outbound: Outbound, url: str, token: str | None) -> list[RemoteTool]:
    """The first tools of a server. Raises NotSent."""
    found: list[RemoteTool] | None = None
    try:
        async with asyncio.timeout(SECONDS), _connected(outbound, url, token) as client:
            told = (await client.list_tools()).tools[:MAX_TOOLS]
            found = [
                RemoteTool(tool.name, (tool.description or "")[:MAX_TOLD], dict(tool.input_schema)) for tool in told
            ]
    except Exception as error:
        if found is None:  # else it was the goodbye that failed
            raise NotSent(_told(_cause(error))) from error
    return found or []


async def call_tool(outbound: Outbound, url: str, token: str | None, tool: str, arguments: dict[str, Any]) -> str:
    """What a tool answers, as text. Raises NotSent, Answered and NotKnown."""
    is_sent, result = False, None
    try:
        async with asyncio.timeout(SECONDS), _connected(outbound, url, token) as client:
            is_sent = True
            result = await _sent(client, tool, arguments)
    except Exception as error:
        if result is None:  # else it was the goodbye that failed
            raise _failure(_cause(error), is_sent=is_sent) from error
    assert result is not None  # noqa: S101  (else it was raised)
    text = "\n".join(part.text if part.type == "text" else f"[{part.type}]" for part in result.content)
    if result.is_error:
        raise Answered(text[:MAX_TOLD] or "the tool failed")
    whole = text.encode()
    return text if len(whole) <= MAX_RESULT else whole[:MAX_RESULT].decode(errors="ignore") + " … cut"


async def _sent(client: "Client", tool: str, arguments: dict[str, Any]) -> "CallToolResult":
    """The answer to a call that is sent once: the client's own method sends some again, and asks the server for its
    tools afterwards, whose failure would be taken for the call's."""
    import mcp_types as types

    params = types.CallToolRequestParams(name=tool, arguments=arguments)
    return await client.session.send_request(types.CallToolRequest(params=params), types.CallToolResult)


@asynccontextmanager
async def _connected(outbound: Outbound, url: str, token: str | None) -> AsyncIterator["Client"]:
    """A client of a server that it has greeted. It asks nobody for anything, and is given nothing but the token."""
    connect, transport_of = await LOADING.run(_load, admitted=True)
    async with outbound.client(seconds=SECONDS, max_bytes=MAX_BYTES) as http:
        http.headers.update({} if token is None else {"authorization": f"Bearer {token}"})
        transport = transport_of(url, http_client=http)
        async with connect(transport, read_timeout_seconds=SECONDS, cache=None) as client:
            yield client


def _load() -> tuple[Any, Any]:
    """The client of the SDK, and what it speaks over."""
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    return Client, streamable_http_client


def _failure(error: BaseException, *, is_sent: bool) -> Exception:
    """What a call has come to that was not answered with a result."""
    from mcp.shared.exceptions import MCPError

    if not is_sent:
        return NotSent(_told(error))
    if not isinstance(error, MCPError):
        return NotKnown(_told(error))
    # The SDK tells of a cut or unreadable answer as if the server had refused, by these codes.
    return (NotKnown if error.error.code in UNSURE else Answered)(error.error.message[:MAX_TOLD])


def _cause(error: BaseException) -> BaseException:
    """The first of what failed together."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _told(error: BaseException) -> str:
    """Why, without what was sent."""
    if isinstance(error, (httpx2.TransportError, OrreryError)) and str(error):
        return str(error)[:MAX_TOLD]
    return f"the server did not answer as the protocol says ({type(error).__name__})"
