"""Contracts of personal access tokens, which only the signed-in person manages."""

from tests.rest.contract.contract import MALFORMED, OK, TOKEN, Contract, Ref, Refused, bad, bad_id
from tests.rest.contract.shape import ID, TEXT, TIME, maybe, one_of

SCOPE = one_of(
    "projects:read",
    "projects:write",
    "pilotage:read",
    "pilotage:write",
    "notifications:read",
    "account:read",
    "account:write",
    # A token of the world names these, which other interfaces have brought.
    *("credentials:read", "credentials:write"),
    *("operations:read", "operations:write"),
    *("billing:read", "billing:write"),
)
# One revision of the reference says tokenPrefix and secret, the other prefix and token: both are served.
LISTED = {
    "id": ID,
    "name": TEXT,
    "prefix": TEXT,
    "tokenPrefix": TEXT,
    "scopes": [SCOPE],
    "expiresAt": maybe(TIME),
    "lastUsedAt": maybe(TIME),
    "createdAt": TIME,
}
SENT = {
    "name": "CI pipeline",
    "scopes": ["projects:read", "projects:write"],
    "expiresAt": "2037-01-01T00:00:00.000Z",
}

CONTRACTS = [
    Contract(method="GET", route="/api-tokens", answers=[LISTED], bad=MALFORMED, denied=TOKEN),
    Contract(
        method="POST",
        route="/api-tokens",
        sent=SENT,
        answers={**LISTED, **SENT, "scopes": ("projects:read", "projects:write"), "secret": TEXT, "token": TEXT},
        bad=bad("scopes", sent={"name": "CI", "scopes": ["everything"]}),
        denied=TOKEN,
    ),
    Contract(
        method="DELETE",
        route="/api-tokens/{id}",
        path={"id": Ref("token")},
        answers=OK,
        bad=bad_id("id"),
        denied=Refused(status=404, code="NOT_FOUND", by="outsider"),
    ),
]
