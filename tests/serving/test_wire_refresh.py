"""A socket outlives the credential that it was opened with, where its client brings another in time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from websockets.asyncio.client import ClientConnection

from gateway.database import Database
from gateway.settings import Settings
from models import Session
from models.base import collection, timestamp, utc_now
from realtime.guard import PERIOD_SECONDS
from tests.gateway.lab import PASSWORD, Board, Lab, Person
from tests.serving.transports.websocket_lab import closing, hear, say
from tests.serving.wire_lab import EVENTS, dial, gateway_of, sign_in, title, watch

LIFETIME = timedelta(seconds=3)
PROMISED = timedelta(seconds=5)
LOGIN = "mutation ($i: AuthLoginInput!) { authLogin(input: $i) { accessToken expiresAt } }"
TOKEN = "mutation ($i: ApiTokenCreateInput!) { apiTokenCreate(input: $i) { apiToken { id } secret } }"


@pytest.fixture
async def brief(settings: Settings, database: Database, lab: Lab) -> AsyncIterator[str]:
    """A gateway whose sign-ins last three seconds."""
    async with gateway_of(replace(settings, jwt_expires_in=LIFETIME), database) as address:
        yield address


async def log_in(socket: ClientConnection, email: str) -> tuple[str, datetime]:
    """A token of one more sign-in, got over the socket itself, and when it ends."""
    values = {"email": email, "password": PASSWORD}
    await say(socket, "subscribe", id="in", payload={"query": LOGIN, "variables": {"i": values}})
    made = (await hear(socket))["payload"]["data"]["authLogin"]
    assert (await hear(socket))["type"] == "complete"
    return made["accessToken"], datetime.fromisoformat(made["expiresAt"])


async def log_out(address: str, token: str) -> None:
    async with dial(address) as socket:
        await sign_in(socket, token)
        await say(socket, "subscribe", id="out", payload={"query": "mutation { authLogout { cursor } }"})
        assert "errors" not in (await hear(socket))["payload"]


async def brief_token(address: str, board: Board) -> tuple[str, datetime]:
    async with dial(address) as socket:
        await sign_in(socket, None)
        return await log_in(socket, board.ann.email)


async def renew(socket: ClientConnection, token: str, name: str = "authorization") -> dict[str, Any]:
    """Bring a credential; the payload of the answer."""
    await say(socket, "ping", payload={name: f"Bearer {token}"})
    pong = await hear(socket)
    assert pong["type"] == "pong"
    payload: dict[str, Any] = pong["payload"]
    return payload


async def pass_by(moment: datetime) -> None:
    await asyncio.sleep((moment - utc_now()).total_seconds())


async def test_a_socket_whose_token_is_refreshed_goes_on_past_the_expiry_of_the_old_one(
    brief: str, board: Board
) -> None:
    token, expires_at = await brief_token(brief, board)
    async with dial(brief) as socket:
        await sign_in(socket, token)
        await watch(socket, board.project)

        told = await renew(socket, board.ann.token)
        await pass_by(expires_at + PROMISED)
        await board.card("Later")
        seen = await title(socket)
        await watch(socket, board.project, id="2")

    session = await collection(Session).find_one({"user_id": ObjectId(board.ann.id)}, sort=[("_id", 1)])
    assert session is not None
    assert told == {"authorized": True, "expiresAt": timestamp(session["expires_at"])}
    assert seen == "Later"


async def test_a_socket_whose_token_is_not_refreshed_ends_with_it(brief: str, board: Board) -> None:
    token, expires_at = await brief_token(brief, board)
    async with dial(brief) as socket:
        await sign_in(socket, token)
        await watch(socket, board.project)

        async with asyncio.timeout((LIFETIME + PROMISED).total_seconds()):
            told = await socket.recv()
        closed = await closing(socket)

    assert expires_at <= utc_now() <= expires_at + PROMISED
    assert '"type":"error"' in str(told)
    assert "UNAUTHENTICATED" in str(told)
    assert closed == (4403, "Forbidden")


async def test_a_refreshed_socket_ends_with_its_new_credential(address: str, board: Board) -> None:
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        await watch(socket, board.project)
        other, _ = await log_in(socket, board.ann.email)
        assert (await renew(socket, other, "Authorization"))["authorized"] is True

        # The old one ends, and nothing happens; the new one ends, and the socket does.
        await board.ann.ask("mutation { authLogout { cursor } }")
        await say(socket, "ping")
        assert await hear(socket) == {"type": "pong"}
        await log_out(address, other)
        told = await hear(socket)
        closed = await closing(socket)

    assert (told["type"], told["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")
    assert closed == (4403, "Forbidden")


async def test_another_users_credential_closes_the_socket(address: str, lab: Lab, board: Board) -> None:
    bob = await lab.person("bob@example.com")
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        await watch(socket, board.project)
        await say(socket, "ping", payload={"authorization": f"Bearer {bob.token}"})

        assert await closing(socket) == (4403, "Forbidden")


@pytest.mark.parametrize("sent", ["Bearer nonsense", "Bearer sl_nonsense", "nonsense", "", 1, {}, ["Bearer x"]])
async def test_a_credential_that_is_not_valid_changes_nothing(address: str, board: Board, sent: Any) -> None:
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        await watch(socket, board.project)
        await say(socket, "ping", payload={"authorization": sent})
        answer = await hear(socket)
        await board.card("One")
        seen = await title(socket)

    assert answer == {"type": "pong", "payload": {"authorized": False}}
    assert seen == "One"


async def test_a_credential_that_may_do_less_is_not_taken(address: str, board: Board) -> None:
    narrow = (await board.ann.ask(TOKEN, i={"name": "narrow", "scopes": ["PROJECTS_READ"]}))["apiTokenCreate"]["secret"]
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)

        assert await renew(socket, narrow) == {"authorized": False}


async def test_a_socket_that_is_not_acknowledged_is_not_authorized_by_a_ping(address: str, board: Board) -> None:
    async with dial(address) as socket:
        assert await renew(socket, board.ann.token) == {"authorized": False}
        await say(socket, "subscribe", id="1", payload={"query": "{ viewer { id } }"})
        assert (await closing(socket))[0] == 4401


async def test_a_subscription_that_is_being_opened_meanwhile_stands_on_the_new_credential(
    address: str, lab: Lab, board: Board
) -> None:
    async with dial(address) as socket:
        await sign_in(socket, board.ann.token)
        other, _ = await log_in(socket, board.ann.email)
        await say(socket, "subscribe", id="1", payload={"query": EVENTS, "variables": {"p": board.project}})
        await say(socket, "ping", payload={"authorization": f"Bearer {other}"})
        heard = [await hear(socket), await hear(socket)]
        await board.ann.ask("mutation { authLogout { cursor } }")
        await asyncio.sleep(2 * PERIOD_SECONDS)
        await replace(board, ann=Person(lab.client(other), board.ann.id, other, board.ann.email)).card("Later")
        seen = await title(socket)

    assert {message["type"] for message in heard} == {"next", "pong"}
    assert seen == "Later"
