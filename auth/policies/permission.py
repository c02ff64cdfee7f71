"""What a permission is: a named question about a role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.enums import PilotageRole, Role, TokenScope
from models.errors import Forbidden

EVERYONE = frozenset(Role)
WRITERS = EVERYONE - {Role.VIEWER}
ADMINS = frozenset({Role.OWNER, Role.ADMIN})
OWNER = frozenset({Role.OWNER})


@dataclass(frozen=True, slots=True)
class Permission:
    """`roles` of the tenant (organization or workspace) for which the answer to `question` is yes, and pilotage roles
    for which it is so as well. `key_scopes` are those with one of which a key of the organization may, whatever the
    role of its user: an admin has given them to it by name."""

    name: str
    question: str
    roles: frozenset[Role]
    pilotage_roles: frozenset[PilotageRole] = frozenset()
    key_scopes: frozenset[TokenScope] = frozenset()

    def allows(self, role: Role | str, pilotage_role: PilotageRole | str | None = None) -> bool:
        return role in self.roles or pilotage_role in self.pilotage_roles

    def refusal(
        self, membership: Mapping[str, Any], tenant: str, *, key: frozenset[TokenScope] = frozenset()
    ) -> Forbidden | None:
        """Why a member of a tenant (an organization, a workspace) may not; None where they may.

        `membership` is its record: with the `role`, and the `pilotage_role` where the tenant is a workspace. `key`
        are the scopes of a key of the organization, where it is that one's.
        """
        if self.allows(membership["role"], membership.get("pilotage_role")) or self.key_scopes & key:
            return None
        needed = " or ".join(role.value for role in Role if role in self.roles)
        pilotage = " or ".join(role.value for role in PilotageRole if role in self.pilotage_roles)
        other = f", or the pilotage role {pilotage}" if pilotage else ""
        return Forbidden(f"This takes the role {needed} in the {tenant}{other}", permission=self.name)
