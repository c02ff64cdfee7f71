"""Whether a context has room for more documents, mostly without counting them.

To count thousands costs the embedded database a quarter of a second. But no document joins a context without an event
in the history of its workspace, so it has at most as many as when it was counted last, and one for each event since.
"""

from collections import OrderedDict
from dataclasses import dataclass

from bson import ObjectId

from models import Document, StreamHead
from models.base import collection
from models.errors import Conflict
from realtime.log import Change

MAX_DOCUMENTS = 5_000
"""Of one context: its tree is shown whole."""

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many documents there were, and where the workspace's stream stood: what is counted may be newer than that."""

    count: int
    epoch: str | None
    seq: int


_counted: OrderedDict[tuple[ObjectId, ObjectId], _Counted] = OrderedDict()


async def check_room(change: Change, workspace_id: ObjectId, context_id: ObjectId, more: int) -> None:
    """Raise Conflict where a context would have too many documents with `more` of them."""
    key = workspace_id, context_id
    head = await collection(StreamHead).find_one({"_id": workspace_id}, session=change.session)
    epoch, seq = (None, 0) if head is None else (head["epoch"], head["seq"])
    known = _counted.get(key)
    if known is not None and known.epoch == epoch and known.seq <= seq:
        since = seq - known.seq + len(change.events.get(workspace_id, ()))
        if known.count + since + more <= MAX_DOCUMENTS:
            return
    inside = {"workspace_id": workspace_id, "context_id": context_id}
    count = await collection(Document).count_documents(inside, session=change.session)
    _counted[key] = _Counted(count, epoch, seq)
    _counted.move_to_end(key)
    if len(_counted) > REMEMBERED:
        _counted.popitem(last=False)
    if count + more > MAX_DOCUMENTS:
        raise Conflict(f"A context has at most {MAX_DOCUMENTS} documents")
