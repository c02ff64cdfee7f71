"""A server of tools on loopback, by the Model Context Protocol, which fails as real ones do."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
TOOLS: list[Json] = [
    {"name": "echo", "description": "Says it again.", "inputSchema": {"type": "object"}},
    {"name": "drop", "description": "Forgets it.", "inputSchema": {"type": "object"}},
]


@dataclass
class ToolServer:
    """`calls` are the arguments of the calls that it was sent, `tokens` what clients signed in with. `fate` is what the
    next calls come to: `answer`, `fail`, `refuse`, `hang up`, `say nothing`, or `list nothing` once they are
    answered."""

    port: int = 0
    fate: str = "answer"
    calls: list[Json] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                line, *rest = head.strip().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.tokens.add(headers.get("authorization"))
                status, reply = self._reply(json.loads(body)) if line.startswith("POST") else (405, None)
                if status == 0:
                    if self.fate == "say nothing":
                        await reader.read()
                    break
                text = b"" if reply is None else json.dumps(reply).encode()
                kind = "content-type: application/json\r\n" if text else ""
                writer.write(f"HTTP/1.1 {status} X\r\n{kind}content-length: {len(text)}\r\n\r\n".encode() + text)
                await writer.drain()
        writer.close()

    def _reply(self, asked: Json) -> tuple[int, Json | None]:
        method = asked["method"]
        if "id" not in asked:
            return 202, None
        found: Json
        if method == "initialize":
            version = asked["params"]["protocolVersion"]
            found = {
                "protocolVersion": version,
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "s", "version": "1"},
            }
        elif method == "tools/list" and self.fate != "list nothing":
            found = {"tools": TOOLS}
        elif method == "tools/call":
            self.calls.append(asked["params"])
            if self.fate in ("hang up", "say nothing"):
                return 0, None
            if self.fate == "refuse":
                return 200, {"jsonrpc": "2.0", "id": asked["id"], "error": {"code": -32602, "message": "Not today"}}
            text = f"you said {asked['params'].get('arguments')}"
            found = {"content": [{"type": "text", "text": text}], "isError": self.fate == "fail"}
        else:
            return 200, {"jsonrpc": "2.0", "id": asked["id"], "error": {"code": -32601, "message": "Method not found"}}
        return 200, {"jsonrpc": "2.0", "id": asked["id"], "result": found}


@asynccontextmanager
async def serving_tools() -> AsyncIterator[ToolServer]:
    """A server, for as long as the block runs."""
    tools = ToolServer()
    server = await asyncio.start_server(tools.answer, "127.0.0.1", 0)
    tools.port = server.sockets[0].getsockname()[1]
    try:
        yield tools
    finally:
        server.close()
