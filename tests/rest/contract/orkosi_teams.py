"""Contracts of Orkosi's teams, notifications and activity log."""

from typing import Any

from resolvers.notification.follow import follow
from tests.rest.contract.contract import MALFORMED, MEMBER, STRANGER, Contract, Ref, Refused, Then, bad, without
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import COUNT, FLAG, ID, TEXT, TIME, Having, maybe
from tests.rest.contract.stage import Stage
from tests.world.paths import ORKOSI

TEAMS = ORKOSI + "/teams"
TEAM = TEAMS + "/{teamNumber}"
CORE = {
    "id": 1,
    "organization_id": COUNT,
    "name": "Core",
    "description": None,
    "created_by": COUNT,
    "member_count": 2,
    "created_at": TIME,
    "updated_at": TIME,
}
OWNER = {"user_id": COUNT, "email": TEXT, "role": "owner", "joined_at": TIME}
JOINED = {**OWNER, "email": Ref("member_email"), "role": "member"}
INVITED = {
    "id": ID,
    "team_id": 1,
    "email": "new@example.com",
    "role": "admin",
    "status": "pending",
    "invited_by": COUNT,
    "created_at": TIME,
    "expires_at": TIME,
}
NO_TEAM = bad("team_number", path={"teamNumber": "nonsense"})
NOTIFICATIONS, LOG = ORKOSI + "/notifications", ORKOSI + "/activity-log"
NOTICE = {"title": "Soon", "message": "The dome opens", "type": "error", "source": "ci", "link": "https://ci.example/7"}
NOTIFIED = {
    "id": ID,
    "title": TEXT,
    "message": TEXT,
    "type": "info",
    "source": TEXT,
    "link": None,
    "read": FLAG,
    "read_at": maybe(TIME),
    "created_at": TIME,
}
DEPLOYED: dict[str, Any] = {
    "actor_type": "agent",
    "actor_id": "planner",
    "action": "deploy.finished",
    "entity_type": "release",
    "entity_id": "7",
    "metadata": {"took": 3},
}
RECORDED = {**DEPLOYED, "id": ID, "actor_id": ID, "actor_name": "agent", "recorded_by": COUNT, "created_at": TIME}


async def _invited(stage: Stage) -> None:
    await stage.made(TEAM + "/invites", email="new@example.com", role="admin")


async def _told(stage: Stage) -> None:
    await stage.made(NOTIFICATIONS, **NOTICE)
    await follow(stage.owner.services)


async def _deployed(stage: Stage) -> None:
    await stage.made(LOG, **DEPLOYED)


CONTRACTS = [
    Contract(
        method="GET",
        route=TEAMS,
        params={"name": "OR", "limit": "1", "offset": "0"},
        answers=page((CORE,)),
        bad=bad("limit", params={"limit": "201"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=TEAMS,
        by="member",
        sent={"name": "Domes", "description": "Of all domes"},
        answers=data({**CORE, "id": 2, "name": "Domes", "description": "Of all domes", "member_count": 1}),
        then=(Then(TEAMS, page(({"id": 1}, {"id": 2, "name": "Domes"}))),),
        bad=bad("name", sent={"name": ""}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=TEAM,
        answers=data({**CORE, "members": (OWNER, JOINED)}),
        bad=NO_TEAM,
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=TEAM,
        path={"teamNumber": 1},
        sent={"name": "Kernel"},
        answers=data({**CORE, "name": "Kernel"}),
        then=(Then(TEAM, data({"name": "Kernel"})),),
        bad=bad("name", sent={"name": None}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=TEAM,
        answers=gone(1),
        then=(Then(TEAMS, page(())),),
        bad=NO_TEAM,
        denied=MEMBER,
    ),
    Contract(method="GET", route=TEAM + "/members", answers=page((OWNER, JOINED)), bad=NO_TEAM, denied=STRANGER),
    Contract(
        method="POST",
        route=TEAM + "/members",
        sent={"user_id": Ref("admin_id"), "role": "admin"},
        answers=data({**JOINED, "email": Ref("admin_email"), "role": "admin"}),
        then=(Then(TEAM, data({"member_count": 3})),),
        bad=Refused(status=409, code="CONFLICT", sent={"user_id": Ref("member_id")}, at="user_id"),
        denied=Refused(status=404, code="NOT_FOUND", sent={"user_id": Ref("outsider_id")}),
    ),
    Contract(
        method="GET",
        route=TEAM + "/invites",
        given=_invited,
        answers=page((INVITED,)),
        bad=NO_TEAM,
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=TEAM + "/invites",
        sent={"email": "new@example.com", "role": "admin"},
        answers=data(INVITED),
        then=(Then(TEAM + "/invites", page((INVITED,))),),
        bad=bad("role", sent={"email": "new@example.com", "role": "viewer"}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=NOTIFICATIONS,
        given=_told,
        params={"read": "false", "type": "error"},
        answers=page(({**NOTIFIED, **NOTICE, "read": False, "read_at": None},)),
        bad=bad("type", params={"type": "fatal"}),
        denied=without("notifications:read"),
    ),
    Contract(
        method="POST",
        route=NOTIFICATIONS,
        sent=NOTICE,
        answers=data({**NOTIFIED, **NOTICE, "read": False}),
        bad=bad("link", sent={**NOTICE, "link": "javascript:alert(1)"}),
        denied=Refused(status=403, code="FORBIDDEN", by="viewer"),
    ),
    Contract(
        method="GET",
        route=NOTIFICATIONS + "/unread-count",
        answers=data({"count": COUNT}),
        bad=MALFORMED,
        denied=without("notifications:read"),
    ),
    Contract(
        method="PATCH",
        route=NOTIFICATIONS + "/read-all",
        answers=data({"success": True, "count": COUNT}),
        then=(
            Then(NOTIFICATIONS + "/unread-count", data({"count": 0})),
            Then(NOTIFICATIONS + "?read=true", page([{**NOTIFIED, "read": True}])),
        ),
        bad=MALFORMED,
        denied=without("notifications:read"),
    ),
    Contract(
        method="GET",
        route=LOG,
        given=_deployed,
        params={"actor_type": "agent", "action": "deploy.finished"},
        answers=page((RECORDED,)),
        bad=bad("actor_type", params={"actor_type": "robot"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=LOG,
        sent=DEPLOYED,
        answers=data(RECORDED),
        bad=bad("actor_type", sent={**DEPLOYED, "actor_type": "robot"}),
        denied=Refused(
            status=403,
            code="FORBIDDEN",
            by="member",
            sent={"actor_type": "system", "actor_id": "-", "action": "night.began"},
        ),
    ),
    Contract(
        method="GET",
        route=LOG + "/stats",
        given=_deployed,
        answers=data({"since": TIME, "total": COUNT, "by_action": Having({"action": "deploy.finished", "count": 1})}),
        bad=MALFORMED,
        denied=STRANGER,
    ),
]
