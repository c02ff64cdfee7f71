"""What has to be so before an organization is deleted, for good or for a while."""

from bson import ObjectId

from models import Workspace
from models.base import collection
from models.enums import SubscriptionStatus
from models.errors import Conflict
from models.records import OrganizationRecord
from realtime.log import Change

MAX_WORKSPACES = 500
"""Of an organization that is deleted: each is closed in the same change, by three documents."""


async def require_closable(change: Change, organization: OrganizationRecord) -> list[ObjectId]:
    """The workspaces of an organization that can be deleted.

    Raises Conflict where it has more of them than one change can close, or is paid for.
    """
    if (paid := organization.get("subscription")) is not None and SubscriptionStatus(paid["status"]).is_live:
        raise Conflict("It is paid for: end that in the portal first")
    inside = {"organization_id": organization["_id"]}
    found = collection(Workspace).find(inside, {"_id": 1}, session=change.session).limit(MAX_WORKSPACES + 1)
    workspaces = await found.to_list()
    if len(workspaces) > MAX_WORKSPACES:
        raise Conflict(f"It has more than {MAX_WORKSPACES} workspaces: delete some of them first")
    return [workspace["_id"] for workspace in workspaces]
