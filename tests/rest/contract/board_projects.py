"""How one signs in to the agent board, its projects, and who is in them."""

from models import User
from models.base import collection
from tests.resolvers.lab import PASSWORD
from tests.rest.contract.board import GONE, data, no_id
from tests.rest.contract.contract import MALFORMED, STRANGER, Contract, Ref, Refused, Then, bad, without
from tests.rest.contract.shape import COUNT, ID, LIST, TEXT, TIME, Having, containing, maybe
from tests.rest.contract.stage import Stage
from tests.world.paths import B_PROJECT, BOARD

AUTH = BOARD + "/auth"
PROJECTS = BOARD + "/projects"
MEMBERS = B_PROJECT + "/members"
LOCAL = {"role": "user", "authProvider": "local", "mustChangePassword": False}
ME = {"id": Ref("user"), "email": TEXT, "displayName": TEXT, **LOCAL}
NEW = {"id": ID, "email": "new@example.com", "displayName": "New", **LOCAL}
LAUNCH = {
    "id": Ref("project"),
    "name": "Launch",
    "path": maybe(TEXT),
    "organizationId": Ref("organization"),
    "position": COUNT,
    "unreadCount": COUNT,
    "credentialId": None,
    "isGit": True,
    "createdAt": TIME,
}
NO_PASSWORD = {"email": "new@example.com", "password": "short"}


async def _invited(stage: Stage) -> None:
    answer = await stage.send("POST", MEMBERS, json={"email": "guest@example.com"})
    assert answer.status_code == 201, answer.text


async def _unbound(stage: Stage) -> None:
    made = await stage.made(
        PROJECTS, name="Elsewhere", path="/srv/elsewhere", organizationId=str(stage.ids["organization"])
    )
    stage.ids["unbound"] = made["data"]["id"]


async def _root(stage: Stage) -> None:
    stage.ids["root"] = stage.ids["folder"].rpartition("/")[0]
    stage.ids["readme"] = stage.ids["folder"] + "/README.md"


async def _nobody(stage: Stage) -> None:
    await collection(User).delete_many({})


CONTRACTS = [
    Contract(
        method="POST",
        route=AUTH + "/setup",
        by=None,
        given=_nobody,
        sent={"email": "new@example.com", "password": PASSWORD, "displayName": "New"},
        answers=data({"token": containing("."), "user": {**NEW, "role": "super_admin"}}),
        bad=bad("password", sent=NO_PASSWORD),
        denied=MALFORMED,
    ),
    Contract(
        method="POST",
        route=AUTH + "/login",
        by=None,
        status=200,
        sent={"email": Ref("owner_email"), "password": PASSWORD},
        answers=data({"token": containing("."), "user": ME}),
        bad=bad("password", sent={"email": Ref("owner_email")}),
        denied=MALFORMED,
    ),
    Contract(
        method="POST",
        route=AUTH + "/register",
        by=None,
        sent={"email": "new@example.com", "password": PASSWORD, "displayName": "New"},
        answers=data({"token": containing("."), "user": NEW}),
        bad=bad("password", sent=NO_PASSWORD),
        denied=Refused(status=409, code="CONFLICT", sent={"email": Ref("owner_email"), "password": PASSWORD}),
    ),
    Contract(method="GET", route=AUTH + "/me", answers=data(ME), bad=MALFORMED, denied=without("account:read")),
    Contract(
        method="POST",
        route=PROJECTS,
        sent={"name": "My App", "path": "/home/user/my-app", "organizationId": Ref("organization")},
        answers=data(
            {
                "id": ID,
                "name": "My App",
                "path": "/home/user/my-app",
                "organizationId": Ref("organization"),
                "unreadCount": 0,
            }
        ),
        then=(Then(PROJECTS, data(Having({"name": "My App"}))),),
        bad=bad("path", sent={"name": "My App"}),
        denied=Refused(status=404, code="NOT_FOUND", by="outsider"),
    ),
    Contract(
        method="GET",
        route=PROJECTS,
        params={"organizationId": Ref("organization")},
        answers=data((LAUNCH,)),
        bad=bad("organizationId", params={"organizationId": "org_001"}),
        denied=without("projects:read"),
    ),
    Contract(method="GET", route=B_PROJECT, answers=data(LAUNCH), bad=no_id("projectId"), denied=STRANGER),
    Contract(
        method="DELETE",
        route=B_PROJECT,
        status=204,
        answers=None,
        then=(Then(B_PROJECT, GONE, 404),),
        bad=no_id("projectId"),
        denied=without("projects:write"),
    ),
    Contract(
        method="POST",
        route=B_PROJECT + "/mark-all-read",
        status=204,
        answers=None,
        then=(Then(B_PROJECT, data({"unreadCount": 0})),),
        bad=no_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=B_PROJECT + "/export",
        answers={"project": {"name": "Launch"}, "columns": LIST, "cards": LIST},
        bad=no_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=B_PROJECT + "/files",
        answers=data(("README.md", "src/main.py")),
        # It has no folder that the gateway reaches.
        bad=Refused(status=409, code="NOT_BOUND", path={"projectId": Ref("unbound")}),
        given=_unbound,
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=BOARD + "/filesystem/browse",
        params={"path": Ref("folder")},
        answers=data(
            {
                "path": Ref("folder"),
                "parent": Ref("root"),
                "entries": ({"name": "src", "path": TEXT, "isGitRepo": False},),
                "isWhole": True,
            }
        ),
        given=_root,
        bad=bad("path", params={"path": "src"}),
        denied=Refused(status=404, code="NOT_FOUND", by="member"),
    ),
    Contract(
        method="GET",
        route=BOARD + "/filesystem/read",
        params={"path": Ref("readme")},
        answers=data({"path": Ref("readme"), "content": "# Launch\n", "size": 9}),
        given=_root,
        bad=bad("path", params={"path": "../README.md"}),
        denied=Refused(status=404, code="NOT_FOUND", by="member"),
    ),
    Contract(
        method="GET",
        route=MEMBERS,
        given=_invited,
        answers=data(
            (
                {"userId": Ref("user"), "email": TEXT, "displayName": TEXT, "role": "admin", "status": "active"},
                {"userId": Ref("member_id"), "role": "member", "status": "active"},
                {"userId": None, "email": "guest@example.com", "role": "member", "status": "pending"},
            )
        ),
        bad=no_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=MEMBERS,
        sent={"email": Ref("admin_email"), "role": "member"},
        answers=data({"userId": Ref("admin_id"), "email": Ref("admin_email"), "role": "member", "status": "active"}),
        bad=bad("role", sent={"email": Ref("admin_email"), "role": "king"}),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=MEMBERS + "/{userId}",
        sent={"role": "admin"},
        answers=data({"userId": Ref("member_id"), "role": "admin"}),
        bad=bad("role", sent={"role": "king"}),
        denied=Refused(status=403, code="FORBIDDEN", by="member"),
    ),
    Contract(
        method="DELETE",
        route=MEMBERS + "/{userId}",
        status=204,
        answers=None,
        bad=no_id("userId"),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=B_PROJECT + "/invitations/{email}",
        status=204,
        given=_invited,
        path={"email": "guest@example.com"},
        answers=None,
        bad=Refused(status=404, code="NOT_FOUND", path={"email": "else@example.com"}),
        denied=Refused(status=403, code="FORBIDDEN", by="member"),
    ),
    Contract(
        method="PATCH",
        route=PROJECTS + "/reorder",
        sent={"ids": [Ref("project")], "organizationId": Ref("organization")},
        answers=data((LAUNCH,)),
        bad=Refused(status=409, code="CONFLICT", sent={"ids": []}),
        denied=without("account:write"),
    ),
]
