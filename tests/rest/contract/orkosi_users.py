"""Contracts of Orkosi's interface: the people of an organization."""

from tests.rest.contract.contract import MALFORMED, MEMBER, STRANGER, TOKEN, Contract, Ref, Then, bad
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import COUNT, TEXT, TIME, maybe
from tests.world.paths import ORKOSI

USERS = ORKOSI + "/users"
USER = USERS + "/{userNumber}"
SHOWN = {
    "id": COUNT,
    "username": TEXT,
    "email": TEXT,
    "role": TEXT,
    "persona": None,
    "avatar_url": maybe(TEXT),
    "created_at": TIME,
}
ADA = {**SHOWN, "email": Ref("member_email"), "role": "member"}

CONTRACTS = [
    Contract(method="GET", route=USERS, answers=page([SHOWN]), bad=MALFORMED, denied=STRANGER),
    Contract(
        method="GET",
        route=USER,
        answers=data(ADA),
        bad=bad("user_number", path={"userNumber": "nonsense"}),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=USER,
        sent={"role": "demo"},
        answers=data({**ADA, "role": "viewer", "persona": "demo"}),
        then=(Then(USER, data({**ADA, "role": "viewer", "persona": "demo"})),),
        bad=bad("role", sent={"role": "agent"}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=USER,
        answers=gone(COUNT),
        then=(Then(USER, {"error": {"code": "NOT_FOUND"}}, 404),),
        bad=bad("user_number", path={"userNumber": "nonsense"}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=USERS + "/me",
        by="member",
        answers=gone(COUNT),
        bad=bad("password", sent={"password": "a wrong one"}),
        denied=TOKEN,
    ),
]
