"""Asking a server of tools by the Model Context Protocol, both generations of it, with guarded requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2

from models.errors import OrreryError
from models.outbound import Outbound

if TYPE_CHECKING:
    from mcp import Client

SECONDS = 30.0
"""What a call may take, with finding out what the server speaks."""
MAX_BYTES = 1024**2
MAX_TOOLS = 100
MAX_RESULT = 16_000
"""Bytes that are kept of a result."""
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
    async with _connected(outbound, url, token) as client:
        try:
            found = (await client.list_tools()).tools
        except Exception as error:
            raise NotSent(_told(error)) from error
    return [RemoteTool(tool.name, (tool.description or "")[:MAX_TOLD], dict(tool.input_schema)) for tool in found][
        :MAX_TOOLS
    ]


async def call_tool(outbound: Outbound, url: str, token: str | None, tool: str, arguments: dict[str, Any]) -> str:
    """What a tool answers, as text. Raises NotSent, Answered and NotKnown."""
    from mcp.shared.exceptions import MCPError

    async with _connected(outbound, url, token) as client:
        try:
            result = await client.call_tool(tool, arguments)
        except MCPError as error:
            raise Answered(error.error.message[:MAX_TOLD]) from error
        except Exception as error:
            raise NotKnown(_told(error)) from error
    text = "\n".join(part.text if part.type == "text" else f"[{part.type}]" for part in result.content)
    if result.is_error:
        raise Answered(text[:MAX_TOLD] or "the tool failed")
    whole = text.encode()
    return text if len(whole) <= MAX_RESULT else whole[:MAX_RESULT].decode(errors="ignore") + " … cut"


@asynccontextmanager
async def _connected(outbound: Outbound, url: str, token: str | None) -> AsyncIterator["Client"]:
    """A client of a server that it has greeted; raises NotSent where that fails. It asks nobody for anything, and is
    given nothing but the token."""
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    async with outbound.client(seconds=SECONDS, max_bytes=MAX_BYTES) as http:
        http.headers.update(headers)
        client = Client(streamable_http_client(url, http_client=http), read_timeout_seconds=SECONDS, cache=None)
        try:
            await client.__aenter__()
        except Exception as error:
            raise NotSent(_told(error)) from error
        try:
            yield client
        finally:
            await client.__aexit__(None, None, None)


def _told(error: BaseException) -> str:
    """Why, without what was sent."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, (httpx2.TransportError, OrreryError)) and str(error):
        return str(error)[:MAX_TOLD]
    return f"the server did not answer as the protocol says ({type(error).__name__})"
