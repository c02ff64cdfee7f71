"""A model on loopback that says what a script tells it to, in both protocols, and fails as real ones do.

What it says depends on how many turns the conversation has already, so it may be killed, or asked again, at any moment.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """What the model says: text, then calls of tools as (name, arguments); arguments that are a text are sent as they
    are, whatever they are. `id` is that of every call; `usage` may be left out. `pause` is seconds between pieces."""

    text: str = ""
    calls: tuple[tuple[str, Json | str], ...] = ()
    id: str | None = None
    usage: bool = True
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A request that fails: with a status, or cut after some pieces of the stream, or ended after them as if that were
    all."""

    status: int = 200
    retry_after: str | None = None
    cut_after: int | None = None
    stop_after: int | None = None


Script = Callable[[Json, int], Turn]
"""From a request, and how many turns were before it, to what is said."""


def turns(*said: Turn) -> Script:
    """A script that says one after the other, and the last one from then on."""
    return lambda _, before: said[min(before, len(said) - 1)]


@dataclass(slots=True)
class ModelServer:
    """The server while it runs. `requests` are those that it was asked, `bill` the tokens (in, out) that it counted,
    whether or not its answer arrived; `faults` are taken by the requests that come, one each; `cuts` are the requests
    whose clients went away while they were answered, and when, in seconds of the event loop's clock."""

    script: Script
    url: str = ""
    faults: deque[Fault] = field(default_factory=deque)
    requests: list[Json] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    bill: list[tuple[int, int]] = field(default_factory=list)
    cuts: list[tuple[Json, float]] = field(default_factory=list)
    speaking: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while (head := await reader.readuntil(b"\r\n\r\n")) and await self._one(head, reader, writer):
                pass
        writer.close()

    async def _one(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        sent = await reader.readexactly(int(headers.get("content-length", "0")))
        request: Json = json.loads(sent or b"{}")
        if sent:
            self.requests.append(request)
        self.keys.append(headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer "))
        fault = self.faults.popleft() if self.faults else Fault()
        if fault.status != 200:
            after = f"retry-after: {fault.retry_after}\r\n" if fault.retry_after else ""
            kind = "authentication_error" if fault.status == 401 else "overloaded_error"
            body = json.dumps({"type": "error", "error": {"type": kind, "message": "no"}})
            writer.write(f"HTTP/1.1 {fault.status} No\r\n{after}content-length: {len(body)}\r\n\r\n{body}".encode())
            await writer.drain()
            return True
        if not sent:  # the list of its models
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"data":[]}')
            await writer.drain()
            return True
        before = sum(message["role"] == "assistant" for message in request["messages"])
        turn = self.script(request, before)
        used = len(json.dumps(request)) // 4, 5 + len(turn.text) // 4
        self.bill.append(used)
        pieces = (_anthropic if lines[0].split()[1].endswith("/messages") else _openai)(turn, before, used)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        self.speaking += 1
        try:
            for count, piece in enumerate(pieces[: fault.stop_after]):
                if fault.cut_after == count:
                    writer.transport.abort()
                    return False
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
                if turn.pause:
                    await self._pause(turn.pause, writer)
        except ConnectionError:
            self.cuts.append((request, asyncio.get_running_loop().time()))
            raise
        finally:
            self.speaking -= 1
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _pause(self, seconds: float, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        if writer.transport.is_closing():
            raise ConnectionResetError


@asynccontextmanager
async def serving_model(script: Script, port: int = 0) -> AsyncIterator[ModelServer]:
    """A server with a script, for as long as the block runs."""
    model = ModelServer(script)
    server = await asyncio.start_server(model.answer, "127.0.0.1", port, limit=32 * 1024 * 1024)
    model.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield model
    finally:
        server.close()


def _words(text: str) -> list[str]:
    return [word + " " for word in text.split(" ")] if text else []


def _given(arguments: Json | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _openai(turn: Turn, before: int, used: tuple[int, int]) -> list[bytes]:
    base = {"id": "chat", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}

    def chunk(delta: Json, reason: str | None = None) -> Json:
        return {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    said = [chunk({"role": "assistant", "content": word}) for word in _words(turn.text)]
    for index, (name, arguments) in enumerate(turn.calls):
        call = {"index": index, "id": turn.id or f"call_{before}_{index}", "type": "function"}
        said.append(chunk({"tool_calls": [{**call, "function": {"name": name, "arguments": _given(arguments)}}]}))
    said.append(chunk({}, "tool_calls" if turn.calls else "stop"))
    if turn.usage:
        usage = {"prompt_tokens": used[0], "completion_tokens": used[1], "total_tokens": sum(used)}
        said.append({**base, "choices": [], "usage": usage})
    return [b"data: " + json.dumps(event).encode() + b"\n\n" for event in said] + [b"data: [DONE]\n\n"]


def _anthropic(turn: Turn, before: int, used: tuple[int, int]) -> list[bytes]:
    usage = {"input_tokens": used[0] if turn.usage else 0, "output_tokens": 1 if turn.usage else 0}
    message = {"id": "msg", "type": "message", "role": "assistant", "model": "scripted", "content": [], "usage": usage}
    said: list[Json] = [{"type": "message_start", "message": message}]

    def block(start: Json, deltas: Sequence[Json]) -> None:
        index = sum(event["type"] == "content_block_start" for event in said)
        said.append({"type": "content_block_start", "index": index, "content_block": start})
        said.extend({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)
        said.append({"type": "content_block_stop", "index": index})

    if turn.text:
        block({"type": "text", "text": ""}, [{"type": "text_delta", "text": word} for word in _words(turn.text)])
    for index, (name, arguments) in enumerate(turn.calls):
        start = {"type": "tool_use", "id": turn.id or f"toolu_{before}_{index}", "name": name, "input": {}}
        block(start, [{"type": "input_json_delta", "partial_json": _given(arguments)}])
    reason = "tool_use" if turn.calls else "end_turn"
    told = {"usage": {"output_tokens": used[1] if turn.usage else 0}}
    said += [{"type": "message_delta", "delta": {"stop_reason": reason}, **told}, {"type": "message_stop"}]
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in said]


__all__ = ["Fault", "ModelServer", "Turn", "serving_model", "turns"]
