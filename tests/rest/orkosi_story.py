"""The part of the story of every route that Orkosi's client plays."""

from typing import Any

import httpx
from bson import ObjectId

from models import KeyUse
from models.base import collection, to_record
from tests.rest.conftest import PASSWORD, Api, Board, made

ORKOSI = "/orkosi/api"


def base_of(board: Board) -> str:
    """Where the interface is for requests about a board's workspace."""
    _, _, organization, _, workspace = board.workspace.split("/")
    return f"/orkosi/w/{organization}/{workspace}/api"


async def asked(client: httpx.AsyncClient, method: str, path: str, status: int = 200, /, **body: Any) -> Any:
    """What an answer has in its envelope."""
    answer = await client.request(method, path, json=body or None)
    assert answer.status_code == status, answer.text
    assert answer.json().keys() == {"data", "meta"}
    return answer.json()["data"]


async def orkosi(api: Api, board: Board, bob: httpx.AsyncClient) -> None:
    """Every route of Orkosi's interface."""
    await _keys(board.ann, base_of(board))
    await _probes(api)
    await _work(board)
    await _account(api)
    await _users(api, board)
    await _teams(api, board, bob)
    await _told(board)
    await _credentials(board.ann, base_of(board) + "/credentials")
    await _integrations(board.ann, base_of(board) + "/integrations")
    await _engines(board.ann, base_of(board) + "/discovery-engines")


async def _account(api: Api) -> None:
    account = {"username": "rui", "email": "rui@example.com", "password": PASSWORD}
    agreed = {"terms_accepted": True, "privacy_accepted": True}
    registered = await api.client().post(f"{ORKOSI}/auth/register", json={**account, **agreed})
    assert (registered.status_code, registered.json()["user"]["username"]) == (201, "rui")
    rui = await api.client().post(f"{ORKOSI}/auth/login", json={"email": account["email"], "password": PASSWORD})
    assert (rui.status_code, rui.json()["user"]) == (200, registered.json()["user"])
    went_on = await api.client().post(f"{ORKOSI}/auth/refresh", json={"refresh_token": rui.json()["refresh_token"]})
    signed_in = api.client(went_on.json()["token"])
    assert await asked(signed_in, "GET", f"{ORKOSI}/auth/me") == rui.json()["user"]
    forgotten = {"email": account["email"]}
    assert await asked(api.client(), "POST", f"{ORKOSI}/auth/forgot-password", **forgotten) == {"success": True}
    assert await asked(signed_in, "POST", f"{ORKOSI}/auth/logout", all_devices=True) == {"success": True}
    assert (await api.client(registered.json()["token"]).get(f"{ORKOSI}/auth/me")).status_code == 401


async def _probes(api: Api) -> None:
    for path, status in (("/version", None), ("/health", "ok"), ("/ready", "ready"), ("/arch-health", "ok")):
        answer = (await api.client().get(ORKOSI + path)).json()
        assert answer.get("status") == status
    assert (answer["machine"], answer["parts"]["database"]) == (None, "up")


async def _keys(ann: httpx.AsyncClient, base: str) -> None:
    [organization] = [each["id"] for each in (await ann.get("/organizations")).json() if f"/{each['slug']}/" in base]
    keys = f"{base}/organizations/{organization}/api-keys"
    values = {"name": "CI", "description": "The build server", "scopes": ["tasks:read", "tasks:write"]}
    made = await asked(ann, "POST", keys, 201, **values, expires_at="2030-01-01T00:00:00Z")
    key = f"{keys}/{made['id']}"
    assert await asked(ann, "GET", keys) == [await asked(ann, "GET", key)]
    assert (await asked(ann, "PATCH", key, name="Robot", is_active=True))["name"] == "Robot"
    rotated = await asked(ann, "POST", f"{key}/rotate", grace_hours=48)
    assert rotated["previous_key_valid_until"] is not None
    rolled = await asked(ann, "POST", f"{key}/roll")
    used = {
        "api_token_id": ObjectId(made["id"]),
        "method": "GET",
        "route": ORKOSI + "/auth/me",
        "status": 200,
        "ms": 12,
    }
    await collection(KeyUse).insert_one(to_record(KeyUse.model_validate(used)))
    assert [use["duration_ms"] for use in await asked(ann, "GET", f"{key}/usage")] == [12]
    assert (await asked(ann, "POST", f"{key}/revoke"))["is_active"] is False
    assert await asked(ann, "DELETE", key) == {"id": made["id"], "deleted": True}
    assert rolled["key"] not in (made["key"], rotated["key"])


async def _credentials(ann: httpx.AsyncClient, credentials: str) -> None:
    values = {"key": "mail", "value": "sk-0123456789abcdef", "description": "Of the letters"}
    made = await asked(ann, "POST", credentials, 201, **values)
    changed = await asked(ann, "POST", credentials, 201, key="mail", value="short")
    assert changed == {**made, "hint": None, "updated_at": changed["updated_at"]}
    assert changed in await asked(ann, "GET", credentials)
    assert (await asked(ann, "GET", f"{credentials}/mail"))["value"] == "short"
    assert await asked(ann, "DELETE", f"{credentials}/mail") == {"id": made["id"], "deleted": True}


async def _integrations(ann: httpx.AsyncClient, integrations: str) -> None:
    key = {"fields": {"secret_key": "sk_test_0123456789"}}
    assert await asked(ann, "POST", f"{integrations}/stripe/configure", **key) == {"success": True}
    assert (await asked(ann, "GET", f"{integrations}/stripe/status"))["configured"] is True
    configured = {listed["id"]: listed["configured"] for listed in await asked(ann, "GET", integrations)}
    assert configured == {"anthropic": False, "openai": False, "stripe": True, "slack": False}


async def _engines(ann: httpx.AsyncClient, engines: str) -> None:
    look = {"name": "Slow pages", "layer": "frontend", "description": "Above a second"}
    made = await asked(ann, "POST", engines, 201, **look, schedule_interval_ms=3_600_000)
    assert (made["slug"], made["stats"]["total_runs"], made["last_run"]) == ("slow-pages", 0, None)
    one = f"{engines}/{made['slug']}"
    changed = await asked(ann, "PATCH", one, enabled=False, model="haiku")
    assert (changed["next_run_at"], changed["model"]) == (None, "haiku")
    run = await asked(ann, "POST", f"{one}/run")
    assert await asked(ann, "POST", f"{one}/run") == run
    assert (await asked(ann, "GET", one))["runs"] == [run]
    assert [engine["last_run"] for engine in await asked(ann, "GET", engines)] == [run]
    assert [engine["waste_rate"] for engine in await asked(ann, "GET", f"{engines}/efficiency")] == [None]
    assert await asked(ann, "DELETE", one) == {"id": made["id"], "deleted": True}


async def _users(api: Api, board: Board) -> None:
    users, ann = base_of(board) + "/users", board.ann
    token = (await made(ann, f"{board.workspace}/members/invite", email="ursula@example.com"))["token"]
    ursula = await api.person("ursula@example.com")
    await made(ursula, f"/invitations/{token}/accept")
    [number] = [user["id"] for user in await asked(ann, "GET", users) if user["email"] == "ursula@example.com"]
    changed = await asked(ann, "PATCH", f"{users}/{number}", role="builder")
    assert (changed["id"], changed["role"], changed["persona"]) == (number, "member", "builder")
    assert await asked(ann, "GET", f"{users}/{number}") == changed
    assert await asked(ann, "DELETE", f"{users}/{number}") == {"id": number, "deleted": True}
    assert await asked(ursula, "DELETE", f"{ORKOSI}/users/me", password=PASSWORD) == {"id": number, "deleted": True}


async def _work(board: Board) -> None:
    base = base_of(board)
    product = await asked(board.ann, "POST", base + "/products", 201, name="Telescope", tagline="Look up")
    here = f"{base}/products/{product['slug']}"
    assert await asked(board.ann, "GET", here) == product
    assert (await asked(board.ann, "PATCH", here, status="live", brand_color="#0a0b0c"))["status"] == "live"
    assert product["id"] in [found["id"] for found in await asked(board.ann, "GET", base + "/products")]
    sent = {"product_slug": product["slug"], "assignee": "me"}
    await _tasks(board.ann, base + "/tasks", sent, {"product": product["slug"]})
    public = {"product_id": product["id"]}
    await _tasks(board.ann, base + "/v1/public/tasks", {**public, "assigned_to": "me"}, public)
    assert (await board.ann.get(base + "/v1/public/health")).json()["status"] == "ok"


async def _tasks(client: httpx.AsyncClient, tasks: str, about: dict[str, Any], shown: dict[str, Any]) -> None:
    task = await asked(client, "POST", tasks, 201, title=f"Polish at {tasks}", **about)
    assert task.items() >= shown.items()
    assert await asked(client, "GET", f"{tasks}/{task['id']}") == task
    assert task in await asked(client, "GET", tasks + "?status=todo&priority=P2")
    done = await asked(client, "PATCH", f"{tasks}/{task['id']}", status="done", resolution="Shines")
    assert (done["status"], done["completed_at"] is None) == ("done", False)
    assert (await asked(client, "DELETE", f"{tasks}/{task['id']}"))["id"] == task["id"]


async def _teams(api: Api, board: Board, bob: httpx.AsyncClient) -> None:
    client, base = board.ann, f"{base_of(board)}/teams"
    made = await asked(client, "POST", base, 201, name="Core", description="Of the dome")
    assert await asked(client, "GET", f"{base}?name=cor") == [made]
    one = f"{base}/{made['id']}"
    assert (await asked(client, "PATCH", one, description="Of all domes"))["description"] == "Of all domes"
    who = (await asked(bob, "GET", f"{ORKOSI}/auth/me"))["id"]
    joined = await asked(client, "POST", one + "/members", 201, user_id=who, role="admin")
    members = await asked(client, "GET", one + "/members")
    assert (members[1], (await asked(client, "GET", one))["members"]) == (joined, members)
    invited = await asked(client, "POST", one + "/invites", 201, email="tess@example.com")
    assert [found["id"] for found in await asked(client, "GET", one + "/invites")] == [invited["id"]]
    assert await asked(client, "DELETE", one) == {"id": made["id"], "deleted": True}


async def _told(board: Board) -> None:
    client, base = board.ann, base_of(board)
    notice = {"title": "Soon", "message": "The dome opens", "type": "warning", "source": "ci", "link": "/app"}
    told = await asked(client, "POST", f"{base}/notifications", 201, **notice)
    assert {**told, **notice, "read": False} == told
    assert (await asked(client, "GET", f"{base}/notifications/unread-count"))["count"] >= 0
    await asked(client, "GET", f"{base}/notifications?type=warning")
    assert (await asked(client, "PATCH", f"{base}/notifications/read-all"))["success"]
    happened = {"action": "deploy.finished", "entity_type": "release", "entity_id": "7", "metadata": {"took": 3}}
    recorded = await asked(client, "POST", f"{base}/activity-log", 201, actor_type="user", actor_id="me", **happened)
    assert {**recorded, **happened} == recorded
    assert await asked(client, "GET", f"{base}/activity-log?action=deploy.finished&actor_type=user") == [recorded]
    assert (await asked(client, "GET", f"{base}/activity-log/stats"))["total"] > 1
