"""What the policy of an operation says to each caller, worked out from the catalogue alone."""

from models.enums import Role, ServerRole, TokenScope
from models.errors import Forbidden, NotConfigured, NotFound, OrreryError, Unauthenticated
from resolvers.kit.operation import Caller, Operation

AGENT_SCOPES = frozenset(
    {
        TokenScope.PROJECTS_READ,
        TokenScope.PROJECTS_WRITE,
        TokenScope.PILOTAGE_READ,
        TokenScope.PILOTAGE_WRITE,
        TokenScope.ACCOUNT_READ,
        TokenScope.OPERATIONS_WRITE,
    }
)
CALLERS = ("anonymous", "expired", "revoked", "wrong scope", "outsider", "bystander", "member", "admin", "agent")

SERVER_ROLE = {"bystander": ServerRole.ADMIN, "outsider": ServerRole.SUPER_ADMIN}
"""What callers may do with the installation; others nothing."""

VIEWER = "viewer"
"""Who reads as members do, and writes nothing: that is a matter of operations alone."""

_ORGANIZATION_ROLE = {
    "bystander": Role.MEMBER,
    "member": Role.MEMBER,
    "viewer": Role.MEMBER,
    "admin": Role.ADMIN,
    "agent": Role.MEMBER,
}
_WORKSPACE_ROLE = {"member": Role.MEMBER, "viewer": Role.VIEWER, "admin": Role.ADMIN, "agent": Role.MEMBER}

TEAMS = (
    "teamUpdate",
    "teamDelete",
    "teamInvitations",
    "teamMemberAdd",
    "teamMemberInvite",
    "teamMemberRemove",
    "teamMemberUpdate",
)
SCRIPTS = ("scriptCreate", "scriptUpdate", "scriptReorder", "scriptRun", "scriptCancel", "scriptDelete")
DECISIONS = ("proposalApprove", "proposalReject", "proposalReview", "proposalApply", "proposalUpdate")

CONVERSATIONS = ("messages", "preSessionMessage", "preSessionAccept", "preSessionCancel")

# Rules beyond the policy: what belongs to the owner alone, or to one agent.
BEYOND: dict[tuple[str, str], type[OrreryError]] = {
    ("commentDelete", "member"): Forbidden,  # the comment is the owner's
    ("commentDelete", "agent"): Forbidden,
    ("automationUpdate", "member"): Forbidden,  # so is the automation
    ("automationUpdate", "agent"): Forbidden,
    ("automationToggle", "member"): Forbidden,
    ("automationToggle", "agent"): Forbidden,
    ("automationDelete", "member"): Forbidden,
    ("automationDelete", "agent"): Forbidden,
    # An agent drives its own missions alone.
    ("missionReport", "agent"): Forbidden,
    ("missionComplete", "agent"): Forbidden,
    ("missionFail", "agent"): Forbidden,
    ("agentReport", "agent"): Forbidden,
    # Whoever is signed in, and asks about a workspace, has to be in it.
    ("agentIdleCheck", "outsider"): NotFound,
    ("agentIdleCheck", "bystander"): NotFound,
    ("dashboard", "outsider"): NotFound,
    ("dashboard", "bystander"): NotFound,
    # Who decides is of the workspace's admins, has a pilotage role, or began the mission.
    **{(name, caller): Forbidden for name in DECISIONS for caller in ("member", "viewer")},
    # What models are asked with is the organization's.
    ("projectCredentialSet", "member"): Forbidden,
    ("cardCredentialSet", "member"): Forbidden,
    # A conversation is its person's.
    **{(name, caller): NotFound for name in CONVERSATIONS for caller in ("member", "admin", "viewer")},
    **{(name, "viewer"): Forbidden for name in ("preSessionMessage", "preSessionAccept")},
    # Scripts are for the admins of their project.
    **{(name, "member"): Forbidden for name in SCRIPTS},
    # A team is led by its owners and admins.
    **{(name, caller): Forbidden for name in TEAMS for caller in ("bystander", "member", "viewer")},
    # A notification is its addressee's.
    ("notification", "outsider"): NotFound,
    ("notification", "bystander"): NotFound,
    ("notification", "member"): NotFound,
    ("notification", "viewer"): NotFound,
    ("notification", "admin"): NotFound,
    ("notificationMarkRead", "outsider"): NotFound,
    ("notificationMarkRead", "bystander"): NotFound,
    ("notificationMarkRead", "member"): NotFound,
    ("notificationMarkRead", "viewer"): NotFound,
    ("notificationMarkRead", "admin"): NotFound,
    # `node` finds its tenant in the object.
    ("node", "outsider"): NotFound,
    ("node", "bystander"): NotFound,
    # A folder of the machine is seen by those who run its organization.
    **{
        (name, caller): NotFound
        for name in ("folder", "textFile")
        for caller in ("outsider", "bystander", "member", "viewer")
    },
    # There are no plans.
    **{("billingPlanCheck", caller): NotConfigured for caller in ("bystander", "member", "admin", "viewer")},
    # A user is seen by those who share an organization.
    ("user", "outsider"): NotFound,
    ("userAvatar", "outsider"): NotFound,
}


def refusal(operation: Operation, caller: str) -> type[OrreryError] | None:
    """The error that a caller gets, or None where the policy lets it through."""
    if caller in ("expired", "revoked"):
        return Unauthenticated
    if operation.caller is Caller.ANYONE:
        return None
    if caller == "anonymous":
        return Unauthenticated
    if caller in ("wrong scope", "agent") and operation.caller is Caller.PERSON:
        return Forbidden
    if caller == "agent" and operation.caller is Caller.NO_AGENT:
        return Forbidden
    if caller != "agent" and operation.caller is Caller.AGENT:
        return Forbidden
    if caller == "wrong scope":
        return Forbidden if operation.scope is not None else None
    if caller == "agent" and operation.scope is not None and operation.scope not in AGENT_SCOPES:
        return Forbidden
    if operation.server_role is not None:
        covered = SERVER_ROLE.get(caller, ServerRole.USER).covers(operation.server_role)
        return None if covered else Forbidden
    return _by_role(operation, caller)


def _by_role(operation: Operation, caller: str) -> type[OrreryError] | None:
    permission = operation.permission
    if permission is None:
        return None
    roles = _ORGANIZATION_ROLE if permission.name.startswith("organization.") else _WORKSPACE_ROLE
    if caller not in roles:
        return NotFound
    return None if permission.allows(roles[caller]) else Forbidden


def token_of(operation: Operation, caller: str) -> str:
    """The name of the token that a caller uses for an operation."""
    if caller != "wrong scope":
        return caller
    return f"without {operation.scope.value}" if operation.scope is not None else "every scope"
