"""What one person makes that no parent counts: each kind has a ceiling, looked at before anything is made."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from models import User
from models.base import Recorded, collection
from models.errors import Conflict, Unauthenticated
from realtime.log import Change

MAX_ORGANIZATIONS = 25
"""Owned by one person. Who has more customers than this has colleagues who own theirs."""
MAX_WORKSPACES = 200
"""Owned by one person, in all organizations together; each has a storage quota of its own."""
MAX_CONSENTS = 50
"""Versions of texts that one person has agreed to; they are part of the account's record."""
MAX_SESSIONS = 100
"""Of one person, who may sign in anew each day on several devices; one more ends the oldest."""
MAX_LIVE_TOKENS = 100
"""Of one person, that have not expired."""
MAX_EXPIRED_TOKENS = 100
"""Of one person; with more, all that have expired go."""
MAX_OAUTH_GRANTS = 100
"""Of one person; one more ends the oldest."""
MAX_INVITATIONS = 1_000
"""Of one workspace, that were not accepted; expired ones count, as they can be sent again."""


async def require_room(
    change: Change, model: type[Recorded[Any]], mine: Mapping[str, Any], most: int, what: str
) -> None:
    """Raise Conflict, with `limit`, where there are `most` of something already. `mine` begins with an index.

    What a workspace has is written to its one history, so two changes never both find the last room. What a person
    makes may begin a history of its own each time: those changes meet in the account, which is written to here.
    Raises Unauthenticated for a person whose account was deleted meanwhile.
    """
    if await collection(model).count_documents(mine, limit=most, session=change.session) >= most:
        raise Conflict(f"There are {most} {what} already, which is the most", limit=most)
    if (person := mine.get("user_id")) is not None and not await meet(change, person):
        raise Unauthenticated


async def meet(change: Change, user_id: ObjectId) -> bool:
    """Whether a person's account is there, and is until this change is committed: one that would be deleted at the same
    moment, and left with what the change makes, is deleted before or after it."""
    account = {"_id": user_id, "deleted_at": None}
    met = await collection(User).update_one(account, {"$inc": {"made": 1}}, session=change.session)
    return met.matched_count == 1
