"""For each route of the agent board a body (or the parameters of a GET) that would be accepted."""

from typing import Any

from tests.denials.routes import Body, sent
from tests.denials.world import Ids
from tests.resolvers.lab import PASSWORD

BOARD = "/api"
B_ORGANIZATION = BOARD + "/organizations/{organizationId}"
B_PROJECT = BOARD + "/projects/{projectId}"
ADMIN_USERS = BOARD + "/admin/users"
ADMIN_USER = ADMIN_USERS + "/{userId}"
B_CARD = B_PROJECT + "/cards/{cardId}"


def _in_organization(**values: Any) -> Body:
    """A body that names the world's organization: where none is named, everybody's own is meant."""
    return lambda ids: {**values, "organizationId": str(ids["organization"])}


def _assigned(ids: Ids) -> dict[str, Any]:
    return {"credentialId": str(ids["credential"])}


BOARD_BODIES: dict[tuple[str, str], Body | None] = {
    ("GET", BOARD + "/health"): None,
    ("GET", BOARD + "/settings/auth-status"): None,
    ("GET", BOARD + "/organizations"): None,
    ("POST", BOARD + "/organizations"): sent(name="Mine"),
    ("GET", B_ORGANIZATION): None,
    ("PATCH", B_ORGANIZATION): sent(name="Other"),
    ("DELETE", B_ORGANIZATION): None,
    ("GET", B_ORGANIZATION + "/members"): None,
    ("POST", B_ORGANIZATION + "/members"): lambda ids: {"email": ids["outsider_email"], "role": "member"},
    ("PATCH", B_ORGANIZATION + "/members/{userId}"): sent(role="admin"),
    ("DELETE", B_ORGANIZATION + "/members/{userId}"): None,
    ("POST", BOARD + "/auth/setup"): sent(email="first@example.com", password=PASSWORD),
    ("POST", BOARD + "/auth/login"): sent(email="nobody@example.com", password=PASSWORD),
    ("POST", BOARD + "/auth/register"): sent(email="new@example.com", password=PASSWORD),
    ("GET", BOARD + "/auth/me"): None,
    ("GET", BOARD + "/settings/auth"): None,
    ("PUT", BOARD + "/settings/auth"): sent(enabled=True),
    ("GET", BOARD + "/logs"): sent(level="error"),
    ("GET", BOARD + "/settings/log-export"): None,
    ("PUT", BOARD + "/settings/log-export"): sent(endpoint="https://logs.example"),
    ("POST", BOARD + "/settings/log-export/test"): None,
    ("POST", BOARD + "/export"): _in_organization(),
    ("GET", BOARD + "/backups"): None,
    ("POST", BOARD + "/backups"): None,
    ("GET", BOARD + "/backups/{filename}"): None,
    ("GET", ADMIN_USERS): None,
    ("POST", ADMIN_USERS): sent(email="made@example.com", name="Made", role="user"),
    ("PATCH", ADMIN_USER): sent(name="Other"),
    ("DELETE", ADMIN_USER): None,
    ("POST", ADMIN_USER + "/reset-password"): None,
    ("GET", ADMIN_USER + "/check-delete"): None,
    ("POST", BOARD + "/projects"): _in_organization(name="More", path="/srv/more"),
    ("GET", BOARD + "/projects"): None,
    ("PATCH", BOARD + "/projects/reorder"): lambda ids: {
        "ids": [str(ids["project"])],
        "organizationId": str(ids["organization"]),
    },
    ("PATCH", B_PROJECT + "/last-opened"): None,
    ("POST", B_PROJECT + "/columns/{columnId}/clean-all"): None,
    ("GET", BOARD + "/user/settings"): None,
    ("PUT", BOARD + "/user/settings"): sent(theme="light"),
    ("GET", BOARD + "/settings/keyboard-shortcuts"): None,
    ("PUT", BOARD + "/settings/keyboard-shortcuts"): sent(newCard="n"),
    ("GET", BOARD + "/settings/notifications"): None,
    ("PUT", BOARD + "/settings/notifications"): sent(card_moved=False),
    ("GET", B_PROJECT + "/panel-states"): None,
    ("PUT", B_PROJECT + "/panel-states"): lambda ids: {str(ids["card"]): {"open": True}},
    ("DELETE", B_PROJECT + "/panel-states/{cardId}"): None,
    ("GET", B_PROJECT): None,
    ("DELETE", B_PROJECT): None,
    ("POST", B_PROJECT + "/mark-all-read"): None,
    ("GET", B_PROJECT + "/export"): None,
    ("GET", B_PROJECT + "/files"): None,
    ("GET", BOARD + "/filesystem/browse"): lambda ids: {"path": ids["folder"]},
    ("GET", BOARD + "/filesystem/read"): lambda ids: {"path": ids["folder"] + "/README.md"},
    ("GET", B_PROJECT + "/members"): None,
    ("POST", B_PROJECT + "/members"): lambda ids: {"email": ids["admin_email"]},
    ("PATCH", B_PROJECT + "/members/{userId}"): sent(role="admin"),
    ("DELETE", B_PROJECT + "/members/{userId}"): None,
    ("DELETE", B_PROJECT + "/invitations/{email}"): None,
    ("GET", B_PROJECT + "/boards"): None,
    ("POST", B_PROJECT + "/boards"): sent(name="More"),
    ("PATCH", B_PROJECT + "/boards/{boardId}"): sent(name="Other"),
    ("DELETE", B_PROJECT + "/boards/{boardId}"): None,
    ("PATCH", B_PROJECT + "/boards/reorder"): lambda ids: {"ids": [str(ids["scope"])]},
    ("GET", B_PROJECT + "/columns"): None,
    ("POST", B_PROJECT + "/columns"): lambda ids: {
        "name": "More",
        "columnType": "active",
        "boardId": str(ids["project"]),
    },
    ("PATCH", B_PROJECT + "/columns/{columnId}"): sent(name="Other"),
    ("DELETE", B_PROJECT + "/columns/{columnId}"): None,
    ("PATCH", B_PROJECT + "/columns/reorder"): lambda ids: {"ids": [str(ids["column"])]},
    ("GET", B_PROJECT + "/cards"): None,
    ("GET", B_CARD): None,
    ("GET", B_CARD + "/diff"): None,
    ("PATCH", B_CARD): sent(title="Other"),
    ("DELETE", B_CARD): None,
    ("POST", B_CARD + "/view"): None,
    ("PATCH", B_CARD + "/move"): lambda ids: {"columnId": str(ids["column"])},
    ("PATCH", B_CARD + "/auto-mode"): sent(enabled=True),
    ("POST", B_CARD + "/complete"): None,
    ("POST", B_CARD + "/activate"): None,
    ("POST", B_CARD + "/approve-auto"): None,
    ("POST", B_CARD + "/summary"): None,
    ("GET", B_CARD + "/agent"): None,
    ("POST", B_CARD + "/agent/cancel"): None,
    ("GET", B_CARD + "/agent/sessions"): None,
    ("GET", B_CARD + "/agent/history"): None,
    ("GET", B_CARD + "/agent/messages"): None,
    ("POST", B_CARD + "/agent/message"): sent(content="Mind the rain"),
    ("POST", B_CARD + "/agent/retry"): None,
    ("POST", B_CARD + "/agent/relaunch"): None,
    ("POST", B_CARD + "/agent/relay"): None,
    ("POST", B_CARD + "/agent/plan-approve"): sent(approved=True),
    ("GET", B_PROJECT + "/active-agents"): None,
    ("GET", BOARD + "/settings/context-relay"): _in_organization(),
    ("PUT", BOARD + "/settings/context-relay"): _in_organization(mode="auto"),
    ("GET", B_CARD + "/pipeline"): None,
    ("PUT", B_CARD + "/pipeline"): lambda ids: {"steps": [{"columnId": str(ids["column"])}]},
    ("POST", BOARD + "/cards"): lambda ids: {"projectId": str(ids["project"]), "title": "More"},
    ("GET", BOARD + "/cards/{cardId}"): None,
    ("GET", BOARD + "/cards/{cardId}/status"): None,
    ("GET", BOARD + "/board-templates"): _in_organization(),
    ("POST", BOARD + "/board-templates"): _in_organization(
        name="More", columns=[{"name": "Now", "columnType": "active"}]
    ),
    ("PATCH", BOARD + "/board-templates/{boardTemplateId}"): sent(name="Other"),
    ("DELETE", BOARD + "/board-templates/{boardTemplateId}"): None,
    ("GET", B_CARD + "/attachments"): None,
    ("POST", B_CARD + "/attachments"): None,
    ("GET", BOARD + "/attachments/{attachmentId}"): None,
    ("GET", BOARD + "/credentials"): _in_organization(),
    ("POST", BOARD + "/credentials"): _in_organization(name="More", provider="openai", apiKey="sk-more"),
    ("GET", BOARD + "/credentials/{credentialId}"): None,
    ("PATCH", BOARD + "/credentials/{credentialId}"): sent(name="Other"),
    ("DELETE", BOARD + "/credentials/{credentialId}"): None,
    ("POST", BOARD + "/credentials/{credentialId}/verify"): None,
    ("GET", BOARD + "/credentials/{credentialId}/usage"): None,
    ("POST", BOARD + "/credentials/oauth/init"): _in_organization(provider="example"),
    ("GET", BOARD + "/credentials/oauth/callback"): sent(state="nobody's", code="x"),
    ("GET", BOARD + "/credentials/{credentialId}/oauth/status"): None,
    ("PUT", B_ORGANIZATION + "/default-credential"): _assigned,
    ("PUT", B_PROJECT + "/credential"): _assigned,
    ("PUT", B_CARD + "/credential"): _assigned,
    ("GET", BOARD + "/users/search"): sent(q="example"),
}
