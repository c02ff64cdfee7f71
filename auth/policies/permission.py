"""What a permission is: a named question about a role."""

from dataclasses import dataclass

from models.enums import Role

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
