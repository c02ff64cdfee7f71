"""What a permission is: a named question about a role."""

from dataclasses import dataclass

from models.enums import Role
from models.errors import Forbidden

EVERYONE = frozenset(Role)
ADMINS = frozenset({Role.OWNER, Role.ADMIN})
OWNER = frozenset({Role.OWNER})


@dataclass(frozen=True, slots=True)
class Permission:
    """`roles` of the tenant (organization or workspace) for which the answer to `question` is yes."""

    name: str
    question: str
    roles: frozenset[Role]

    def allows(self, role: Role | str) -> bool:
        return role in self.roles

    def refusal(self, role: Role | str, tenant: str) -> Forbidden | None:
        """Why a member of a tenant (an organization, a workspace) with a role may not; None where they may."""
        if self.allows(role):
            return None
        needed = " or ".join(one.value for one in Role if one in self.roles)
        return Forbidden(f"This takes the role {needed} in the {tenant}", permission=self.name)
