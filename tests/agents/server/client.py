"""A client of MCP by hand, of either generation."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

HANDSHAKE = "2025-11-25"
MODERN = "2026-07-28"
VERSIONS = [HANDSHAKE, MODERN]


def _answer(response: httpx.Response) -> dict[str, Any]:
    """The last message of an answer, which may be an event stream."""
    if not response.headers["content-type"].startswith("text/event-stream"):
        return dict(response.json())
    lines = [line for line in response.text.splitlines() if line.startswith("data: {")]
    return dict(json.loads(lines[-1].removeprefix("data: ")))


@dataclass(slots=True)
class Client:
    """Speaks one version; each message is a request of its own."""

    http: httpx.AsyncClient
    version: str
    number: int = 0
    capabilities: dict[str, Any] = field(default_factory=dict)

    def headers(self, message: Any) -> dict[str, str]:
        """What goes along with a message."""
        told = {"mcp-protocol-version": self.version, "accept": "application/json, text/event-stream"}
        if self.version == MODERN and "params" in message:
            told["mcp-method"] = message["method"]
            params = message["params"]
            named = next((params[key] for key in ("name", "uri", "taskId") if key in params), None)
            if named is not None:
                told["mcp-name"] = named
        return told

    async def post(self, message: Any, **headers: str) -> httpx.Response:
        return await self.http.post("/mcp", json=message, headers={**self.headers(message), **headers})

    def message(self, method: str, meta: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
        self.number += 1
        beside: dict[str, Any] = {}
        if self.version == MODERN:
            beside = {
                "io.modelcontextprotocol/protocolVersion": MODERN,
                "io.modelcontextprotocol/clientCapabilities": self.capabilities,
                "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            }
        if meta or beside:
            params["_meta"] = beside | (meta or {})
        return {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}

    async def send(self, method: str, meta: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
        """The whole answer."""
        message = self.message(method, meta, **params)
        answered = _answer(await self.post(message))
        assert answered["id"] == message["id"]
        return answered

    async def call(self, tool: str, meta: dict[str, Any] | None = None, **arguments: Any) -> dict[str, Any]:
        """The result of a tool."""
        answered = await self.send("tools/call", meta, name=tool, arguments=arguments)
        result: dict[str, Any] = answered["result"]
        return result
