"""What is open on an application's token ends with it, in every process within five seconds."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from bson import ObjectId

from auth.subject import Credential, Subject
from models import OAuthGrant
from models.base import collection, to_record, utc_now
from models.enums import TokenScope
from models.ids import Kind, new_id
from realtime.guard import Guard
from tests.agents.oauth.oauth_lab import Application, Browser
from tests.agents.server.client import MODERN, Client
from tests.gateway.lab import Lab, Person, make_board
from tests.loopback import NO_TLS
from tests.patience import PATIENCE

REVOKE = "mutation ($id: ID!) { oauthGrantRevoke(id: $id) { deletedId } }"


async def test_listening_ends_with_the_grant(
    address: str, ann: Person, browser: Browser, application: Application, lab: Lab
) -> None:
    board = await make_board(ann)
    await application.connect(browser)
    [grant] = (await ann.ask("{ viewer { oauthGrants { id } } }"))["viewer"]["oauthGrants"]
    heard: list[Any] = []
    async with httpx.AsyncClient(verify=NO_TLS, base_url=f"http://{address}", timeout=PATIENCE) as http:
        client = Client(http, MODERN)
        uri = f"orrery://workspace/{board.workspace}"
        message = client.message("subscriptions/listen", notifications={"resourceSubscriptions": [uri]})
        headers = {**client.headers(message), "authorization": f"Bearer {application.tokens['access_token']}"}
        async with http.stream("POST", "/mcp", json=message, headers=headers) as stream:
            async for line in stream.aiter_lines():
                if not line.removeprefix("data:").startswith((" {", "{")):
                    continue
                heard.append(json.loads(line.removeprefix("data:")))
                if len(heard) == 1:
                    await ann.ask(REVOKE, id=grant["id"])

    assert heard[0]["method"] == "notifications/subscriptions/acknowledged"
    assert (await application.call("find_tools", query="card")).status_code == 401


@pytest.mark.parametrize("how", ["revoked", "expired"])
async def test_reading_ends_where_another_process_ends_it(how: str, lab: Lab) -> None:
    grant = to_record(
        OAuthGrant(
            user_id=ObjectId(new_id(Kind.USER)),
            client_id="x",
            client_name="x",
            client_host=None,
            redirect_host="x",
            scopes=[TokenScope.PROJECTS_READ],
            expires_at=utc_now() + timedelta(days=1),
        )
    )
    await collection(OAuthGrant).insert_one(grant)
    ends_at = utc_now() + timedelta(milliseconds=200 if how == "expired" else 900_000)
    subject = Subject(grant["user_id"], Credential.OAUTH, frozenset(), grant["_id"], expires_at=ends_at)
    ended: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
    guard = Guard(period=0.05)
    await guard.start()
    guard.watch(subject, ended.set_result)

    if how == "revoked":
        await collection(OAuthGrant).delete_one({"_id": grant["_id"]})
    try:
        async with asyncio.timeout(PATIENCE):
            assert "expired or was revoked" in str(await ended)
    finally:
        await guard.stop()
