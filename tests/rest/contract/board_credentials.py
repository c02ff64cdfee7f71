"""Contracts of the agent board: credentials, and what they are assigned to."""

from urllib.parse import parse_qs, urlsplit

from models.ids import Kind, new_id
from tests.rest.contract.board import GONE, ORGANIZED, data, no_id
from tests.rest.contract.board_projects import LAUNCH
from tests.rest.contract.board_work import WHOLE
from tests.rest.contract.contract import MEMBER, STRANGER, Contract, Ref, Refused, Then, bad, without
from tests.rest.contract.shape import COUNT, ID, NUMBER, TEXT, TIME, Having, containing, maybe
from tests.rest.contract.stage import Stage
from tests.world.paths import B_CARD, B_ORGANIZATION, B_PROJECT, BOARD

CREDENTIALS = BOARD + "/credentials"
CREDENTIAL = CREDENTIALS + "/{credentialId}"
KEPT = {
    "id": Ref("credential"),
    "name": "models.example",
    "provider": None,
    "apiKey": "sk-...****",
    "organizationId": Ref("organization"),
    "isDefault": False,
    "createdAt": TIME,
    "updatedAt": TIME,
    "verifiedAt": maybe(TIME),
}
COUNTED = {"calls": COUNT, "inputTokens": COUNT, "cachedTokens": COUNT, "outputTokens": COUNT, "costUsd": NUMBER}
ASSIGNED = {"credentialId": Ref("credential")}
UNKNOWN = Refused(status=404, code="NOT_FOUND", sent={"credentialId": str(new_id(Kind.CREDENTIAL))})

IN_ORGANIZATION = {"organizationId": Ref("organization")}


async def _begun(stage: Stage) -> None:
    answer = await stage.send("POST", CREDENTIALS + "/oauth/init", json={"provider": "example", **IN_ORGANIZATION})
    assert answer.status_code == 201, answer.text
    begun = answer.json()["data"]
    stage.ids["begun"], stage.ids["cookie"] = begun["credentialId"], answer.headers["set-cookie"].partition(";")[0]
    [stage.ids["state"]] = parse_qs(urlsplit(begun["authUrl"]).query)["state"]


CONTRACTS = [
    Contract(
        method="GET",
        route=CREDENTIALS,
        answers=data((KEPT,)),
        bad=bad("organizationId", params={"organizationId": "org_001"}),
        denied=without("credentials:read"),
    ),
    Contract(
        method="POST",
        route=CREDENTIALS,
        sent={
            "name": "My Anthropic Key",
            "provider": "anthropic",
            "apiKey": "sk-ant-0123456789abcdef",
            "organizationId": Ref("organization"),
        },
        answers=data({"id": ID, "name": "My Anthropic Key", "provider": "anthropic", "apiKey": "sk-ant-...****"}),
        then=(Then(CREDENTIALS, data(Having({"name": "My Anthropic Key"}))),),
        bad=bad("provider", sent={"name": "My Anthropic Key"}),
        denied=MEMBER,
    ),
    Contract(method="GET", route=CREDENTIAL, answers=data(KEPT), bad=no_id("credentialId"), denied=MEMBER),
    Contract(
        method="PATCH",
        route=CREDENTIAL,
        sent={"name": "Renamed Key", "apiKey": "another"},
        answers=data({**KEPT, "name": "Renamed Key", "apiKey": "****"}),
        bad=bad("name", sent={"name": ""}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=CREDENTIAL,
        status=204,
        answers=None,
        then=(Then(CREDENTIAL, GONE, 404),),
        bad=no_id("credentialId"),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=CREDENTIAL + "/verify",
        status=200,
        # That of the world is of no provider.
        answers=data({"valid": False, "error": TEXT}),
        bad=no_id("credentialId"),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=CREDENTIAL + "/usage",
        answers=data({"total": COUNTED, "fiveHours": COUNTED, "sevenDays": COUNTED}),
        bad=no_id("credentialId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=CREDENTIALS + "/oauth/init",
        sent={"provider": "example", "organizationId": Ref("organization")},
        answers=data({"credentialId": ID, "authUrl": containing("code_challenge="), "expiresAt": TIME}),
        then=(Then(CREDENTIALS, data(Having({"name": "example", "provider": "example", "apiKey": None}))),),
        bad=Refused(status=503, code="NOT_CONFIGURED", sent={"provider": "nobody", **IN_ORGANIZATION}),
        denied=Refused(status=403, code="FORBIDDEN", by="every scope"),
    ),
    Contract(
        method="GET",
        route=CREDENTIALS + "/oauth/callback",
        by=None,
        given=_begun,
        params={"state": Ref("state"), "code": "given"},
        headers={"cookie": Ref("cookie")},
        # The provider of the world does not answer.
        answers=data({"credentialId": Ref("begun"), "status": "failed", "expiresAt": None}),
        then=(),
        bad=bad("state", params={"code": "given"}),
        denied=bad("state", headers={"cookie": "orrery_authorization=of-another-browser"}),
    ),
    Contract(
        method="GET",
        route=CREDENTIAL + "/oauth/status",
        given=_begun,
        path={"credentialId": Ref("begun")},
        answers=data({"credentialId": Ref("begun"), "status": "pending", "expiresAt": TIME}),
        bad=no_id("credentialId"),
        denied=MEMBER,
    ),
    Contract(
        method="PUT",
        route=B_ORGANIZATION + "/default-credential",
        sent=ASSIGNED,
        answers=data(ORGANIZED),
        then=(Then(CREDENTIAL, data({**KEPT, "isDefault": True})),),
        bad=bad("credentialId", sent={}),
        denied=MEMBER,
    ),
    Contract(
        method="PUT",
        route=B_PROJECT + "/credential",
        sent=ASSIGNED,
        answers=data({**LAUNCH, "credentialId": Ref("credential")}),
        then=(Then(B_PROJECT, data({**LAUNCH, "credentialId": Ref("credential")})),),
        bad=UNKNOWN,
        denied=MEMBER,
    ),
    Contract(
        method="PUT",
        route=B_CARD + "/credential",
        sent=ASSIGNED,
        answers=data({**WHOLE, "credentialId": Ref("credential")}),
        then=(Then(B_CARD, data({**WHOLE, "credentialId": Ref("credential")})),),
        bad=UNKNOWN,
        denied=without("account:write"),
    ),
]
