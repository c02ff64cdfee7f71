"""Whose wallets are, and who decides what is paid into them."""

from typing import Any

from bson import ObjectId

from models import Organization, User
from models.base import collection
from models.errors import NotFound
from models.ids import Kind, kind_of
from realtime.log import Change

PEOPLES = "people decide what is paid for"


async def require_owner(change: Change, owner_id: ObjectId) -> None:
    """Raise NotFound for an organization or a person that is not there, or is no more."""
    if kind_of(owner_id) is Kind.ORGANIZATION:
        organization = {"_id": owner_id, "deleted_at": None}
        found: Any = await collection(Organization).find_one(organization, {"_id": 1}, session=change.session)
    else:
        person = {"_id": owner_id, "deleted_at": None, "is_agent": False}
        found = await collection(User).find_one(person, {"_id": 1}, session=change.session)
    if found is None:
        raise NotFound("Organization" if kind_of(owner_id) is Kind.ORGANIZATION else "User")
