"""Contracts of Orkosi's interface: API keys of organizations."""

from models.ids import Kind, new_id
from tests.nouns.api_key import KEY, KEYS
from tests.rest.contract.contract import MEMBER, TOKEN, Contract, Ref, Refused, Then, bad
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import ID, TEXT, TIME, containing, maybe

MASKED, WHOLE = containing("****"), containing("sl_")
KEPT = {
    "id": Ref("api_token"),
    "name": "Key",
    "description": None,
    "key": MASKED,
    "scopes": [TEXT],
    "is_active": True,
    "expires_at": None,
    "last_used_at": maybe(TIME),
    "previous_key_valid_until": None,
    "revoked_at": None,
    "created_at": TIME,
}
REVOKED = {**KEPT, "is_active": False, "revoked_at": TIME}
NO_ORGANIZATION = bad("org_number", path={"orgNumber": "nonsense"})
NO_ID = bad("key_id", path={"keyId": "nonsense"})
UNKNOWN = Refused(status=404, code="NOT_FOUND", path={"keyId": str(new_id(Kind.API_TOKEN))})

CONTRACTS = [
    Contract(method="GET", route=KEYS, answers=page((KEPT,)), bad=NO_ORGANIZATION, denied=MEMBER),
    Contract(
        method="POST",
        route=KEYS,
        sent={
            "name": "CI",
            "description": "Builds",
            "scopes": ["tasks:read", "credentials:read"],
            "expires_at": "2099-01-01T00:00:00Z",
            "color": "red",
        },
        answers=data(
            {
                **KEPT,
                "id": ID,
                "name": "CI",
                "description": "Builds",
                "key": WHOLE,
                "scopes": ("tasks:read", "products:read", "files:read", "credentials:read"),
                "expires_at": "2099-01-01T00:00:00.000Z",
            },
            ignored_fields=["color"],
        ),
        bad=bad("scopes", sent={"name": "CI", "scopes": ["tasks:delete"]}),
        denied=TOKEN,
    ),
    Contract(method="GET", route=KEY, answers=data(KEPT), bad=NO_ID, denied=MEMBER),
    Contract(
        method="PATCH",
        route=KEY,
        sent={"name": "Renamed", "description": "Off for now", "scopes": ["*"], "is_active": False},
        answers=data(
            {**KEPT, "name": "Renamed", "description": "Off for now", "scopes": ("*",), "is_active": False},
        ),
        then=(Then(KEY, data({**KEPT, "name": "Renamed", "description": "Off for now", "is_active": False})),),
        bad=bad("is_active", sent={"is_active": "no"}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=KEY,
        answers=gone(Ref("api_token")),
        then=(Then(KEY, {"error": {"code": "NOT_FOUND", "message": TEXT}}, 404),),
        bad=NO_ID,
        denied=UNKNOWN,
    ),
    Contract(
        method="POST",
        route=KEY + "/revoke",
        status=200,
        answers=data(REVOKED),
        then=(Then(KEY, data(REVOKED)),),
        bad=NO_ID,
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=KEY + "/rotate",
        status=200,
        sent={"grace_hours": 48},
        answers=data({**KEPT, "key": WHOLE, "previous_key_valid_until": TIME}),
        bad=bad("grace_hours", sent={"grace_hours": 721}),
        denied=TOKEN,
    ),
    Contract(
        method="POST",
        route=KEY + "/roll",
        status=200,
        answers=data({**KEPT, "key": WHOLE}),
        bad=NO_ID,
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=KEY + "/usage",
        answers=page(()),
        bad=bad("limit", params={"limit": "201"}),
        denied=MEMBER,
    ),
]
