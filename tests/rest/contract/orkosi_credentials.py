"""Contracts of Orkosi's credentials and integrations."""

from tests.rest.contract.contract import MEMBER, STRANGER, Contract, Ref, Then, bad, unknown, without
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import ID, TEXT, TIME, Having
from tests.world.paths import ORKOSI

CREDENTIALS, CREDENTIAL = ORKOSI + "/credentials", ORKOSI + "/credentials/{credentialKey}"
KEPT = {
    "id": Ref("credential"),
    "key": "models.example",
    "description": None,
    "hint": "acme",
    "created_at": TIME,
    "updated_at": TIME,
}
SAVED = {**KEPT, "id": ID, "key": "mail", "description": "Of the letters", "hint": None}
INTEGRATIONS = ORKOSI + "/integrations"
STATUS, CONFIGURE = (f"{INTEGRATIONS}/{{integrationId}}/{word}" for word in ("status", "configure"))
OPEN = {"id": "slack", "configured": False, "configured_at": None}
DONE = {"id": "slack", "configured": True, "configured_at": TIME}
SLACK = {"integrationId": "slack"}
HOOK = "https://hooks.slack.com/services/T0/B0/secret"
NONE = {"error": {"code": "NOT_FOUND", "message": TEXT}}

CONTRACTS = [
    Contract(
        method="GET",
        route=CREDENTIALS,
        answers=page((KEPT,)),
        bad=STRANGER,
        denied=without("credentials:read"),
    ),
    Contract(
        method="POST",
        route=CREDENTIALS,
        sent={"key": "mail", "value": "short", "description": "Of the letters"},
        answers=data(SAVED),
        then=(Then(CREDENTIALS, page(Having(SAVED))), Then(CREDENTIALS + "/mail", data({**SAVED, "value": "short"}))),
        bad=bad("key", sent={"key": "no key", "value": "short"}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=CREDENTIAL,
        answers=data({**KEPT, "value": "sk-secret-of-acme"}),
        bad=unknown(credentialKey="nothing"),
        denied=without("credentials:read"),
    ),
    Contract(
        method="DELETE",
        route=CREDENTIAL,
        answers=gone(Ref("credential")),
        then=(Then(CREDENTIAL, NONE, 404),),
        bad=unknown(credentialKey="nothing"),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=INTEGRATIONS,
        answers=page(
            Having({**OPEN, "name": "Slack", "description": TEXT, "fields": ("webhook_url",)}),
        ),
        bad=STRANGER,
        denied=without("credentials:read"),
    ),
    Contract(
        method="GET",
        route=STATUS,
        path=SLACK,
        answers=data(OPEN),
        bad=unknown(integrationId="nothing"),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=CONFIGURE,
        path=SLACK,
        status=200,
        sent={"fields": {"webhook_url": HOOK}},
        answers=data({"success": True}),
        then=(Then(f"{INTEGRATIONS}/slack/status", data(DONE)), Then(CREDENTIALS, page(Having({"key": "slack"})))),
        bad=bad("fields.webhook_url", sent={"fields": {"webhook_url": "https://hooks.slack.com.evil.example/x"}}),
        denied=MEMBER,
    ),
]
