"""Contracts of the agent board: what whoever runs the installation does. In the world that is somebody of no tenant."""

import re

from models import LogEntry
from models.base import collection, to_record
from models.installation_enums import LogLevel
from tests.nouns.person import ADMIN_USER, ADMIN_USERS
from tests.provider import CLIENT_ID, SECRET, Provider
from tests.rest.contract.board import GONE, data, no_id
from tests.rest.contract.contract import MALFORMED, MEMBER, TOKEN, Contract, Ref, Refused, Then, bad, unknown
from tests.rest.contract.shape import COUNT, FLAG, ID, TEXT, TIME, Having, Is, containing, maybe
from tests.rest.contract.stage import Stage
from tests.world.paths import BOARD

AUTH = BOARD + "/settings/auth"
ROOT, ADMIN = "outsider", "bystander"
PASSWORD = Is("sixteen characters", lambda value: isinstance(value, str) and len(value) == 16)
BYSTANDER = {"userId": Ref("bystander_id")}
SHOWN = {
    "id": Ref("bystander_id"),
    "email": Ref("bystander_email"),
    "name": TEXT,
    "role": "admin",
    "authProvider": "local",
    "avatarUrl": maybe(TEXT),
    "isSuperAdmin": False,
    "mustChangePassword": FLAG,
    "createdAt": TIME,
}
MADE = {"email": "made@example.com", "name": "Made", "role": "user"}
NOT_A_SUPER_ADMINS = Refused(status=403, code="FORBIDDEN", by=ADMIN, path={"userId": Ref("outsider_id")})
"""Somebody who manages accounts, and has nothing to do with a super_admin's."""

LOG_EXPORT = BOARD + "/settings/log-export"
EXPORTED = {"enabled": True, "endpoint": "https://logs.example", "headers": {"x-key": "****"}, "level": "warn"}


BACKUPS = BOARD + "/backups"
BACKUP = {"filename": containing("orrery-"), "status": TEXT, "size": COUNT, "createdAt": TIME}


OIDC, LOGIN = BOARD + "/settings/oidc", BOARD + "/oidc/login"
PROVIDER = {"issuerUrl": Ref("issuer"), "clientId": CLIENT_ID, "clientSecret": SECRET}
PROVIDED = {"configured": True, "issuerUrl": Ref("issuer"), "clientId": CLIENT_ID, "clientSecret": "****"}
JSON = {"accept": "application/json"}


async def _provided(stage: Stage) -> None:
    answer = await stage.send("POST", OIDC, by=ROOT, json=PROVIDER)
    assert answer.status_code == 200, answer.text


async def _begun(stage: Stage) -> None:
    await _provided(stage)
    begun = await stage.send("GET", LOGIN, by=None, headers=JSON)
    provider: Provider = stage.ids["provider"]
    provider.claims = {"sub": "ada", "email": "ada@login.example", "email_verified": True}
    answer = provider.sign_in(begun.json()["data"]["url"])
    cookie = f"orrery_oidc={begun.cookies['orrery_oidc']}"
    stage.ids |= {"sso_state": answer["state"], "sso_code": answer["code"], "sso_cookie": cookie}


async def _logged(_: Stage) -> None:
    for level in LogLevel:
        entry = LogEntry(
            level=level, message="the import … waits", target="orrery.transfers", fields={"exception": "KeyError"}
        )
        await collection(LogEntry).insert_one(to_record(entry))


async def _exported(stage: Stage) -> None:
    answer = await stage.send("PUT", LOG_EXPORT, by=ROOT, json={"endpoint": "https://127.0.0.1/v1/logs"})
    assert answer.status_code == 200, answer.text


CONTRACTS = [
    Contract(
        method="GET",
        route=AUTH,
        by=None,
        answers=data({"enabled": True}),
        bad=MALFORMED,
        denied=MALFORMED,
    ),
    Contract(
        method="PUT",
        route=AUTH,
        by=ROOT,
        sent={"enabled": True},
        answers=data({"enabled": True}),
        bad=bad("enabled", sent={"enabled": "yes"}),
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="GET",
        route=BOARD + "/logs",
        by=ROOT,
        given=_logged,
        params={"level": "error", "search": "import", "limit": "10"},
        answers=data(
            (
                {
                    "timestamp": TIME,
                    "level": "error",
                    "message": "the import … waits",
                    "target": "orrery.transfers",
                    "fields": {"exception": "KeyError"},
                },
            )
        ),
        bad=bad("level", params={"level": "loud"}),
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="GET",
        route=LOG_EXPORT,
        by=ROOT,
        answers=data({"enabled": False, "endpoint": None, "headers": {}, "level": "info"}),
        bad=MALFORMED,
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="PUT",
        route=LOG_EXPORT,
        by=ROOT,
        sent={"enabled": True, "endpoint": "https://logs.example", "headers": {"x-key": "secret"}, "level": "warn"},
        answers=data(EXPORTED),
        then=(Then(LOG_EXPORT, data(EXPORTED)),),
        bad=bad("endpoint", sent={"endpoint": "file:///etc/passwd"}),
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="POST",
        route=LOG_EXPORT + "/test",
        by=ROOT,
        status=200,
        given=_exported,
        answers=data({"success": False, "latencyMs": COUNT, "error": containing("public internet")}),
        bad=MALFORMED,
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="POST",
        route=BOARD + "/export",
        status=200,
        sent={"organizationId": Ref("organization")},
        gives="application/zip",
        answers=re.compile(rb"PK.*organization\.json.*projects/[0-9a-f]{24}/project\.json.*files/", re.DOTALL),
        bad=bad("organizationId", sent={"organizationId": "org_001"}),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=BACKUPS,
        by=ROOT,
        answers=data({**BACKUP, "status": "running", "size": 0}),
        bad=MALFORMED,
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="GET",
        route=BACKUPS,
        by=ROOT,
        answers=data(({**BACKUP, "filename": Ref("backup_name"), "status": "completed", "size": 8, "sha256": TEXT},)),
        bad=MALFORMED,
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="GET",
        route=BACKUPS + "/{filename}",
        by=ROOT,
        path={"filename": Ref("backup_name")},
        gives="application/zip",
        answers=b"a backup",
        bad=unknown(filename="..%2Fsecret_key"),
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="GET",
        route=OIDC,
        by=ROOT,
        given=_provided,
        answers=data(PROVIDED),
        bad=MALFORMED,
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="POST",
        route=OIDC,
        by=ROOT,
        status=200,
        sent=PROVIDER,
        answers=data(PROVIDED),
        then=(Then(OIDC, data(PROVIDED)),),
        bad=bad("issuerUrl", sent={**PROVIDER, "issuerUrl": "http://127.0.0.1"}),
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="DELETE",
        route=OIDC,
        by=ROOT,
        given=_provided,
        status=204,
        answers=None,
        then=(Then(OIDC, data({"configured": False, "issuerUrl": None, "clientSecret": None})),),
        bad=MALFORMED,
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="POST",
        route=BOARD + "/oidc/test",
        by=ROOT,
        given=_provided,
        status=200,
        answers=data({"success": True, "latencyMs": COUNT}),
        bad=MALFORMED,
        denied=Refused(status=403, code="FORBIDDEN", by=ADMIN),
    ),
    Contract(
        method="GET",
        route=LOGIN,
        by=None,
        given=_provided,
        params={"returnTo": "/app"},
        headers=JSON,
        answers=data({"url": containing("/authorize?response_type=code")}),
        bad=bad("returnTo", params={"returnTo": "//evil.example"}),
        denied=MALFORMED,
    ),
    Contract(
        method="GET",
        route=BOARD + "/oidc/callback",
        by=None,
        given=_begun,
        params={"state": Ref("sso_state"), "code": Ref("sso_code")},
        headers={**JSON, "cookie": Ref("sso_cookie")},
        answers=data({"token": containing("."), "user": {"email": "ada@login.example", "authProvider": "oidc"}}),
        bad=bad("state", params={"code": "nothing"}),
        denied=Refused(status=401, code="UNAUTHENTICATED", params={"state": "another", "code": "nothing"}),
    ),
    Contract(
        method="GET",
        route=ADMIN_USERS,
        by=ADMIN,
        params={"search": Ref("bystander_email"), "limit": "10"},
        answers=data({"users": (SHOWN,), "total": 1}),
        bad=bad("limit", params={"limit": "0"}),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=ADMIN_USERS,
        by=ADMIN,
        sent=MADE,
        answers=data({"user": {**SHOWN, **MADE, "id": ID, "mustChangePassword": True}, "generatedPassword": PASSWORD}),
        then=(Then(ADMIN_USERS + "?search=made%40", data({"users": Having(MADE)})),),
        bad=bad("role", sent={**MADE, "role": "king"}),
        denied=Refused(status=403, code="FORBIDDEN", sent={**MADE, "role": "super_admin"}),
    ),
    Contract(
        method="PATCH",
        route=ADMIN_USER,
        by=ROOT,
        path=BYSTANDER,
        sent={"name": "Other", "role": "super_admin"},
        answers=data({**SHOWN, "name": "Other", "role": "super_admin", "isSuperAdmin": True}),
        bad=bad("name", sent={"name": None}),
        denied=NOT_A_SUPER_ADMINS,
    ),
    Contract(
        method="DELETE",
        route=ADMIN_USER,
        by=ROOT,
        path=BYSTANDER,
        status=204,
        answers=None,
        then=(Then(ADMIN_USER + "/check-delete", GONE, 404),),
        bad=no_id("userId"),
        denied=NOT_A_SUPER_ADMINS,
    ),
    Contract(
        method="POST",
        route=ADMIN_USER + "/reset-password",
        by=ROOT,
        path=BYSTANDER,
        status=200,
        answers=data({"generatedPassword": PASSWORD}),
        bad=no_id("userId"),
        denied=NOT_A_SUPER_ADMINS,
    ),
    Contract(
        method="GET",
        route=ADMIN_USER + "/check-delete",
        by=ADMIN,
        path=BYSTANDER,
        answers=data({"ownedProjectsCount": COUNT}),
        bad=no_id("userId"),
        denied=TOKEN,
    ),
]
