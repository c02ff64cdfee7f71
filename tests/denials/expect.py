"""What the policy of an operation says to each caller, worked out from the catalogue, and what is said beyond it."""

from models.enums import Role, ServerRole, TokenScope
from models.errors import Forbidden, NotFound, OrreryError, Unauthenticated
from resolvers.kit.operation import Caller, Operation
from tests.world.samples import table

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

BEYOND: dict[tuple[str, str], type[OrreryError]] = table(lambda sample: sample.beyond)
"""Rules beyond the policy, by operation and caller: what belongs to the owner alone, or to one agent."""


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
