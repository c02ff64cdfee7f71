"""Finding people by their name or address, among those who share an organization with the caller."""

from typing import Annotated

from models import OrganizationMember, User
from models.base import collection
from models.enums import TokenScope
from models.errors import BadUserInput
from models.ids import among, portions
from models.json import check_text
from models.records import UserRecord
from resolvers.kit.access import projection
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.operation import operation
from resolvers.user.user import visible

MIN_QUERY, MAX_QUERY = 2, 100
MAX_FOUND = 20
MAX_LOOKED_AT = 1_000
"""Memberships of the caller's organizations, the oldest first, among which is looked."""


@operation("users", scope=TokenScope.PROJECTS_READ, read_only=True, no_tool="list_members tells who is there")
async def find_people(
    ctx: Context,
    search: Annotated[str, "A part of the name or of the e-mail address, 2 to 100 characters."],
    fields: Fields = None,
) -> list[UserRecord]:
    """At most 20 people who share an organization with the caller, by a part of their name or e-mail address."""
    wanted = check_text(search, field="search").strip().casefold()
    if not MIN_QUERY <= len(wanted) <= MAX_QUERY:
        raise BadUserInput(f"must have {MIN_QUERY} to {MAX_QUERY} characters", field="search")
    mine = collection(OrganizationMember).find({"user_id": ctx.user_id}, {"organization_id": 1})
    organizations = [member["organization_id"] for member in await mine.to_list()]
    query = {"organization_id": among(organizations)}
    members = collection(OrganizationMember).find(query, {"user_id": 1}).sort("_id", 1).limit(MAX_LOOKED_AT)
    shown = projection(visible(fields), "email", "name", "is_agent")
    found: list[UserRecord] = []
    for ids in portions(dict.fromkeys(member["user_id"] for member in await members.to_list())):
        people = await collection(User).find({"_id": among(ids)}, shown).sort("_id", 1).to_list()
        found += [user for user in people if not user["is_agent"] and _is_called(user, wanted)]
        if len(found) >= MAX_FOUND:
            break
    return found[:MAX_FOUND]


def _is_called(user: UserRecord, part: str) -> bool:
    return part in user["email"].casefold() or part in (user["name"] or "").casefold()
