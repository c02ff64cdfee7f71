"""What a permission is: a named question about a role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.enums import PilotageRole, Role
from models.errors import Forbidden

EVERYONE = frozenset(Role)
WRITERS = EVERYONE - {Role.VIEWER}
ADMINS = frozenset({Role.OWNER, Role.ADMIN})
OWNER = frozenset({Role.OWNER})


@dataclass(frozen=True, slots=True)
class Permission:
    """`roles` of the tenant (organization or workspace) for which the answer to `question` is yes, and pilotage roles
    for which it is so as well. `for_keys` says that it is so too for the key of an organization which writes at all: an
    admin gave it the scopes that it has."""

    name: str
    question: str
    roles: frozenset[Role]
    pilotage_roles: frozenset[PilotageRole] = frozenset()
    for_keys: bool = False

    def allows(self, role: Role | str, pilotage_role: PilotageRole | str | None = None) -> bool:
        return role in self.roles or pilotage_role in self.pilotage_roles

    def refusal(self, membership: Mapping[str, Any], tenant: str, *, by_key: bool = False) -> Forbidden | None:
        """Why a member of a tenant (an organization, a workspace) may not; None where they may.

        `membership` is its record: with the `role`, and the `pilotage_role` where the tenant is a workspace. `by_key`
        says that it is that of an organization's key.
        """
        if self.allows(membership["role"], membership.get("pilotage_role")):
            return None
        if by_key and self.for_keys and membership["role"] in WRITERS:
            return None
        needed = " or ".join(role.value for role in Role if role in self.roles)
        pilotage = " or ".join(role.value for role in PilotageRole if role in self.pilotage_roles)
        other = f", or the pilotage role {pilotage}" if pilotage else ""
        return Forbidden(f"This takes the role {needed} in the {tenant}{other}", permission=self.name)
