"""A provider on loopback that gives tokens for codes, and others for those that end, each once."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, parse_qsl, urlsplit

CLIENT, SECRET = "orrery", "of-the-gateway"


@dataclass(slots=True)
class Provider:
    """`lifetime` is that of the tokens, in seconds. `asked` are the forms that came; `refuses` says that it gives
    nobody a token any more, `token` is the one that lets in. What it gives is on its way until `slow` is set."""

    url: str = ""
    lifetime: int = 3_600
    refuses: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    refresh: str | None = None
    token: str | None = None
    slow: asyncio.Event | None = None

    def sign_in(self, address: str) -> tuple[str, str]:
        """What a person's sign-in at an address comes to: the state, and a code."""
        asked = {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked["redirect_uri"], asked["code_challenge"]
        return asked["state"], code

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if head.startswith("get "):  # the list of its models
            taken = f"authorization: bearer {self.token}\r\n" in head
            answered = b"HTTP/1.1 %s\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
            writer.write(answered % (b"200 OK" if taken else b"401 No"))
            await writer.drain()
            writer.close()
            return
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        sent = dict(parse_qsl((await reader.readexactly(length)).decode()))
        self.asked.append(sent)
        given = self._given(sent)
        if self.slow is not None:
            await self.slow.wait()
        body = json.dumps(given or {"error": "invalid_grant"})
        status = "200 OK" if given else "400 No"
        writer.write(f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    def _given(self, sent: dict[str, str]) -> dict[str, object] | None:
        if self.refuses or (sent["client_id"], sent["client_secret"]) != (CLIENT, SECRET):
            return None
        if sent["grant_type"] == "authorization_code":
            redirect, challenge = self.codes.pop(sent["code"], ("", ""))
            made = base64.urlsafe_b64encode(sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=").decode()
            if (redirect, challenge) != (sent["redirect_uri"], made):
                return None
        elif sent["refresh_token"] != self.refresh:
            return None
        self.refresh = f"refresh-{len(self.asked)}"
        self.token = f"token-{len(self.asked)}"
        return {"access_token": self.token, "expires_in": self.lifetime, "refresh_token": self.refresh}


@asynccontextmanager
async def serving_provider() -> AsyncIterator[Provider]:
    """A provider, for as long as the block runs."""
    provider = Provider()
    server = await asyncio.start_server(provider.answer, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.close()
