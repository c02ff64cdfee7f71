"""Contracts of Orkosi's interface: signing in."""

from auth.refresh import refresh_token
from models import Session
from models.base import collection
from tests.resolvers.lab import PASSWORD
from tests.rest.contract.contract import MALFORMED, NO_JSON, TOKEN, Contract, Ref, Refused, Then, bad, without
from tests.rest.contract.orkosi import data
from tests.rest.contract.shape import COUNT, TEXT, TIME, maybe, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import ORKOSI

AUTH = ORKOSI + "/auth"
USER = {
    "id": COUNT,
    "username": TEXT,
    "email": TEXT,
    "role": one_of("admin", "member", "viewer"),
    "avatar_url": maybe(TEXT),
    "created_at": TIME,
}
SESSION = {"success": True, "token": TEXT, "refresh_token": TEXT, "user": USER}
ACCOUNT = {
    "username": "rui",
    "email": "rui@example.com",
    "password": "your-password",
    "terms_accepted": True,
    "privacy_accepted": True,
}
CREDENTIALS = {"email": Ref("owner_email"), "password": PASSWORD}
DONE = data({"success": True})


async def _to_go_on(stage: Stage) -> None:
    session = await collection(Session).find_one({"_id": stage.ids["session"]})
    assert session is not None
    stage.ids["refresh_token"] = refresh_token(stage.owner.services.signer.key, session)


CONTRACTS = [
    Contract(
        method="POST",
        route=AUTH + "/register",
        by=None,
        sent=ACCOUNT,
        answers=SESSION | {"user": {**USER, "username": "rui", "email": "rui@example.com", "role": "admin"}},
        bad=bad("terms_accepted", sent={**ACCOUNT, "terms_accepted": False}),
        denied=Refused(status=409, code="CONFLICT", sent={**ACCOUNT, "email": Ref("owner_email")}, at="email"),
    ),
    Contract(
        method="POST",
        route=AUTH + "/login",
        by=None,
        status=200,
        sent=CREDENTIALS,
        answers=SESSION | {"user": {**USER, "email": Ref("owner_email"), "role": "admin"}},
        bad=bad("email", sent={"password": PASSWORD}),
        denied=Refused(status=401, code="UNAUTHENTICATED", sent={**CREDENTIALS, "password": "not it"}),
    ),
    Contract(
        method="POST",
        route=AUTH + "/refresh",
        by=None,
        status=200,
        given=_to_go_on,
        sent={"refresh_token": Ref("refresh_token")},
        answers=SESSION,
        bad=bad("refresh_token", sent={}),
        denied=Refused(status=401, code="UNAUTHENTICATED", sent={"refresh_token": "rt_nothing"}),
    ),
    Contract(
        method="POST",
        route=AUTH + "/logout",
        status=200,
        sent={"all_devices": True},
        answers=DONE,
        then=(Then(AUTH + "/me", {"error": {"code": "UNAUTHENTICATED"}}, 401),),
        bad=bad("all_devices", sent={"all_devices": "yes"}),
        denied=TOKEN,
    ),
    Contract(
        method="GET",
        route=AUTH + "/me",
        by="member",
        answers=data({**USER, "email": Ref("member_email"), "role": "member"}),
        bad=MALFORMED,
        denied=without("account:read"),
    ),
    Contract(
        method="POST",
        route=AUTH + "/forgot-password",
        by=None,
        status=200,
        sent={"email": "nobody@example.com"},
        answers=DONE,
        bad=bad("email", sent={}),
        denied=NO_JSON,
    ),
]
