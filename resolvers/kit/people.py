"""Who of the members of an organization is a person: agents and API keys have service users, which are members too."""

from collections import Counter
from collections.abc import Sequence

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import OrganizationMember, User
from models.base import collection
from models.ids import among


async def count_people(
    organization_ids: Sequence[ObjectId], session: AsyncClientSession | None = None
) -> Counter[ObjectId]:
    """How many people each organization has: two queries, whatever their number."""
    inside, who = {"organization_id": among(organization_ids)}, {"organization_id": 1, "user_id": 1}
    members = await collection(OrganizationMember).find(inside, who, session=session).to_list()
    service = {"_id": among([member["user_id"] for member in members]), "is_agent": True}
    users = {user["_id"] for user in await collection(User).find(service, {"_id": 1}, session=session).to_list()}
    return Counter(member["organization_id"] for member in members if member["user_id"] not in users)
