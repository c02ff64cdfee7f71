"""The part of the story of every route that the agent board's client plays."""

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import httpx
from bson import ObjectId

from models import Conversation
from models.base import collection
from resolvers.installation.backup_work import Made, end_backup, take_backup
from resolvers.kit.context import Services
from tests.machine import FILES, folder_of, repository
from tests.provider import CLIENT_ID, NAMED, SECRET, provider
from tests.rest.conftest import PASSWORD, Api, Board, made

BOARD = "/api"


async def asked(client: httpx.AsyncClient, method: str, path: str, status: int = 200, /, **body: Any) -> Any:
    """What an answer has in its envelope; None for one without a body."""
    answer = await client.request(method, BOARD + path, json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json().get("data") if answer.content else None


async def set_up(api: Api) -> None:
    """The first account, before all others."""
    first = {"email": "root@example.com", "password": PASSWORD, "displayName": "Root"}
    created = await asked(api.client(), "POST", "/auth/setup", 201, **first)
    assert created["user"]["role"] == "super_admin"
    again = await api.client().post(BOARD + "/auth/setup", json={**first, "email": "other@example.com"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "CONFLICT")


async def agent_board(api: Api, board: Board, card: str, bob: httpx.AsyncClient) -> None:
    """Every route of the agent board; `card` is one of the board's."""
    ann = board.ann
    assert await asked(api.client(), "GET", "/health") == {"status": "ok"}
    assert (await asked(api.client(), "GET", "/settings/auth-status"))["hasUsers"] is True
    await _organizations(api, ann)
    await _attachments(ann, f"/projects/{board.project_id}/cards/{card}/attachments")
    await _account(api)
    await _machine(ann)
    await _installation(api)
    project = await _project(ann)
    await _members(board, bob)
    await _boards(ann, f"/projects/{project}")
    await _cards(ann, project)
    await _agents(api, board)
    await _templates(ann)
    await _credentials(ann, board.project_id, card)
    await _conversations(ann, f"/projects/{board.project_id}", card)
    await _settings(ann, f"/projects/{board.project_id}", card)
    await asked(ann, "DELETE", f"/projects/{project}", 204)


async def _account(api: Api) -> None:
    new = {"email": "zoe@example.com", "password": PASSWORD, "displayName": "Zoe"}
    created = await asked(api.client(), "POST", "/auth/register", 201, **new)
    signed_in = await asked(api.client(), "POST", "/auth/login", email="zoe@example.com", password=PASSWORD)
    assert await asked(api.client(signed_in["token"]), "GET", "/auth/me") == created["user"]


async def _single_sign_on(api: Api, root: httpx.AsyncClient) -> None:
    async with provider(NAMED) as sso:
        told = {"issuerUrl": sso.issuer, "clientId": CLIENT_ID, "clientSecret": SECRET}
        created = await asked(root, "POST", "/settings/oidc", **told)
        assert (
            created
            == await asked(root, "GET", "/settings/oidc")
            == {"configured": True, **told, "clientSecret": "****"}
        )
        assert (await asked(root, "POST", "/oidc/test"))["success"] is True
        assert (await asked(api.client(), "GET", "/settings/auth-status"))["oidcEnabled"] is True
        sso.claims = {"sub": "1", "email": "sue@login.example", "email_verified": True, "name": "Sue"}
        for accept in ("application/json", "text/html"):
            sue = api.client()
            sue.headers["accept"] = accept
            begun = await sue.get(f"{BOARD}/oidc/login?returnTo=/app")
            url = begun.headers["location"] if begun.status_code == 302 else begun.json()["data"]["url"]
            done = await sue.get(f"{BOARD}/oidc/callback", params=sso.sign_in(url))
            where = done.headers.get("location") or done.json()["data"]["user"]["email"]
            assert (begun.status_code, done.status_code, where) in (
                (200, 200, "sue@login.example"),
                (302, 302, "/app"),
            )
            assert (await sue.get(f"{BOARD}/auth/me")).json()["data"]["authProvider"] == "oidc"
        await asked(root, "DELETE", "/settings/oidc", 204)


async def end_made(services: Services, content: bytes) -> None:
    """Make the backup that was asked for, of some bytes."""
    backup = await take_backup("test", timedelta(minutes=1))
    assert backup is not None
    assert services.backup_dir is not None
    (services.backup_dir / backup["filename"]).write_bytes(content)
    made = Made(len(content), sha256(content).hexdigest(), 0, "00")
    assert await end_backup(services, backup, made)


async def _installation(api: Api) -> None:
    signed_in = await asked(api.client(), "POST", "/auth/login", email="root@example.com", password=PASSWORD)
    root = api.client(signed_in["token"])
    assert await asked(root, "PUT", "/settings/auth", enabled=True) == await asked(root, "GET", "/settings/auth")
    assert await asked(root, "GET", "/logs?level=error&limit=5") == []
    export = {"enabled": False, "endpoint": "https://127.0.0.1/v1/logs", "headers": {"x-api-key": "secret"}}
    changed = await asked(root, "PUT", "/settings/log-export", **export)
    assert changed["headers"] == {"x-api-key": "****"}
    assert changed == await asked(root, "GET", "/settings/log-export")
    assert (await asked(root, "POST", "/settings/log-export/test"))["success"] is False
    made = await asked(root, "POST", "/backups", 201)
    assert made["status"] == "running"  # nobody is here who makes it
    await end_made(api.ctx.services, b"a backup")
    [backup] = await asked(root, "GET", "/backups")
    assert [backup[name] for name in ("filename", "status", "size")] == [made["filename"], "completed", 8]
    assert (await root.get(f"{BOARD}/backups/{backup['filename']}")).content == b"a backup"
    await _single_sign_on(api, root)
    new = {"email": "newuser@example.com", "name": "New User", "role": "user"}
    created = await asked(root, "POST", "/admin/users", 201, **new)
    user, path = created["user"], f"/admin/users/{created['user']['id']}"
    assert await asked(root, "GET", "/admin/users?search=new%20user&limit=10") == {"users": [user], "total": 1}
    changed = await asked(root, "PATCH", path, name="Updated Name", role="admin")
    assert changed == {**user, "name": "Updated Name", "role": "admin"}
    reset = await asked(root, "POST", f"{path}/reset-password")
    theirs = await asked(
        api.client(), "POST", "/auth/login", email="newuser@example.com", password=reset["generatedPassword"]
    )
    assert (theirs["user"]["mustChangePassword"], theirs["user"]["role"]) == (True, "admin")
    assert await asked(root, "GET", f"{path}/check-delete") == {"ownedProjectsCount": 0}
    await asked(root, "DELETE", path, 204)


async def _project(ann: httpx.AsyncClient) -> str:
    created = await asked(ann, "POST", "/projects", 201, name="My App", path="/home/user/my-app")
    path = f"/projects/{created['id']}"
    assert await asked(ann, "GET", path) == created
    assert created in await asked(ann, "GET", "/projects")
    await asked(ann, "POST", f"{path}/mark-all-read", 204)
    exported = await ann.get(f"{BOARD}{path}/export")
    assert [column["name"] for column in exported.json()["columns"]] == ["Backlog", "In Progress", "Done"]
    return str(created["id"])


async def _machine(ann: httpx.AsyncClient) -> None:
    folder = folder_of("acme")
    repository(folder)
    found = await asked(ann, "GET", f"/filesystem/browse?path={folder.parent}")
    assert found["entries"] == [{"name": folder.name, "path": str(folder), "isGitRepo": True}]
    read = await asked(ann, "GET", f"/filesystem/read?path={folder}/README.md")
    assert (read["content"], read["size"]) == (FILES["README.md"], 9)
    [acme] = [each for each in await asked(ann, "GET", "/organizations") if each["name"] == "Acme"]
    bound = await asked(ann, "POST", "/projects", 201, name="Files", path=str(folder), organizationId=acme["id"])
    assert bound["isGit"] is True
    assert await asked(ann, "GET", f"/projects/{bound['id']}/files") == sorted(FILES)
    created = await asked(ann, "POST", "/cards", 201, projectId=bound["id"], title="Fix it")
    diff = await asked(ann, "GET", f"/projects/{bound['id']}/cards/{created['id']}/diff")
    assert (diff["diff"], diff["stats"]["filesChanged"]) == ("", 0)
    await _scripts(ann, f"/projects/{bound['id']}/scripts")


async def _scripts(ann: httpx.AsyncClient, path: str) -> None:
    lint = await asked(ann, "POST", path, 201, name="Lint", command="make lint")
    test = await asked(ann, "POST", path, 201, name="Test", command="make")
    changed = await asked(ann, "PUT", f"{path}/{test['id']}", name="Test", command="make test")
    assert (changed["command"], changed["position"]) == ("make test", 1)
    order = [test["id"], lint["id"]]
    assert [each["id"] for each in await asked(ann, "PUT", f"{path}/reorder", ids=order)] == order
    assert [each["name"] for each in await asked(ann, "GET", path)] == ["Test", "Lint"]
    assert (await asked(ann, "POST", f"{path}/{test['id']}/run", 201, cardId=None))["status"] == "running"
    await asked(ann, "POST", f"{path}/{test['id']}/cancel", 204)
    assert [each["status"] for each in await asked(ann, "GET", f"{path}/status")] == ["cancelled", "idle"]
    await asked(ann, "DELETE", f"{path}/{lint['id']}", 204)
    [command] = await asked(ann, "GET", path.removesuffix("/scripts") + "/slash-commands")
    assert command == {"name": "/test", "description": "Run Test"}


async def _members(board: Board, bob: httpx.AsyncClient) -> None:
    ann, path = board.ann, f"/projects/{board.project_id}"
    invited = await asked(ann, "POST", f"{path}/members", 201, email="guest@example.com")
    assert (invited["userId"], invited["status"]) == (None, "pending")
    found = await asked(ann, "GET", f"{path}/members")
    assert [(each["role"], each["status"]) for each in found] == [("admin", "active"), ("member", "pending")]
    await asked(ann, "DELETE", f"{path}/invitations/guest@example.com", 204)
    token = (await made(ann, f"{board.workspace}/members/invite", email="bob@example.com"))["token"]
    await made(bob, f"/invitations/{token}/accept")
    added = await asked(ann, "POST", f"{path}/members", 201, email="bob@example.com", role="member")
    member = f"{path}/members/{added['userId']}"
    assert (await asked(ann, "PATCH", member, role="admin"))["role"] == "admin"
    await asked(ann, "DELETE", member, 204)


async def _boards(ann: httpx.AsyncClient, path: str) -> None:
    [main] = await asked(ann, "GET", f"{path}/boards")
    sprint = await asked(ann, "POST", f"{path}/boards", 201, name="Sprint Board", templateId="kanban-board")
    assert (await asked(ann, "PATCH", f"{path}/boards/{sprint['id']}", name="Sprint 1"))["name"] == "Sprint 1"
    order = [sprint["id"], main["id"]]
    assert [board["id"] for board in await asked(ann, "PATCH", f"{path}/boards/reorder", ids=order)] == order
    column = await asked(
        ann, "POST", f"{path}/columns", 201, name="Review", columnType="active", boardId=sprint["id"], prompt="Look"
    )
    found = await asked(ann, "GET", f"{path}/columns?boardId={sprint['id']}")
    assert [each["name"] for each in found] == ["Backlog", "In Progress", "Done", "Review"]
    ids = [found[place]["id"] for place in (0, 1, 3, 2)]
    assert [each["id"] for each in await asked(ann, "PATCH", f"{path}/columns/reorder", ids=ids)] == ids
    changed = await asked(ann, "PATCH", f"{path}/columns/{column['id']}", name="Reviewed", prompt="Look again")
    assert (changed["position"], changed["prompt"]) == (2, "Look again")
    await asked(ann, "POST", f"{path}/columns/{column['id']}/clean-all", 204)
    await asked(ann, "DELETE", f"{path}/columns/{column['id']}", 204)
    await asked(ann, "DELETE", f"{path}/boards/{sprint['id']}", 204)


async def _cards(ann: httpx.AsyncClient, project: str) -> None:
    path = f"/projects/{project}"
    backlog, active, done = await asked(ann, "GET", f"{path}/columns")
    created = await asked(ann, "POST", "/cards", 201, projectId=project, title="Fix login bug", prompt="It fails")
    assert created["columnId"] == backlog["id"]
    card = f"{path}/cards/{created['id']}"
    changed = await asked(ann, "PATCH", card, title="Fix the login", prompt="It still fails", labels=["bug", "login"])
    assert (changed["prompt"], changed["labels"]) == ("It still fails", ["bug", "login"])
    await asked(ann, "POST", f"{card}/view", 204)
    moved = await asked(ann, "PATCH", f"{card}/move", columnId=active["id"], position=0, ifColumnId=backlog["id"])
    assert (moved["columnId"], moved["position"]) == (active["id"], 0)
    assert (await asked(ann, "PATCH", f"{card}/auto-mode", enabled=True))["isAutoMode"] is True
    assert [step["columnId"] for step in (await asked(ann, "GET", f"{card}/pipeline"))["steps"]] == [active["id"]]
    step = {"columnId": active["id"], "prompt": "Build it", "enabled": True}
    put = await asked(ann, "PUT", f"{card}/pipeline", steps=[step])
    assert put["steps"] == [{**step, "columnName": "In Progress"}]
    await asked(ann, "POST", f"{card}/complete", 204)
    whole = await asked(ann, "GET", card)
    assert (whole["columnId"], whole["completedAt"] is not None) == (done["id"], True)
    assert (await asked(ann, "GET", f"/cards/{created['id']}"))["columnName"] == "Done"
    assert (await asked(ann, "GET", f"/cards/{created['id']}/status"))["hasActiveAgent"] is True
    await asked(ann, "POST", f"{card}/agent/cancel", 204)
    assert [each["title"] for each in await asked(ann, "GET", f"{path}/cards")] == ["Fix the login"]
    await asked(ann, "DELETE", f"{card}?force=true", 204)


async def _agents(api: Api, board: Board) -> None:
    """What an agent does about a card that it claims, and what people have it do."""
    ann, path = board.ann, f"/projects/{board.project_id}"
    at = {"boardId": board.project_id}
    build = await asked(ann, "POST", f"{path}/columns", 201, name="Build", columnType="active", prompt="Do it", **at)
    shipped = await asked(ann, "POST", f"{path}/columns", 201, name="Shipped", columnType="done", **at)
    created = await asked(ann, "POST", "/cards", 201, projectId=board.project_id, title="Fix login bug")
    card = f"{path}/cards/{created['id']}"
    idle = {"sessionId": None, "status": "idle", "cardId": created["id"], "waitingFor": None}
    assert await asked(ann, "GET", f"{card}/agent") == idle

    # It is begun, waits for somebody to claim it, and is written to and begun anew meanwhile
    await asked(ann, "POST", f"{card}/activate", 204)
    begun = await asked(ann, "GET", f"{card}/agent")
    assert (begun["status"], begun["waitingFor"]) == ("queued", "credential")
    [at_work] = await asked(ann, "GET", f"{path}/active-agents")
    assert (at_work["cardTitle"], at_work["sessionId"]) == ("Fix login bug", begun["sessionId"])
    assert await asked(ann, "POST", f"{card}/agent/message", 201, content="Mind the cookies") == begun
    said = await asked(ann, "GET", f"{card}/agent/messages?sessionId={begun['sessionId']}&limit=10")
    assert ([each["content"] for each in said["messages"]], said["hasMore"]) == (["Mind the cookies"], False)
    await asked(ann, "POST", f"{card}/agent/relaunch", 204)
    await asked(ann, "DELETE", card, 409)
    for _ in range(2):
        await asked(ann, "POST", f"{card}/agent/cancel", 204)
    await asked(ann, "POST", f"{card}/agent/retry", 204)

    # An agent claims it, asks whether it may go on, and is handed over
    hired = await made(ann, f"{board.workspace}/agents", name="Builder", slug="builder")
    builder, missions = api.client(hired["token"]), f"{board.workspace}/missions"
    claimed = (await made(builder, f"{missions}/claim"))["mission"]
    await made(builder, f"{missions}/{claimed['id']}/report", awaitingApproval=True)
    assert (await asked(ann, "POST", f"{card}/agent/plan-approve", approved=True))["status"] == "running"
    await asked(ann, "POST", f"{card}/agent/relay", 204)
    sessions = await asked(ann, "GET", f"{card}/agent/sessions")
    assert [session["reason"] for session in sessions] == ["relay", "retry", "relaunch", "column"]

    # It is no free agent, so that the card waits for somebody to let it on
    await asked(ann, "PATCH", f"{card}/auto-mode", enabled=True)
    claimed = (await made(builder, f"{missions}/claim"))["mission"]
    await made(builder, f"{missions}/{claimed['id']}/complete", summary="It was the cookies")
    assert (await asked(ann, "GET", card))["autoApprovalPending"] is True
    await asked(ann, "POST", f"{card}/approve-auto", 204)
    assert (await asked(ann, "GET", card))["columnId"] == shipped["id"]
    assert (await asked(ann, "POST", f"{card}/summary"))["summary"].endswith("It was the cookies")
    history = await asked(ann, "GET", f"{card}/agent/history")
    assert [session["status"] for session in history] == ["success", "success", "cancelled", "cancelled"]
    await asked(ann, "DELETE", card, 204)
    for column in (build, shipped):
        await asked(ann, "DELETE", f"{path}/columns/{column['id']}", 204)

    changed = await asked(ann, "PUT", "/settings/context-relay", mode="auto", threshold=0.5)
    assert changed == {"mode": "auto", "threshold": 0.5}
    first = await asked(ann, "PUT", "/settings/context-relay", mode=None, threshold=None)
    assert first == await asked(ann, "GET", "/settings/context-relay") == {"mode": "manual", "threshold": 0.8}


async def _settings(ann: httpx.AsyncClient, path: str, card: str) -> None:
    for address, given in (
        ("/user/settings", {"theme": "light"}),
        ("/settings/keyboard-shortcuts", {"newCard": "n"}),
        ("/settings/notifications", {"card_moved": False}),
    ):
        changed = await asked(ann, "PUT", address, **given)
        assert changed == await asked(ann, "GET", address)
        assert changed.items() >= given.items()
    states = {card: {"open": True, "width": 400}}
    assert await asked(ann, "PUT", f"{path}/panel-states", **states) == states
    assert await asked(ann, "GET", f"{path}/panel-states") == states
    await asked(ann, "DELETE", f"{path}/panel-states/{card}", 204)
    await asked(ann, "PATCH", f"{path}/last-opened", 204)
    ids = [project["id"] for project in await asked(ann, "GET", "/projects")][::-1]
    assert [project["id"] for project in await asked(ann, "PATCH", "/projects/reorder", ids=ids)] == ids


async def _templates(ann: httpx.AsyncClient) -> None:
    columns = [{"name": "Now", "columnType": "active", "prompt": "Do it", "requiresApproval": True}]
    created = await asked(ann, "POST", "/board-templates", 201, name="Mine", columns=columns)
    assert created["columns"] == columns
    path = f"/board-templates/{created['id']}"
    assert (await asked(ann, "PATCH", path, name="Ours", columns=columns))["name"] == "Ours"
    assert [each["name"] for each in await asked(ann, "GET", "/board-templates")] == ["Kanban Default", "Ours"]
    await asked(ann, "DELETE", path, 204)


async def _conversations(ann: httpx.AsyncClient, path: str, card: str) -> None:
    said = await asked(ann, "POST", f"{path}/assistant/message", 201, content="What is next?")
    status = await asked(ann, "GET", f"{path}/assistant")
    # There is no model in tests of routes: what is said is kept, and the status says what is missing.
    assert (status["status"], status["missing"], status["messages"]) == ("waiting", "credential", [said])
    begun = await asked(ann, "POST", f"{path}/pre-session", 201, cardId=card)
    session = f"{path}/pre-session/{begun['sessionId']}"
    said = await asked(ann, "POST", f"{session}/message", 201, content="Shorter, please")
    assert await asked(ann, "GET", f"{session}/messages") == [said]
    draft = {"$set": {"draft": "Fix it"}}
    await collection(Conversation).update_one({"_id": ObjectId(begun["sessionId"])}, draft)
    accepted = await asked(ann, "POST", f"{session}/accept")
    assert (accepted["status"], accepted["prompt"]) == ("accepted", "Fix it")
    assert (await asked(ann, "GET", f"{path}/cards/{card}"))["prompt"] == "Fix it"
    other = await asked(ann, "POST", f"{path}/pre-session", 201, cardId=card)
    assert (await asked(ann, "POST", f"{path}/pre-session/{other['sessionId']}/cancel"))["status"] == "cancelled"


async def _credentials(ann: httpx.AsyncClient, project: str, card: str) -> None:
    [organization] = [each["id"] for each in await asked(ann, "GET", "/organizations") if each["name"] == "Acme"]
    given = {"name": "My Anthropic Key", "provider": "anthropic", "organizationId": organization}
    created = await asked(ann, "POST", "/credentials", 201, **given, apiKey="sk-ant-0123456789abcdef")
    path, assigned = f"/credentials/{created['id']}", {"credentialId": created["id"]}
    assert await asked(ann, "GET", path) == created
    assert created in await asked(ann, "GET", "/credentials")
    assert (await asked(ann, "PATCH", path, name="Renamed Key", apiKey="sk-other"))["name"] == "Renamed Key"
    assert (await asked(ann, "POST", f"{path}/verify"))["valid"] is False
    assert (await asked(ann, "GET", f"{path}/usage"))["total"]["calls"] == 0
    begun = await asked(
        ann, "POST", "/credentials/oauth/init", 201, provider="example", credentialId=None, organizationId=organization
    )
    signing_in = f"/credentials/{begun['credentialId']}"
    assert (await asked(ann, "GET", f"{signing_in}/oauth/status"))["status"] == "pending"
    [state] = parse_qs(urlsplit(begun["authUrl"]).query)["state"]
    refused = await asked(ann, "GET", f"/credentials/oauth/callback?state={state}")
    assert refused["status"] == "failed"
    await asked(ann, "DELETE", signing_in, 204)
    await asked(ann, "PUT", f"/organizations/{organization}/default-credential", **assigned)
    for assignable in (f"/projects/{project}", f"/projects/{project}/cards/{card}"):
        assert (await asked(ann, "PUT", f"{assignable}/credential", **assigned))["credentialId"] == created["id"]
    await asked(ann, "DELETE", path, 204)
    assert (await asked(ann, "GET", f"/projects/{project}"))["credentialId"] is None


async def _organizations(api: Api, ann: httpx.AsyncClient) -> None:
    created = await asked(ann, "POST", "/organizations", 201, name="My Team")
    path = f"/organizations/{created['id']}"
    assert (await asked(ann, "PATCH", path, name="Renamed Team"))["name"] == "Renamed Team"
    assert await asked(ann, "GET", path) == {"id": created["id"], "name": "Renamed Team"}
    exported = await ann.post(f"{BOARD}/export", json={"organizationId": created["id"]})
    with ZipFile(BytesIO(exported.content)) as archive:
        about = json.loads(archive.read("organization.json"))
    assert about["organization"]["name"] == "Renamed Team"
    assert [workspace["projects"] for workspace in about["workspaces"]] == [[]]
    assert created["id"] in [each["id"] for each in await asked(ann, "GET", "/organizations")]
    added = await asked(ann, "POST", f"{path}/members", 201, email="bob@example.com", role="member")
    [bob] = await asked(ann, "GET", "/users/search?q=bob%40example")
    assert added["userId"] == bob["id"]
    assert (await asked(ann, "PATCH", f"{path}/members/{bob['id']}", role="admin"))["role"] == "admin"
    assert len(await asked(ann, "GET", f"{path}/members")) == 2
    await asked(ann, "DELETE", f"{path}/members/{bob['id']}", 204)
    await asked(ann, "DELETE", path, 204)


async def _attachments(ann: httpx.AsyncClient, path: str) -> None:
    answer = await ann.post(BOARD + path, files={"file": ("screenshot.txt", b"Hello")})
    assert answer.status_code == 201, answer.text
    [listed] = await asked(ann, "GET", path)
    assert listed == answer.json()["data"]
    assert (await ann.get(f"{BOARD}/attachments/{listed['id']}")).content == b"Hello"
