"""The model of `orrery demo`: it says what a script has for each turn, word by word, in OpenAI's protocol.

It listens on this machine alone, as long as the demo runs. What it says depends on how many turns the conversation has
already, so it may be asked again at any moment.
"""

import asyncio
import json
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from gateway import demo_script as script
from gateway.demo_address import HOST
from gateway.demo_model import NAME

MAX_REQUEST = 4 * 1024 * 1024
PAUSE = 0.06
"""Seconds between words."""

_CARD = re.compile(r"about the card ([0-9a-f]{24})")
_LENGTH = re.compile(rb"content-length: *([0-9]{1,9})", re.IGNORECASE)


@asynccontextmanager
async def serving(port: int, *, fast: bool) -> AsyncIterator[asyncio.Event]:
    """The model while the block runs; the event is set once it is asked. Raises OSError where the port is taken."""
    asked = asyncio.Event()

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        # The end of the demo cancels what waits for another request, which is none to tell of.
        over = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with suppress(*over, asyncio.LimitOverrunError, ValueError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = _LENGTH.search(head)
                body = await reader.readexactly(min(int(length[1]), MAX_REQUEST) if length else 0)
                asked.set()
                await _stream(writer, json.loads(body), 0.0 if fast else PAUSE)
        writer.close()

    server = await asyncio.start_server(answer, HOST, port, limit=MAX_REQUEST)
    try:
        yield asked
    finally:
        server.close()


async def _stream(writer: StreamWriter, request: Mapping[str, Any], pause: float) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    for piece in _pieces(request):
        line = f"data: {piece}\n\n".encode()
        writer.write(b"%x\r\n%s\r\n" % (len(line), line))
        await writer.drain()
        await asyncio.sleep(pause)
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _pieces(request: Mapping[str, Any]) -> list[str]:
    """The answer to a request, as the events of a stream."""
    messages = request["messages"]
    before = sum(message["role"] == "assistant" for message in messages)
    said = script.SCRIPT[min(before, len(script.SCRIPT) - 1)]
    found = _CARD.search(json.dumps(messages))
    was_refused = messages[-1]["role"] == "tool" and "REJECTED" in json.dumps(messages[-2:])
    calls = said.calls_if_refused if was_refused and said.calls_if_refused else said.calls
    base = {"id": NAME, "object": "chat.completion.chunk", "created": 0, "model": NAME}

    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    events = [chunk({"role": "assistant", "content": word}) for word in re.findall(r"\S+\s*", said.text)]
    for index, (tool, arguments) in enumerate(calls):
        text = json.dumps(arguments).replace(script.THE_CARD, found[1] if found else "")
        function = {"name": tool, "arguments": text}
        call = {"index": index, "id": f"call_{before}_{index}", "type": "function", "function": function}
        events.append(chunk({"tool_calls": [call]}))
    events.append(chunk({}, "tool_calls"))
    read, written = len(json.dumps(messages)) // 4, len(json.dumps(events)) // 40
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    events.append({**base, "choices": [], "usage": usage})
    return [*map(json.dumps, events), "[DONE]"]
