"""The agent board's WebSocket on a gateway of its own process: what clients are told, and how it ends."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from auth.authenticate import SESSION_COOKIE
from gateway.client import Client, ClientError
from tests.gateway.process import Serving, serving
from tests.patience import PATIENCE

JSON = dict[str, Any]
PASSWORD = "correct horse battery"
KEPT = ("title", "columnId", "rank", "labels", "isAutoMode", "hasActiveAgent", "archived")
"""What a client keeps of a card that events tell of."""


ROOT = {"email": "root@example.com", "password": PASSWORD}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Authentication may be turned off, and is on but where a test is about that. `ROOT` runs the installation."""
    with serving(tmp_path_factory.mktemp("data"), ORRERY_AGENT_BOARD_AUTH="optional") as opened:
        opened.client.request("POST", "/api/auth/setup", ROOT)
        yield opened


@dataclass(frozen=True)
class Ann:
    """Somebody with a project of two columns."""

    client: Client
    token: str
    project: str
    backlog: str
    done: str

    def ask(self, method: str, path: str, **body: Any) -> Any:
        answer = self.client.request(method, f"/api{path}", body or None)
        return None if answer is None else answer["data"]

    def create(self, title: str) -> str:
        return str(self.ask("POST", "/cards", projectId=self.project, title=title)["id"])

    def cards(self) -> dict[str, JSON]:
        """The cards as a fresh read has them."""
        found = self.ask("GET", f"/projects/{self.project}/cards")
        return {card["id"]: {name: card[name] for name in KEPT} for card in found}


@pytest.fixture
def ann(gateway: Serving) -> Ann:
    email = f"{secrets.token_hex(6)}@example.com"
    made = gateway.client.request("POST", "/api/auth/register", {"email": email, "password": PASSWORD})["data"]
    client = gateway.client.signed_in(made["token"])
    project = client.request("POST", "/api/projects", {"name": "App", "path": "/srv/app"})["data"]["id"]
    columns = client.request("GET", f"/api/projects/{project}/columns")["data"]
    return Ann(client, made["token"], project, columns[0]["id"], columns[-1]["id"])


@dataclass
class Reader:
    """A client that keeps the cards of a project by what it is told."""

    socket: ClientConnection
    cards: dict[str, JSON] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    cursor: str | None = None
    told: list[JSON] = field(default_factory=list)

    async def say(self, kind: str, **payload: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, "payload": payload}))

    async def until(self, done: Callable[[JSON], bool]) -> JSON:
        """The first message that is meant, after all before it were taken."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message: JSON = json.loads(await self.socket.recv())
                self._take(message)
                if done(message):
                    return message

    def _take(self, message: JSON) -> None:
        self.told.append(message)
        self.cursor = message.get("cursor") or self.cursor
        data = message["data"]
        match message["type"]:
            case "card_created" | "card_updated" | "card_moved":
                self.cards[data["id"]] = {name: data[name] for name in KEPT}
                if message["type"] == "card_created":
                    self.titles.append(data["title"])
            case "card_deleted":
                self.cards.pop(data["id"], None)
            case "column_cleaned":
                self.cards = {key: card for key, card in self.cards.items() if card["columnId"] != data["id"]}


def named(kind: str) -> Callable[[JSON], bool]:
    return lambda message: message["type"] == kind


def titled(title: str) -> Callable[[JSON], bool]:
    return lambda message: message["type"] == "card_created" and message["data"]["title"] == title


@asynccontextmanager
async def opened(gateway: Serving, token: str | None, **options: Any) -> AsyncIterator[Reader]:
    query = "" if token is None else f"?token={token}"
    address = f"{gateway.url.replace('http', 'ws')}/api/ws{query}"
    async with connect(address, proxy=None, max_queue=None, **options) as socket:
        yield Reader(socket)


@asynccontextmanager
async def following(gateway: Serving, ann: Ann, after: str | None = None) -> AsyncIterator[Reader]:
    async with opened(gateway, ann.token) as reader:
        await reader.say("subscribe", projectId=ann.project, **({} if after is None else {"after": after}))
        ready = await reader.until(named("subscribed"))
        assert ready["data"] == {"recovered": True}
        yield reader


async def closed(reader: Reader) -> int | None:
    """The code that a socket is closed with."""
    async with asyncio.timeout(PATIENCE):
        try:
            while True:
                await reader.socket.recv()
        except ConnectionClosed:
            return reader.socket.close_code


@pytest.mark.parametrize("token", [None, "", "nonsense", "sl_nonsense"])
async def test_a_socket_without_a_valid_credential_is_accepted_and_closed_with_4001(
    gateway: Serving, token: str | None
) -> None:
    async with opened(gateway, token) as reader:
        assert await closed(reader) == 4001


async def test_a_client_that_folds_what_it_is_told_has_what_a_fresh_read_has(gateway: Serving, ann: Ann) -> None:
    def work() -> None:
        first, second = ann.create("First"), ann.create("Second")
        card = f"/projects/{ann.project}/cards"
        ann.ask("PATCH", f"{card}/{first}", title="First of all", labels=["bug", "new"])
        ann.ask("PATCH", f"{card}/{first}/move", columnId=ann.done)
        ann.ask("PATCH", f"{card}/{second}/auto-mode", enabled=True)
        ann.ask("DELETE", f"{card}/{ann.create('Gone')}")
        ann.ask("POST", f"/projects/{ann.project}/columns/{ann.done}/clean-all")
        ann.create("Last")

    async with following(gateway, ann) as reader:
        writing = asyncio.create_task(asyncio.to_thread(work))
        await reader.until(titled("Last"))
        await writing

        assert reader.cards == await asyncio.to_thread(ann.cards)
        told = {message["type"] for message in reader.told}
        assert {"card_created", "card_updated", "card_moved", "card_deleted", "column_cleaned"} <= told
        assert all(one["projectId"] == ann.project for one in reader.told)


async def test_a_client_that_is_cut_off_goes_on_after_its_cursor_without_a_hole(gateway: Serving, ann: Ann) -> None:
    titles = [f"Card {number}" for number in range(30)]

    def work() -> None:
        for title in titles:
            ann.create(title)

    heard: list[str] = []
    async with following(gateway, ann) as reader:
        writing = asyncio.create_task(asyncio.to_thread(work))
        cursor = reader.cursor
    cuts = 0
    while titles[-1] not in heard:
        async with following(gateway, ann, cursor) as reader:
            if titles[-1] not in reader.titles:
                await reader.until(named("card_created"))
            reader.socket.transport.abort()
            heard += reader.titles
            cursor, cuts = reader.cursor, cuts + 1
    await writing

    assert heard == titles
    assert cuts > 1


async def test_events_go_on_after_the_cursor_of_a_snapshot(gateway: Serving, ann: Ann) -> None:
    await asyncio.to_thread(ann.create, "Before")
    headers = {"authorization": f"Bearer {ann.token}"}
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False, headers=headers) as http:
        answer = await http.get(f"/api/projects/{ann.project}/cards")
    snapshot = {card["id"]: {name: card[name] for name in KEPT} for card in answer.json()["data"]}
    await asyncio.to_thread(ann.create, "After")

    async with following(gateway, ann, answer.headers["x-orrery-cursor"]) as reader:
        assert reader.titles == ["After"]
        assert snapshot | reader.cards == await asyncio.to_thread(ann.cards)


async def test_what_is_refused_is_told_and_the_socket_goes_on(gateway: Serving, ann: Ann) -> None:
    async with opened(gateway, ann.token) as reader:
        for wrong, code in ((1, "BAD_USER_INPUT"), ("0" * 24, "BAD_USER_INPUT"), (foreign(ann), "NOT_FOUND")):
            await reader.say("subscribe", projectId=wrong)
            assert (await reader.until(named("error")))["data"]["code"] == code
        await reader.say("dance")
        assert (await reader.until(named("error")))["data"]["code"] == "BAD_USER_INPUT"
        await reader.say("ping")
        await reader.until(named("pong"))


def foreign(ann: Ann) -> str:
    """The id of a project that nobody has."""
    return ann.project[:-6] + secrets.token_hex(3)


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"type": 5}', '{"type": "ping", "payload": 5}'])
async def test_what_is_no_message_ends_the_socket_with_4400(gateway: Serving, ann: Ann, text: str) -> None:
    async with opened(gateway, ann.token) as reader:
        await reader.socket.send(text)
        assert await closed(reader) == 4400


async def test_a_message_that_is_too_large_ends_the_socket_with_1009(gateway: Serving, ann: Ann) -> None:
    async with opened(gateway, ann.token) as reader:
        await reader.socket.send(json.dumps({"type": "ping", "payload": {"a": "x" * 70_000}}))
        assert await closed(reader) == 1009


async def test_a_session_that_ends_takes_its_sockets_along(gateway: Serving, ann: Ann) -> None:
    async with following(gateway, ann) as reader:
        await asyncio.to_thread(ann.client.request, "POST", "/auth/logout")
        assert await closed(reader) == 4001


async def test_a_project_that_is_left_is_followed_no_more(gateway: Serving, ann: Ann) -> None:
    async with following(gateway, ann) as reader:
        await reader.say("unsubscribe", projectId=ann.project)
        await reader.say("ping")
        await reader.until(named("pong"))
        await asyncio.to_thread(ann.create, "Unheard")
        await reader.say("ping")
        await reader.until(named("pong"))
        assert reader.titles == []


async def test_a_cookie_opens_a_socket_to_pages_of_the_same_origin_alone(gateway: Serving) -> None:
    account = {"email": f"{secrets.token_hex(6)}@example.com", "password": PASSWORD}
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False) as http:
        registered = await http.post("/auth/register", json=account)
    cookie = {"cookie": f"{SESSION_COOKIE}={registered.cookies[SESSION_COOKIE]}"}

    async with opened(gateway, None, origin="https://evil.example", additional_headers=cookie) as reader:
        assert await closed(reader) == 4001
    async with opened(gateway, None, origin=gateway.url, additional_headers=cookie) as reader:
        await reader.say("ping")
        await reader.until(named("pong"))


def test_without_an_upgrade_the_address_answers_426(gateway: Serving) -> None:
    with pytest.raises(ClientError) as refused:
        gateway.client.request("GET", "/api/ws")

    assert refused.value.status == 426


async def test_without_authentication_this_machine_alone_acts_as_who_has_turned_it_off(
    gateway: Serving, ann: Ann
) -> None:
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False) as http:
        token = (await http.post("/api/auth/login", json=ROOT)).json()["data"]["token"]
        root = {"authorization": f"Bearer {token}"}

        async def turned(enabled: bool, **headers: str) -> httpx.Response:
            return await http.put("/api/settings/auth", json={"enabled": enabled}, headers=headers)

        assert (await turned(False, authorization=f"Bearer {ann.token}")).status_code == 403
        off = await turned(False, **root)
        assert (off.status_code, off.json()) == (200, {"data": {"enabled": False}})
        assert (await http.get("/api/settings/auth-status")).json()["data"]["authEnabled"] is False

        # A request of this machine is root's, at this interface alone
        assert (await http.get("/api/auth/me")).json()["data"]["email"] == ROOT["email"]
        made = await http.post("/api/organizations", json={"name": "Mine"}, headers={"origin": gateway.url})
        assert made.status_code == 201
        for path in ("/auth/me", "/organizations"):
            assert (await http.get(path)).status_code == 401
        assert "errors" in (await http.post("/graphql", json={"query": "{ viewer { id } }"})).json()

        # Neither is one of elsewhere, of a wrong credential, nor that of a page of another origin
        for headers, status in (
            ({"x-forwarded-for": "203.0.113.9"}, 401),
            ({"authorization": "Bearer nonsense"}, 401),
            ({"origin": "https://evil.example"}, 403),
            ({"origin": "null"}, 403),
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"sec-fetch-site": "same-site"}, 403),
        ):
            refused = await http.post("/api/organizations", json={"name": "Theirs"}, headers=headers)
            assert refused.status_code == status, headers
        async with opened(gateway, None, origin="https://evil.example") as reader:
            assert await closed(reader) == 4001
        async with opened(gateway, None) as reader:
            await reader.say("ping")
            await reader.until(named("pong"))

            # When it is turned on again, sockets without a credential end
            assert (await turned(True)).json() == {"data": {"enabled": True}}
            assert await closed(reader) == 4001
        assert (await http.get("/api/auth/me")).status_code == 401

        # So it is when whoever has turned it off signs out of that
        assert (await turned(False, **root)).status_code == 200
        sessions = (await http.get("/auth/sessions", headers=root)).json()
        [everybodys] = [one["id"] for one in sessions if one["userAgent"] == "Authentication is off"]
        await http.delete(f"/auth/sessions/{everybodys}", headers=root)
        assert (await http.get("/api/settings/auth")).json()["data"]["enabled"] is True
        assert (await http.get("/api/auth/me")).status_code == 401
