"""Doors that callers of this process have passed: in which workspace an object is, known before it is read.

Hints only: the object itself says where it is, and a wrong hint costs a query. Each is one caller's own, so that nobody
learns by the time an answer takes what others have read.
"""

from collections import OrderedDict

from bson import ObjectId

KEPT = 20_000
"""Doors of all callers together: about 5 MB. Those that were passed the longest ago are forgotten first."""


class Entered:
    """Workspaces by caller and object."""

    def __init__(self, kept: int = KEPT) -> None:
        self._workspaces: OrderedDict[bytes, ObjectId] = OrderedDict()
        self._kept = kept

    def workspace_of(self, user_id: ObjectId | None, object_id: ObjectId) -> ObjectId | None:
        """Where an object was that a caller has passed the door of; None where they have not."""
        return None if user_id is None else self._workspaces.get(user_id.binary + object_id.binary)

    def forget(self, user_id: ObjectId | None, object_id: ObjectId) -> None:
        """A caller was refused at the door of an object."""
        if user_id is not None:
            self._workspaces.pop(user_id.binary + object_id.binary, None)

    def add(self, user_id: ObjectId | None, object_id: ObjectId, workspace_id: ObjectId) -> None:
        """Remember that a caller has passed the door of an object."""
        if user_id is None:
            return
        key = user_id.binary + object_id.binary
        self._workspaces[key] = workspace_id
        self._workspaces.move_to_end(key)
        if len(self._workspaces) > self._kept:
            self._workspaces.popitem(last=False)


ENTERED = Entered()
