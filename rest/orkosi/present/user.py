"""People."""

from typing import Literal

from typing_extensions import TypedDict

from models.base import timestamp
from models.enums import Role
from models.records import UserRecord
from resolvers.kit.context import Services
from resolvers.user.user import avatar_path
from rest.orkosi.present.show import Timestamp

RoleWord = Literal["admin", "member", "viewer"]

_ROLES: dict[Role, RoleWord] = {
    Role.OWNER: "admin",
    Role.ADMIN: "admin",
    Role.MEMBER: "member",
    Role.VIEWER: "viewer",
}


class OrkosiUserData(TypedDict):
    """Somebody, and what they are to the organization. `username` is the beginning of the address where none was
    chosen."""

    id: int
    username: str
    email: str
    role: RoleWord
    avatar_url: str | None
    created_at: Timestamp


def user(services: Services, record: UserRecord, role: Role) -> OrkosiUserData:
    return {
        "id": record["number"] or 0,
        "username": record.get("username") or record["email"].partition("@")[0],
        "email": record["email"],
        "role": _ROLES[role],
        "avatar_url": avatar_path(services, record),
        "created_at": timestamp(record["created_at"]),
    }
