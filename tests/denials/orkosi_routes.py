"""For each route of Orkosi's interface a body (or the parameters of a GET) that would be accepted.

It is asked at the address of the world's workspace.
"""

from tests.denials.routes import ORKOSI, Body, sent
from tests.resolvers.lab import PASSWORD

KEYS = ORKOSI + "/organizations/{orgNumber}/api-keys"
KEY = KEYS + "/{keyId}"

ORKOSI_BODIES: dict[tuple[str, str], Body | None] = {
    ("GET", ORKOSI + "/version"): None,
    ("GET", ORKOSI + "/health"): None,
    ("GET", ORKOSI + "/ready"): None,
    ("GET", ORKOSI + "/arch-health"): None,
    ("GET", ORKOSI + "/rules"): None,
    ("POST", ORKOSI + "/rules"): sent(rule="Keep it short"),
    ("PATCH", ORKOSI + "/rules/{ruleNumber}"): sent(category="tests"),
    ("DELETE", ORKOSI + "/rules/{ruleNumber}"): None,
    ("GET", ORKOSI + "/files"): None,
    ("GET", ORKOSI + "/search"): sent(q="launch"),
    ("GET", ORKOSI + "/changelog"): None,
    ("GET", ORKOSI + "/changelog/summary"): None,
    ("GET", ORKOSI + "/changelog/feed"): None,
    ("POST", ORKOSI + "/files"): sent(name="run", path="more/run.sh"),
    ("GET", ORKOSI + "/files/search"): sent(q="kind"),
    ("GET", ORKOSI + "/files/{fileNumber}"): None,
    ("POST", ORKOSI + "/auth/register"): sent(
        username="new", email="new@example.com", password=PASSWORD, terms_accepted=True, privacy_accepted=True
    ),
    ("POST", ORKOSI + "/auth/login"): sent(email="nobody@example.com", password=PASSWORD),
    ("POST", ORKOSI + "/auth/refresh"): sent(refresh_token="nothing"),
    ("POST", ORKOSI + "/auth/logout"): sent(all_devices=True),
    ("GET", ORKOSI + "/auth/me"): None,
    ("POST", ORKOSI + "/auth/forgot-password"): sent(email="nobody@example.com"),
    ("GET", KEYS): None,
    ("POST", KEYS): sent(name="More"),
    ("GET", KEY): None,
    ("PATCH", KEY): sent(name="Other"),
    ("DELETE", KEY): None,
    ("POST", KEY + "/revoke"): None,
    ("POST", KEY + "/rotate"): None,
    ("POST", KEY + "/roll"): None,
    ("GET", KEY + "/usage"): None,
    ("GET", ORKOSI + "/agents"): None,
    ("POST", ORKOSI + "/agents"): sent(name="felix", interval_sec=3600),
    ("POST", ORKOSI + "/agents/{agentSlug}/stop"): sent(note="Too loud"),
    ("POST", ORKOSI + "/agents/{agentSlug}/start"): sent(),
    ("POST", ORKOSI + "/agents/{agentSlug}/restart"): sent(),
    ("GET", ORKOSI + "/agent-runs/idle-check"): sent(agent_name="planner"),
    ("GET", ORKOSI + "/v1/public/agents"): None,
    ("POST", ORKOSI + "/v1/public/agents"): sent(name="felix", role="engineer"),
    ("GET", ORKOSI + "/v1/public/agents/{agentNumber}"): None,
    ("PATCH", ORKOSI + "/v1/public/agents/{agentNumber}"): sent(role="engineer"),
    ("DELETE", ORKOSI + "/v1/public/agents/{agentNumber}"): None,
    ("GET", ORKOSI + "/v1/public/templates"): None,
    ("POST", ORKOSI + "/v1/public/templates"): sent(name="More", slug="more"),
    ("GET", ORKOSI + "/v1/public/templates/{templateNumber}"): None,
    ("PATCH", ORKOSI + "/v1/public/templates/{templateNumber}"): sent(category="delivery"),
    ("DELETE", ORKOSI + "/v1/public/templates/{templateNumber}"): None,
    ("GET", ORKOSI + "/users"): None,
    ("GET", ORKOSI + "/users/{userNumber}"): None,
    ("PATCH", ORKOSI + "/users/{userNumber}"): sent(role="viewer"),
    ("DELETE", ORKOSI + "/users/{userNumber}"): None,
    ("DELETE", ORKOSI + "/users/me"): None,
    ("GET", ORKOSI + "/tasks"): sent(status="todo", q="First"),
    ("POST", ORKOSI + "/tasks"): sent(title="More"),
    ("GET", ORKOSI + "/tasks/{taskNumber}"): None,
    ("PATCH", ORKOSI + "/tasks/{taskNumber}"): sent(status="review"),
    ("DELETE", ORKOSI + "/tasks/{taskNumber}"): None,
    ("GET", ORKOSI + "/v1/public/health"): None,
    ("GET", ORKOSI + "/v1/public/tasks"): sent(priority="high"),
    ("POST", ORKOSI + "/v1/public/tasks"): sent(title="More"),
    ("GET", ORKOSI + "/v1/public/tasks/{taskNumber}"): None,
    ("PATCH", ORKOSI + "/v1/public/tasks/{taskNumber}"): sent(resolution="Done"),
    ("DELETE", ORKOSI + "/v1/public/tasks/{taskNumber}"): None,
    ("GET", ORKOSI + "/products"): sent(status="active"),
    ("POST", ORKOSI + "/products"): sent(name="More"),
    ("GET", ORKOSI + "/products/{productSlug}"): None,
    ("PATCH", ORKOSI + "/products/{productSlug}"): sent(tagline="Other"),
}

BY_WORKSPACE = {
    ("GET", ORKOSI + "/users"),
    ("GET", ORKOSI + "/users/{userNumber}"),
    ("PATCH", ORKOSI + "/users/{userNumber}"),
    ("DELETE", ORKOSI + "/users/{userNumber}"),
}
"""Routes about the organization of the address's workspace: whoever is not in that finds nothing there."""
