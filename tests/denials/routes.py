"""The operation behind each REST route, and a body (or the parameters of a GET) that would be accepted."""

from collections.abc import Callable
from typing import Any

from tests.denials.world import Ids
from tests.resolvers.lab import PASSWORD

ORGANIZATION = "/organizations/{orgSlug}"
WORKSPACES = "/orgs/{orgSlug}/workspaces"
WORKSPACE = WORKSPACES + "/{wsSlug}"
PROJECT = WORKSPACE + "/projects/{projectId}"
MISSION = WORKSPACE + "/missions/{missionId}"
DOCUMENTS = WORKSPACE + "/documents"
DOCUMENT = DOCUMENTS + "/{documentId}"
CARD = PROJECT + "/cards/{cardId}"

Body = Callable[[Ids], dict[str, Any]]


def sent(**values: Any) -> Body:
    """The same body whatever the world."""
    return lambda _: values


ROUTES: dict[tuple[str, str], tuple[str, Body | None]] = {
    ("POST", "/auth/register"): ("authRegister", sent(email="new@example.com", password=PASSWORD)),
    ("POST", "/auth/login"): ("authLogin", sent(email="nobody@example.com", password=PASSWORD)),
    ("POST", "/auth/logout"): ("authLogout", None),
    ("GET", "/auth/me"): ("me", None),
    ("PATCH", "/auth/me"): ("userUpdate", sent(name="Other")),
    ("POST", "/auth/change-password"): (
        "passwordChange",
        sent(currentPassword=PASSWORD, newPassword="another password"),
    ),
    ("POST", "/auth/forgot-password"): ("passwordResetRequest", sent(email="nobody@example.com")),
    ("POST", "/auth/reset-password"): ("passwordReset", sent(token="nothing", newPassword="another password")),
    ("POST", "/auth/verify-email"): ("emailVerify", sent(token="nothing")),
    ("POST", "/auth/verify-email/send"): ("emailVerificationSend", None),
    ("GET", "/auth/sessions"): ("sessions", None),
    ("DELETE", "/auth/sessions"): ("sessionRevokeOthers", None),
    ("DELETE", "/auth/sessions/{sessionId}"): ("sessionRevoke", None),
    ("POST", "/auth/two-factor/verify"): ("authVerifyTwoFactor", sent(temporaryToken="nothing", code="123456")),
    ("POST", "/auth/two-factor/begin"): ("twoFactorBegin", sent(password=PASSWORD)),
    ("POST", "/auth/two-factor/confirm"): ("twoFactorConfirm", sent(code="123456")),
    ("POST", "/auth/two-factor/recovery-codes"): (
        "twoFactorRecoveryCodesRenew",
        sent(password=PASSWORD, code="123456"),
    ),
    ("POST", "/auth/two-factor/disable"): ("twoFactorDisable", sent(password=PASSWORD, code="123456")),
    ("GET", "/api-tokens"): ("apiTokens", None),
    ("POST", "/api-tokens"): ("apiTokenCreate", sent(name="more")),
    ("DELETE", "/api-tokens/{id}"): ("apiTokenRevoke", None),
    ("GET", "/organizations"): ("organizations", None),
    ("POST", "/organizations"): ("organizationCreate", sent(name="Mine", slug="mine-too")),
    ("GET", ORGANIZATION): ("organization", None),
    ("PATCH", ORGANIZATION): ("organizationUpdate", sent(name="Other")),
    ("DELETE", ORGANIZATION): ("organizationDelete", None),
    ("GET", ORGANIZATION + "/members"): ("organizationMembers", None),
    ("POST", ORGANIZATION + "/members"): (
        "organizationMemberAdd",
        lambda ids: {"email": ids["outsider_email"], "role": "member"},
    ),
    ("PATCH", ORGANIZATION + "/members/{userId}"): ("organizationMemberUpdate", sent(role="admin")),
    ("DELETE", ORGANIZATION + "/members/{userId}"): ("organizationMemberRemove", None),
    ("GET", WORKSPACES): ("workspaces", None),
    ("POST", WORKSPACES): ("workspaceCreate", sent(name="More", slug="more")),
    ("GET", WORKSPACE): ("workspace", None),
    ("PATCH", WORKSPACE): ("workspaceUpdate", sent(name="Other")),
    ("DELETE", WORKSPACE): ("workspaceDelete", None),
    ("GET", WORKSPACE + "/members"): ("workspaceMembers", None),
    ("POST", WORKSPACE + "/members/invite"): ("workspaceMemberInvite", sent(email="some@example.com")),
    ("PATCH", WORKSPACE + "/members/{userId}"): ("workspaceMemberUpdate", sent(pilotageRole="viewer")),
    ("DELETE", WORKSPACE + "/members/{userId}"): ("workspaceMemberRemove", None),
    ("GET", WORKSPACE + "/invitations"): ("invitations", None),
    ("POST", WORKSPACE + "/invitations/{invitationId}/resend"): ("invitationResend", None),
    ("DELETE", WORKSPACE + "/invitations/{invitationId}"): ("invitationRevoke", None),
    ("GET", "/invitations/{token}"): ("invitation", None),
    ("POST", "/invitations/{token}/register"): ("invitationRegister", sent(password=PASSWORD)),
    ("POST", "/invitations/{token}/accept"): ("invitationAccept", None),
    ("GET", WORKSPACE + "/search"): ("search", sent(q="first")),
    ("GET", WORKSPACE + "/projects"): ("projects", None),
    ("POST", WORKSPACE + "/projects"): ("projectCreate", sent(name="More")),
    ("GET", PROJECT): ("project", None),
    ("PATCH", PROJECT): ("projectUpdate", sent(name="Other")),
    ("DELETE", PROJECT): ("projectDelete", None),
    ("POST", WORKSPACE + "/projects/import"): ("projectImport", sent(project={"name": "Imported"})),
    ("GET", PROJECT + "/export"): ("projectExport", None),
    ("GET", PROJECT + "/members"): ("projectMembers", None),
    ("POST", PROJECT + "/members"): ("projectMemberAdd", lambda ids: {"email": ids["admin_email"]}),
    ("DELETE", PROJECT + "/members/{userId}"): ("projectMemberRemove", None),
    ("GET", PROJECT + "/scopes"): ("scopes", None),
    ("POST", PROJECT + "/scopes"): ("scopeCreate", sent(name="More")),
    ("GET", PROJECT + "/scopes/{scopeId}"): ("scope", None),
    ("PATCH", PROJECT + "/scopes/{scopeId}"): ("scopeUpdate", sent(name="Other")),
    ("DELETE", PROJECT + "/scopes/{scopeId}"): ("scopeDelete", None),
    ("GET", PROJECT + "/scopes/{scopeId}/views"): ("scope", None),
    ("PATCH", PROJECT + "/scopes/{scopeId}/views"): ("scopeSetView", sent(activeView="list")),
    ("GET", PROJECT + "/columns"): ("columns", None),
    ("POST", PROJECT + "/columns"): ("columnCreate", sent(name="More")),
    ("GET", PROJECT + "/columns/{columnId}"): ("column", None),
    ("PATCH", PROJECT + "/columns/{columnId}"): ("columnUpdate", sent(name="Other")),
    ("DELETE", PROJECT + "/columns/{columnId}"): ("columnDelete", None),
    ("GET", PROJECT + "/cards"): ("cards", None),
    ("POST", PROJECT + "/cards"): ("cardCreate", sent(title="More")),
    ("POST", PROJECT + "/columns/{columnId}/cards"): ("cardCreate", sent(title="More")),
    ("GET", CARD): ("card", None),
    ("PATCH", CARD): ("cardUpdate", sent(title="Other")),
    ("DELETE", CARD): ("cardDelete", None),
    ("POST", CARD + "/checklist"): ("checklistItemAdd", sent(title="More")),
    ("PATCH", CARD + "/checklist/{itemId}"): ("checklistItemUpdate", sent(done=True)),
    ("DELETE", CARD + "/checklist/{itemId}"): ("checklistItemRemove", None),
    ("GET", CARD + "/comments"): ("comments", None),
    ("POST", CARD + "/comments"): ("commentCreate", sent(content="More")),
    ("DELETE", CARD + "/comments/{commentId}"): ("commentDelete", None),
    ("GET", PROJECT + "/labels"): ("labels", None),
    ("POST", PROJECT + "/labels"): ("labelCreate", sent(name="more")),
    ("PATCH", PROJECT + "/labels/{labelId}"): ("labelUpdate", sent(name="other")),
    ("DELETE", PROJECT + "/labels/{labelId}"): ("labelDelete", None),
    ("POST", CARD + "/labels/{labelId}"): ("cardLabelAdd", None),
    ("DELETE", CARD + "/labels/{labelId}"): ("cardLabelRemove", None),
    ("GET", DOCUMENTS): ("documents", None),
    ("POST", DOCUMENTS): ("documentCreate", sent(title="More")),
    ("GET", DOCUMENTS + "/all"): ("documentTree", None),
    ("GET", DOCUMENTS + "/tree"): ("documentTree", None),
    ("GET", DOCUMENTS + "/count"): ("documentCount", None),
    ("GET", DOCUMENTS + "/summaries"): ("documents", None),
    ("POST", DOCUMENTS + "/bulk"): (
        "documentBatchUpdate",
        lambda ids: {"ids": [str(ids["document"])], "addTags": ["more"]},
    ),
    ("GET", DOCUMENT): ("document", None),
    ("PATCH", DOCUMENT): ("documentUpdate", sent(title="Other")),
    ("DELETE", DOCUMENT): ("documentDelete", None),
    ("POST", DOCUMENT + "/move"): ("documentMove", sent(order=0)),
    ("GET", DOCUMENT + "/cards"): ("documentCards", None),
    ("GET", DOCUMENT + "/versions"): ("document", None),
    ("GET", DOCUMENT + "/versions/{versionId}"): ("documentVersion", None),
    ("POST", DOCUMENT + "/versions/{versionId}/restore"): ("documentRestoreVersion", None),
    ("GET", DOCUMENT + "/diff"): ("document", None),
    ("POST", DOCUMENT + "/submit-review"): ("documentSubmitReview", None),
    ("POST", DOCUMENT + "/review"): ("documentReview", sent(status="approved")),
    ("GET", CARD + "/documents"): ("cardDocuments", None),
    ("POST", CARD + "/documents/{documentId}/link"): ("documentLink", None),
    ("DELETE", CARD + "/documents/{documentId}/link"): ("documentUnlink", None),
    ("GET", "/notifications"): ("notificationList", None),
    ("GET", "/notifications/count"): ("notificationUnreadCount", None),
    ("PATCH", "/notifications/read-all"): ("notificationMarkAllRead", None),
    ("PATCH", "/notifications/{id}/read"): ("notificationMarkRead", None),
    ("GET", WORKSPACE + "/agents"): ("agents", None),
    ("POST", WORKSPACE + "/agents"): ("agentCreate", sent(name="More", slug="more")),
    ("GET", WORKSPACE + "/agents/{agentId}"): ("agent", None),
    ("PATCH", WORKSPACE + "/agents/{agentId}"): ("agentUpdate", sent(name="Other")),
    ("DELETE", WORKSPACE + "/agents/{agentId}"): ("agentDelete", None),
    ("GET", WORKSPACE + "/agents/{agentId}/missions"): ("agentMissions", None),
    ("POST", WORKSPACE + "/agents/{agentId}/missions"): ("missionCreate", sent(prompt="More")),
    ("GET", WORKSPACE + "/missions"): ("missions", None),
    ("POST", WORKSPACE + "/missions/claim"): ("missionClaim", None),
    ("GET", MISSION): ("mission", None),
    ("POST", MISSION + "/cancel"): ("missionCancel", None),
    ("POST", MISSION + "/report"): ("missionReport", sent(progress=0.5)),
    ("POST", MISSION + "/complete"): ("missionComplete", sent()),
    ("POST", MISSION + "/fail"): ("missionFail", sent(error="Broken")),
}


def path_of(template: str, ids: Ids) -> str:
    """The path of a route for the world's objects."""
    # Of the tenants it is the owner, whom no other caller may remove: a member may leave by its own request.
    user = "member_id" if "/projects/" in template else "user"
    return template.format(
        orgSlug=ids["org_slug"],
        wsSlug="eng",
        id=ids.get("notification") if template.startswith("/notifications") else ids["token"],
        userId=ids[user],
        sessionId=ids["session"],
        token=ids["invitation"],
        invitationId=ids["invitation_id"],
        projectId=ids["project"],
        scopeId=ids["scope"],
        columnId=ids["column"],
        labelId=ids["label"],
        cardId=ids["card"],
        itemId=ids["item"],
        commentId=ids["comment"],
        documentId=ids["document"],
        versionId=ids["version"],
        agentId=ids.get("agent"),
        missionId=ids.get("mission"),
    )
