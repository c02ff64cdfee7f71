"""Whose wallets are, and who decides what is paid into them."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from models import Organization, User
from models.base import collection
from models.errors import NotFound
from models.ids import Kind, kind_of
from realtime.log import Change

PEOPLES = "people decide what is paid for"


async def find_owner(owner_id: ObjectId, change: Change | None = None) -> Mapping[str, Any] | None:
    """The organization, with its `subscription`, or the person of an id; None where that is not there, or no more."""
    session = None if change is None else change.session
    there = {"_id": owner_id, "deleted_at": None}
    if kind_of(owner_id) is Kind.ORGANIZATION:
        return await collection(Organization).find_one(there, {"subscription": 1}, session=session)
    return await collection(User).find_one({**there, "is_agent": False}, {"_id": 1}, session=session)


async def require_owner(change: Change, owner_id: ObjectId) -> None:
    """Raise NotFound for an organization or a person that is not there, or is no more."""
    if await find_owner(owner_id, change) is None:
        raise NotFound("Organization" if kind_of(owner_id) is Kind.ORGANIZATION else "User")
