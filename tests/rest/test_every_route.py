"""One story that calls every route with success; the client holds each answer against the document."""

import io
import zipfile

import httpx
import orjson
import pyotp
from bson import ObjectId

from models import User
from models.base import collection, utc_now
from models.enums import MailTemplate
from resolvers.automation.follow import follow as follow_automations
from resolvers.files.attachment_link import link_to
from resolvers.notification.follow import follow
from rest.app import TABLE
from tests.resolvers.lab import PICTURE
from tests.resolvers.letters import token_to
from tests.rest.board_story import agent_board, set_up
from tests.rest.conftest import PASSWORD, Api, Board, made
from tests.rest.extending_story import drafts, pipelines, plugins, skills
from tests.rest.orkosi_stories import orkosi_stories
from tests.rest.story import changed, deleted, read


async def test_every_route_answers_as_the_document_declares(api: Api) -> None:
    await set_up(api)
    board = await _board(api)
    bob = await api.person("bob@example.com")
    await _account(api, board.ann)
    await _organization(board.ann)
    await _members(board.ann, bob)
    await _invitations(api, board.ann)
    await _project(board)
    await _notifications(api, board, bob)
    await _scope(board)
    await _card(api, board)
    await _automations(api, board)
    await _documents(board)
    await _transfer(board)
    await _agent(api, board)
    await _pilotage(board)
    await agent_board(api, board, (await made(board.ann, f"{board.path}/cards", title="On the board"))["id"], bob)
    await orkosi_stories(api, board, bob)

    assert {(route.method, route.path) for route in TABLE} - api.called == set()
    assert api.recorder.differences() == []


async def _board(api: Api) -> Board:
    """Ann's board as the fixture has it, made by requests."""
    signed_in = await made(api.client(), "/auth/register", email="ann@example.com", password=PASSWORD, name="Ann")
    ann = api.client(signed_in["access_token"])
    await made(ann, "/organizations", name="Acme", slug="acme")
    await made(ann, "/orgs/acme/workspaces", name="Engineering", slug="eng")
    workspace = "/orgs/acme/workspaces/eng"
    project = await made(ann, f"{workspace}/projects", name="Launch")
    path = f"{workspace}/projects/{project['id']}"
    todo = await made(ann, f"{path}/columns", name="To do")
    done = await made(ann, f"{path}/columns", name="Done")
    me = (await ann.get("/auth/me")).json()["user"]
    return Board(ann, me["id"], workspace, project["id"], path, todo["id"], done["id"])


async def _account(api: Api, ann: httpx.AsyncClient) -> None:
    await changed(ann, "/auth/me", jobTitle="CTO")
    passwords = {"currentPassword": PASSWORD, "newPassword": PASSWORD + "2"}
    assert await made(ann, "/auth/change-password", **passwords) == {"ok": True}
    await _security(api)
    again = await made(api.client(), "/auth/login", email="ann@example.com", password=PASSWORD + "2")
    assert await made(api.client(again["access_token"]), "/auth/logout") == {"ok": True}
    token = await made(ann, "/api-tokens", name="CI", expiresAt="2030-01-01T00:00:00Z")
    assert len(await read(ann, "/api-tokens")) == 1
    await deleted(ann, f"/api-tokens/{token['id']}")


async def _security(api: Api) -> None:
    dora = await api.person("dora@example.com")
    assert await made(dora, "/auth/verify-email/send") == {"ok": True}
    token = await token_to(api.ctx, "dora@example.com", MailTemplate.EMAIL_VERIFICATION)
    assert await made(api.client(), "/auth/verify-email", token=token) == {"ok": True}
    assert (await read(dora, "/auth/me"))["user"]["emailVerified"] is True
    for _ in range(3):
        await made(api.client(), "/auth/login", email="dora@example.com", password=PASSWORD)
    sessions = await read(dora, "/auth/sessions")
    assert [one["current"] for one in sessions] == [False, False, False, True]
    await deleted(dora, f"/auth/sessions/{sessions[0]['id']}")
    assert (await dora.delete("/auth/sessions")).json() == {"ok": True, "count": 2}
    assert (await dora.put("/auth/me/avatar", content=PICTURE)).json() == {"ok": True}
    url = (await read(dora, "/auth/me"))["user"]["avatarUrl"]
    assert (await dora.get(url)).content == PICTURE
    await deleted(dora, "/auth/me/avatar")
    agreed = await made(dora, "/auth/consents", subject="terms", version="2026-01")
    assert await read(dora, "/auth/consents") == agreed
    secret = (await made(dora, "/auth/two-factor/begin", password=PASSWORD))["secret"]
    codes = await made(dora, "/auth/two-factor/confirm", code=pyotp.TOTP(secret).now())
    proof = {"password": PASSWORD, "code": codes["recoveryCodes"][0]}
    codes = await made(dora, "/auth/two-factor/recovery-codes", **proof)
    half = await made(api.client(), "/auth/login", email="dora@example.com", password=PASSWORD)
    assert half == {"requiresTwoFactor": True, "temporaryToken": half["temporaryToken"]}
    values = {"temporaryToken": half["temporaryToken"], "code": codes["recoveryCodes"][0]}
    assert (await made(api.client(), "/auth/two-factor/verify", **values))["user"]["twoFactorEnabled"] is True
    proof = {"password": PASSWORD, "code": codes["recoveryCodes"][1]}
    assert await made(dora, "/auth/two-factor/disable", **proof) == {"ok": True}
    assert (await read(dora, "/auth/export"))["profile"]["email"] == "dora@example.com"
    assert await made(api.client(), "/auth/forgot-password", email="dora@example.com") == {"ok": True}
    token = await token_to(api.ctx, "dora@example.com", MailTemplate.PASSWORD_RESET)
    assert await made(api.client(), "/auth/reset-password", token=token, newPassword=PASSWORD + "3") == {"ok": True}
    again = await made(api.client(), "/auth/login", email="dora@example.com", password=PASSWORD + "3")
    gone = api.client(again["access_token"])
    assert await made(gone, "/auth/delete-account", password=PASSWORD + "3") == {"ok": True}
    assert (await gone.get("/auth/me")).status_code == 401


async def _organization(ann: httpx.AsyncClient) -> None:
    await made(ann, "/organizations", name="Side", slug="side")
    assert [one["slug"] for one in await read(ann, "/organizations")][1:] == ["acme", "side"]
    await changed(ann, "/organizations/side", slug="side-two")
    assert (await read(ann, "/organizations/side-two"))["myRole"] == "owner"
    await made(ann, "/orgs/side-two/workspaces", name="One", slug="one")
    await changed(ann, "/orgs/side-two/workspaces/one", name="First")
    assert [one["name"] for one in await read(ann, "/orgs/side-two/workspaces")] == ["First"]
    assert (await read(ann, "/orgs/side-two/workspaces/one"))["myPilotageRole"] == "owner"
    await deleted(ann, "/orgs/side-two/workspaces/one")
    await deleted(ann, "/organizations/side-two")


async def _members(ann: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    bob_id = (await read(bob, "/auth/me"))["user"]["id"]
    await collection(User).update_one({"_id": ObjectId(bob_id)}, {"$set": {"email_verified_at": utc_now()}})
    await made(ann, "/organizations/acme/members", email="bob@example.com", role="member")
    await changed(ann, f"/organizations/acme/members/{bob_id}", role="admin")
    assert [one["role"] for one in await read(ann, "/organizations/acme/members")] == ["owner", "admin"]
    await deleted(ann, f"/organizations/acme/members/{bob_id}")
    invited = await made(ann, "/orgs/acme/workspaces/eng/members/invite", email="bob@example.com")
    assert invited["link"].endswith(f"/invitations/accept#{invited['token']}")
    joined = await made(bob, f"/invitations/{invited['token']}/accept")
    assert (joined["organizationSlug"], joined["workspaceSlug"]) == ("acme", "eng")
    await changed(ann, f"/orgs/acme/workspaces/eng/members/{bob_id}", role="admin", pilotageRole="reviewer")
    members = await read(ann, "/orgs/acme/workspaces/eng/members")
    assert [(one["role"], one["pilotageRole"]) for one in members] == [("owner", "owner"), ("admin", "reviewer")]


async def _invitations(api: Api, ann: httpx.AsyncClient) -> None:
    workspace = "/orgs/acme/workspaces/eng"
    invited = await made(ann, f"{workspace}/members/invite", email="cleo@example.com", role="admin")
    assert [one["email"] for one in await read(ann, f"{workspace}/invitations")] == ["cleo@example.com"]
    again = await made(ann, f"{workspace}/invitations/{invited['id']}/resend")
    assert again["token"] == invited["token"]
    assert (await read(api.client(), f"/invitations/{invited['token']}"))["workspaceName"] == "Engineering"
    cleo = await made(api.client(), f"/invitations/{invited['token']}/register", password=PASSWORD, name="Cleo")
    assert cleo["user"]["email"] == "cleo@example.com"
    await deleted(ann, f"{workspace}/members/{cleo['user']['id']}")
    other = await made(ann, f"{workspace}/members/invite", email="dan@example.com")
    await deleted(ann, f"{workspace}/invitations/{other['id']}")


async def _project(board: Board) -> None:
    await changed(board.ann, board.path, description="To the moon", deadline="2030-06-01T00:00:00.000Z")
    assert (await read(board.ann, board.path))["description"] == "To the moon"
    assert len(await read(board.ann, f"{board.workspace}/projects")) == 1
    await made(board.ann, f"{board.path}/members", email="bob@example.com")
    assert [one["name"] for one in await read(board.ann, f"{board.path}/members")] == ["Ann", "Bob"]
    column = await made(board.ann, f"{board.path}/columns", name="Later")
    await changed(board.ann, f"{board.path}/columns/{column['id']}", name="Soon", order=0)
    assert (await read(board.ann, f"{board.path}/columns/{column['id']}"))["order"] == 0
    columns = await read(board.ann, f"{board.path}/columns")
    assert [(one["name"], one["order"]) for one in columns] == [("Soon", 0), ("To do", 1), ("Done", 2)]
    await deleted(board.ann, f"{board.path}/columns/{column['id']}")
    assert (await read(board.ann, f"{board.path}/roadmap"))["milestones"][0]["title"] == "Launch"
    assert (await read(board.ann, f"{board.path}/stats"))["interval"] == "day"
    projects = f"{board.workspace}/projects"
    assert (await read(board.ann, f"{projects}/portfolio"))["totals"]["projects"] == 1
    template = await made(board.ann, f"{projects}/templates", projectId=board.project_id, name="Like this")
    assert template["id"] in [one["id"] for one in await read(board.ann, f"{projects}/templates")]
    await deleted(board.ann, f"{projects}/templates/{template['id']}")


async def _notifications(api: Api, board: Board, bob: httpx.AsyncClient) -> None:
    await made(board.ann, f"{board.path}/cards", title="Something new")
    await follow(api.ctx.services)
    unread = await read(bob, "/notifications?unreadOnly=1&limit=10")
    assert unread[0]["activity"]["type"] == "card_created"
    await changed(bob, f"/notifications/{unread[0]['id']}/read")
    assert await read(bob, "/notifications/count") == {"count": len(unread) - 1}
    assert await changed(bob, "/notifications/read-all") == {"ok": True, "count": len(unread) - 1}
    assert len(await read(bob, "/notifications")) == len(unread)
    bob_id = (await read(bob, "/auth/me"))["user"]["id"]
    await deleted(board.ann, f"{board.path}/members/{bob_id}")
    await deleted(board.ann, f"{board.workspace}/members/{bob_id}")


async def _scope(board: Board) -> None:
    created = await made(board.ann, f"{board.path}/scopes", name="Phase 1")
    scope = f"{board.path}/scopes/{created['id']}"
    await made(board.ann, f"{board.path}/columns", name="Inside", scopeId=created["id"])
    await changed(board.ann, scope, endDate="2030-01-01T00:00:00.000Z")
    assert (await read(board.ann, f"{scope}/stats"))["cards"]["total"] == 0
    assert (await changed(board.ann, f"{scope}/views", activeView="roadmap"))["activeView"] == "roadmap"
    assert len((await read(board.ann, f"{scope}/views"))["views"]) == 5
    assert [one["name"] for one in (await read(board.ann, scope))["columns"]] == ["Inside"]
    assert len(await read(board.ann, f"{board.path}/scopes")) == 1
    await deleted(board.ann, scope)


async def _automations(api: Api, board: Board) -> None:
    rules = f"{board.path}/automations"
    action = {"type": "add_comment", "content": "Welcome"}
    made_rule = await made(
        board.ann, rules, trigger="task_created", conditions={"title": {"contains": "A"}}, action=action
    )
    rule = f"{rules}/{made_rule['id']}"
    await changed(board.ann, rule, name="Greet")
    assert [one["name"] for one in await read(board.ann, rules)] == ["Greet"]
    card = await made(board.ann, f"{board.path}/cards", title="A")
    await follow_automations(api.ctx.services)
    [trace] = await read(board.ann, f"{rule}/traces?limit=5")
    assert (trace["target"], trace["result"]) == (card["id"], "success")
    assert (await board.ann.patch(f"{rule}/toggle")).json()["enabled"] is False
    assert (await changed(board.ann, f"{rule}/toggle", enabled=False))["enabled"] is False
    assert (await read(board.ann, rule))["trigger"] == "task_created"
    await deleted(board.ann, rule)
    await deleted(board.ann, f"{board.path}/cards/{card['id']}")


async def _card(api: Api, board: Board) -> None:
    created = await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title="A")
    loose = await made(board.ann, f"{board.path}/cards", title="B")
    card = f"{board.path}/cards/{created['id']}"
    await changed(board.ann, card, priority="low")
    assert (await read(board.ann, f"{board.workspace}/search?q=A&types=card"))[0]["id"] == created["id"]
    item = await made(board.ann, f"{card}/checklist", title="Step")
    ticked = await changed(board.ann, f"{card}/checklist/{item['id']}", done=True)
    assert (ticked["_id"], ticked["checklistProgress"]) == (item["id"], 1.0)
    await deleted(board.ann, f"{card}/checklist/{item['id']}")
    comment = await made(board.ann, f"{card}/comments", content="Good")
    assert [one["authorName"] for one in await read(board.ann, f"{card}/comments")] == ["Ann"]
    assert (await read(board.ann, card))["commentCount"] == 1
    await deleted(board.ann, f"{card}/comments/{comment['id']}")
    await _attachments(api, board.ann, f"{card}/attachments")
    await _fields_and_relations(board, card, loose["id"])
    label = await made(board.ann, f"{board.path}/labels", name="bug", color="#FF0000")
    await changed(board.ann, f"{board.path}/labels/{label['id']}", name="defect")
    assert (await made(board.ann, f"{card}/labels/{label['id']}"))["labels"][0]["name"] == "defect"
    await deleted(board.ann, f"{card}/labels/{label['id']}")
    assert len(await read(board.ann, f"{board.path}/labels")) == 1
    await deleted(board.ann, f"{board.path}/labels/{label['id']}")
    assert len(await read(board.ann, f"{board.path}/cards")) == 3
    await deleted(board.ann, f"{board.path}/cards/{loose['id']}")


async def _attachments(api: Api, ann: httpx.AsyncClient, attachments: str) -> None:
    answer = await ann.post(attachments, files={"file": ("a.txt", b"Hello")})
    assert (answer.status_code, answer.json()["mimeType"]) == (201, "text/plain")
    file = answer.json()["id"]
    assert await read(ann, attachments) == [answer.json()]
    assert (await ann.get(f"{attachments}/{file}")).content == b"Hello"
    link = link_to(api.ctx.services, ObjectId(file))
    assert (await api.client().get(link, headers={"range": "bytes=1-2"})).content == b"el"
    await deleted(ann, f"{attachments}/{file}")


async def _documents(board: Board) -> None:
    documents = f"{board.workspace}/documents"
    top = await made(board.ann, documents, title="Top", content="# Top")
    created = await made(board.ann, documents, title="Plan", content="One", parentId=top["id"])
    document = f"{documents}/{created['id']}"
    assert (await changed(board.ann, document, content="Two"))["content"] == "Two"
    assert (await read(board.ann, document))["title"] == "Plan"
    assert len(await read(board.ann, documents)) == len(await read(board.ann, f"{documents}/summaries")) == 2
    assert await read(board.ann, f"{documents}/count?docType=document") == {"count": 2}
    assert await read(board.ann, f"{documents}/all") == await read(board.ann, f"{documents}/tree")
    assert (await made(board.ann, f"{document}/move", parentId=None))["order"] == 1
    bulk = await made(board.ann, f"{documents}/bulk", ids=[top["id"]], delete=True)
    assert [one["error"] for one in bulk["results"]] == [None]
    assert (await made(board.ann, f"{document}/submit-review"))["status"] == "pending_review"
    assert (await made(board.ann, f"{document}/review", status="approved"))["status"] == "approved"
    await changed(board.ann, document, content="Three")
    versions = await read(board.ann, f"{document}/versions")
    assert (await read(board.ann, f"{document}/versions/{versions[-1]['id']}"))["content"] == "Two"
    assert "+Three" in (await read(board.ann, f"{document}/diff"))["diff"]
    assert (await made(board.ann, f"{document}/versions/{versions[-1]['id']}/restore"))["content"] == "Two"
    card = await made(board.ann, f"{board.path}/cards", title="Linked")
    links = f"{board.path}/cards/{card['id']}/documents"
    await made(board.ann, f"{links}/{created['id']}/link")
    assert len(await read(board.ann, links)) == len(await read(board.ann, f"{document}/cards")) == 1
    await deleted(board.ann, f"{links}/{created['id']}/link")
    await deleted(board.ann, f"{board.path}/cards/{card['id']}")
    await deleted(board.ann, document)


async def _fields_and_relations(board: Board, card: str, other: str) -> None:
    steps = [await made(board.ann, f"{card}/checklist", title=title) for title in ("Part", "Next")]
    answer = await board.ann.post(f"{card}/checklist/{steps[1]['id']}/move", json={"order": 0})
    assert answer.json()["order"] == 0
    part = (await made(board.ann, f"{card}/checklist/{steps[0]['id']}/convert"))["card"]
    fields = f"{board.path}/custom-fields"
    field = await made(board.ann, fields, name="Level", type="select", options=["Low", "High"])
    await changed(board.ann, f"{fields}/{field['id']}", name="Risk")
    assert (await changed(board.ann, f"{card}/custom-fields", **{field["id"]: "High"}))["customFields"]
    assert len(await read(board.ann, fields)) == 1
    await deleted(board.ann, f"{fields}/{field['id']}")
    related = await made(board.ann, f"{card}/relations", targetCardId=other, type="blocked_by")
    assert [one["targetCardId"] for one in await read(board.ann, f"{card}/relations")] == [part["id"], other]
    await deleted(board.ann, f"{board.path}/relations/{related['id']}")
    await deleted(board.ann, f"{board.path}/cards/{part['id']}")


async def _transfer(board: Board) -> None:
    exported = await read(board.ann, f"{board.path}/export")
    copy = await made(board.ann, f"{board.workspace}/projects/import", **exported)
    path = f"{board.workspace}/projects/{copy['id']}"
    assert await read(board.ann, f"{path}/export") == exported
    await deleted(board.ann, path)
    archive = await board.ann.get(f"{board.path}/export/archive")
    assert zipfile.ZipFile(io.BytesIO(archive.content)).namelist() == ["project.json"]
    jobs = f"{board.workspace}/projects/import/jobs"
    taken = await board.ann.post(jobs, files={"file": ("large.json", orjson.dumps(exported))})
    assert taken.status_code == 202, taken.text
    assert await read(board.ann, jobs) == [taken.json()]
    assert await read(board.ann, f"{jobs}/{taken.json()['id']}") == taken.json()


async def _agent(api: Api, board: Board) -> None:
    agents = f"{board.workspace}/agents"
    created = await made(board.ann, agents, name="Reviewer", slug="reviewer")
    agent, driver = f"{agents}/{created['id']}", api.client(created["token"])
    await changed(board.ann, agent, autonomyMode="approval")
    assert (await read(board.ann, agent))["autonomyMode"] == "approval"
    assert len(await read(board.ann, agents)) == 1
    card = await made(board.ann, f"{board.path}/cards", title="Review me")
    ids = [(await made(board.ann, f"{agent}/missions", prompt=text, cardId=card["id"]))["id"] for text in "abc"]
    claimed = await made(driver, f"{board.workspace}/missions/claim")
    assert claimed["mission"]["id"] == ids[0]
    mission = f"{board.workspace}/missions/{ids[0]}"
    activity = {"kind": "action", "content": "Read the card", "tool": "read_board", "data": {"n": 1}}
    await made(driver, f"{mission}/report", activities=[activity], progress=0.5, outputDelta="Hel")
    for decide, became in (("approve", "applied"), ("reject", "rejected")):
        asked = await driver.post(f"{board.path}/cards/{card['id']}/comments", json={"content": f"To {decide}"})
        told = asked.json()["details"]
        assert (asked.status_code, told["kind"]) == (403, "APPROVAL_REQUIRED"), asked.text
        [waits] = await read(board.ann, f"{board.workspace}/agent-runtime/proposals")
        assert waits["id"] == told["proposalId"]
        decided = await made(board.ann, f"{board.workspace}/proposals/{waits['id']}/{decide}", reason="So be it")
        assert decided["status"] == became
    assert len(await read(board.ann, f"{mission}/proposals")) == 2
    followed = await board.ann.get(f"{mission}/stream", params={"follow": "false"})
    assert followed.text.count("event: mission_status") == 1, followed.text
    runtime = f"{board.workspace}/agent-runtime"
    run = await made(board.ann, f"{runtime}/run", agentUserId=created["userId"], objective="Tidy up", maxSteps=8)
    about = await made(board.ann, f"{board.path}/cards", title="Start me")
    started = await made(
        board.ann, f"{runtime}/card-mission", cardId=about["id"], projectId=board.path.rpartition("/")[2]
    )
    for begun in (run, started):
        await made(board.ann, f"{board.workspace}/missions/{begun['id']}/cancel")
    assert (await made(driver, f"{mission}/complete", summary="Fine"))["status"] == "completed"
    assert (await read(board.ann, mission))["activities"][0]["data"] == {"n": 1}
    await made(driver, f"{board.workspace}/missions/claim")
    assert (await made(driver, f"{board.workspace}/missions/{ids[1]}/fail", error="No way"))["status"] == "failed"
    assert (await made(board.ann, f"{board.workspace}/missions/{ids[2]}/cancel"))["status"] == "cancelled"
    assert await made(driver, f"{board.workspace}/missions/claim") == {"mission": None}
    assert [one["id"] for one in await read(board.ann, f"{agent}/missions")][-3:] == ids[::-1]
    assert [one["id"] for one in await read(board.ann, f"{board.workspace}/missions?status=failed")] == [ids[1]]
    await skills(board, agent)
    await deleted(board.ann, agent)
    await pipelines(board)
    await drafts(api, board)
    await plugins(api, board)


async def _pilotage(board: Board) -> None:
    ann, pilotage = board.ann, f"{board.workspace}/pilotage"
    objective = await made(ann, f"{pilotage}/missions", objective="Implement billing module", module="billing")
    first = await made(ann, f"{pilotage}/priorities", label="Ship billing MVP", module="billing")
    serving = {"missionId": objective["id"], "priorityId": first["id"]}
    todo = await made(ann, f"{pilotage}/todos", label="Write integration tests", **serving)
    await made(ann, f"{pilotage}/decisions", title="Buy billing", impact="Saves three weeks")
    await made(ann, f"{pilotage}/docs", title="Billing API Spec v2", owner="Jane Doe", sourceType="tech")
    await changed(ann, f"{pilotage}/missions/{objective['id']}", status="blocked", blockedReason="Waiting on API")
    await changed(ann, f"{pilotage}/todos/{todo['id']}", status="done")
    assert (await read(ann, f"{pilotage}/state?detailLevel=detailed"))["missions"][0]["status"] == "blocked"
    assert (await read(ann, f"{pilotage}/dashboard"))["counts"]["todos"]["done"] == 1
    assert [risk["kind"] for risk in (await read(ann, f"{pilotage}/portfolio"))["risks"]] == ["objective_blocked"]
    card = await made(ann, f"{board.path}/cards", title="Bill the first customer", columnId=board.todo)
    payload = {"cardId": card["id"], "targetColumn": board.done}
    given = {"actionType": "move_card", "explanation": "All subtasks complete, move to Done", "payload": payload}
    action = await made(ann, f"{pilotage}/actions/propose", **given)
    await made(ann, f"{pilotage}/actions/{action['id']}/review", approved=True, reason="Looks correct")
    assert (await made(ann, f"{pilotage}/actions/{action['id']}/apply"))["result"] == {"id": card["id"]}
    assert (await read(ann, f"{pilotage}/actions?status=applied"))[0]["id"] == action["id"]
