"""Answers that found nobody: whoever sends the same call again within a minute is given them; nothing is done twice.

A client whose stream broke has to send its call anew, and cannot know whether it was done. Of this process alone: a key
(`answers.KEY`) holds everywhere, and for a day.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from starlette.types import Message, Receive, Send

from auth.subject import Subject
from serving.errors import answer

SECONDS = 60.0
MAX_KEPT = 1_000
MAX_ANSWER = 32 * 1024

Handle = Callable[[Send], Awaitable[None]]


@dataclass(slots=True)
class _Call:
    """A call under way: how its client is looked for, and what it is answered."""

    receive: Receive
    answered: asyncio.Future[bytes | None]


@dataclass(slots=True)
class Undelivered:
    """What was answered to nobody, by the call that it is the answer to."""

    _kept: OrderedDict[str, tuple[float, bytes]] = field(default_factory=OrderedDict)
    _under_way: dict[str, _Call] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._kept)

    async def once(self, key: str, message_id: Any, receive: Receive, send: Send, handle: Handle) -> None:
        """Answer with what the same call has come to, if its client has left before it was told; else with `handle`."""
        earlier = self._under_way.get(key)
        found = self._take(key)
        if found is None and earlier is not None and await _is_gone(earlier.receive):
            found = await asyncio.shield(earlier.answered)
            self._kept.pop(key, None)
        if found is not None:
            told = {**orjson.loads(found), "id": message_id}
            await answer(told, 200)({"type": "http"}, receive, send)
            return
        await self._run(key, receive, send, handle)

    async def _run(self, key: str, receive: Receive, send: Send, handle: Handle) -> None:
        call = _Call(receive, asyncio.get_running_loop().create_future())
        parts: list[bytes] = []
        status, is_gone = 0, False

        async def watched(message: Message) -> None:
            nonlocal status, is_gone
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))
                is_gone = is_gone or await _is_gone(receive)
            await send(message)

        self._under_way[key] = call
        body: bytes | None = None
        try:
            await handle(watched)
            body = b"".join(parts) if status == 200 else None
            if body is not None and is_gone:
                self._keep(key, body)
        finally:
            call.answered.set_result(body)
            if self._under_way.get(key) is call:
                del self._under_way[key]

    def _keep(self, key: str, body: bytes) -> None:
        if len(body) > MAX_ANSWER:
            return
        self._kept[key] = asyncio.get_running_loop().time() + SECONDS, body
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)

    def _take(self, key: str) -> bytes | None:
        until, body = self._kept.pop(key, (0.0, b""))
        return body if asyncio.get_running_loop().time() < until else None


def key_of(subject: Subject, message: Any) -> str | None:
    """What tells a call of a tool from others of the same credential; None for what is no call."""
    if not isinstance(message, dict) or message.get("method") != "tools/call" or "id" not in message:
        return None
    params = message.get("params")
    if not isinstance(params, dict):
        return None
    asked = [params.get(name) for name in ("name", "arguments", "inputResponses")]
    try:
        told = orjson.dumps([str(subject.credential_id), str(subject.user_id), *asked], option=orjson.OPT_SORT_KEYS)
    except TypeError:  # deeper than any argument is, so it is refused
        return None
    return sha256(told).hexdigest()


async def _is_gone(receive: Receive) -> bool:
    """Whether a client has left, without waiting for it."""
    try:
        async with asyncio.timeout(0):
            return bool((await receive())["type"] == "http.disconnect")
    except TimeoutError:
        return False
