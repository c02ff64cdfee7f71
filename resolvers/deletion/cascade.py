"""What a deletion takes away, some at a time; `resolvers.deletion.plan` lists it by kind.

What remains on purpose: the history (activities of a card that is gone, until its project goes) and missions, which are
the workspace's, without the card or the project that they were about.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bson import ObjectId

from models import Attachment, Card, Comment, DocumentLink, Relation, Worktree
from models.base import AnyRecord, Recorded, collection
from models.card import KEPT_FIELDS
from models.enums import StorageKind
from models.ids import IDS_PER_QUERY, portions
from models.records import AttachmentRecord, CardRecord, TombstoneRecord
from realtime.events import Event
from realtime.log import Change
from resolvers.deletion import cascade_events as tell
from resolvers.files.storage_account import release
from resolvers.files.store import leave_files
from resolvers.lane.card_kept import keep

Where = Mapping[str, Any]
Tell = Callable[[Any], Event]
Also = Callable[[Change, Sequence[Any]], Awaitable[None]]

CHOSEN: Final = "chosen"
LOOKED: Final = "looked"
"""Under this in a tombstone: all that can be looked for has been, and a step without an index takes nothing more."""
AT_A_TIME = 50
"""Ids that one command names: the embedded database lets nobody else into a collection while it deletes from that, 12
ms for 50 records. Also the cards whose comments and files are looked for together."""
_READ = dict.fromkeys([*tell.TOLD, "size", "expires_at"], 1)


@dataclass(frozen=True, slots=True)
class Step:
    """Some of what a deletion takes. `take` is given the tombstone, deletes at most so many objects of `models`, and
    says how many those were: 0 where none is left.

    The embedded database reads all that fits before it cuts, so objects that may be many are looked for before a part,
    with the filter that `look` makes of the tombstone, and `take` finds under `chosen` there which of them to delete.
    Of those some may be left, which still name it under `lingers`: something else goes before them. What `is_silent` is
    deleted by its id alone, and more of it at once. Cards are first looked for in the lanes that name what was deleted
    under `lanes_by`. No plan names what `follows` from its model: by this key, and told of by this event.
    """

    models: tuple[type[Recorded[Any]], ...]
    take: Callable[[Change, TombstoneRecord, int], Awaitable[int]]
    look: Callable[[TombstoneRecord], Where] | None = None
    lanes_by: str | None = None
    lingers: str | None = None
    is_silent: bool = False
    follows: str | None = None


def rows(model: type[Recorded[Any]], key: str, told: Tell | None = None, also: Also | None = None) -> Step:
    """The records that name what was deleted under `key`; each is `told` of in the history, where that says so."""

    async def take(change: Change, tombstone: TombstoneRecord, most: int) -> int:
        if is_silent and CHOSEN in tombstone:
            # What names a project or a workspace does so for good, so that nothing has to be read of it.
            return await delete_by_id(change, model, tombstone[CHOSEN])
        where = await chosen(change, tombstone, model, key)
        return len(await take_some(change, tombstone, model, where, most, told, also))

    is_silent = told is None and also is None and key in ("workspace_id", "project_id")
    return Step((model,), take, naming(key), is_silent=is_silent)


def naming(key: str) -> Callable[[TombstoneRecord], Where]:
    """The filter of what names a deleted object under `key`."""
    return lambda tombstone: {key: tombstone["_id"]}


async def chosen(change: Change, tombstone: TombstoneRecord, model: type[Recorded[Any]], key: str) -> Where:
    """What names a deleted object under `key`: all of it or, of those that were chosen, what still does."""
    ids, deleted_id = tombstone.get(CHOSEN), tombstone["_id"]
    if ids is None:
        return {key: deleted_id}
    found = await collection(model).find({"_id": {"$in": ids}}, {key: 1}, session=change.session).to_list()
    names = ((record["_id"], record[key]) for record in found)
    return {"_id": {"$in": [object_id for object_id, named in names if deleted_id in listed(named)]}}


def listed(named: Any) -> list[Any]:
    """What a field names, which may be one or several."""
    return named if isinstance(named, list) else [named]


async def take_some(
    change: Change,
    tombstone: TombstoneRecord,
    model: type[Recorded[Any]],
    where: Where,
    most: int,
    told: Tell | None = None,
    also: Also | None = None,
) -> Sequence[AnyRecord]:
    """Delete at most so many records, and no more than one query takes; what they were."""
    records = collection(model)
    doomed = await records.find(where, _READ, session=change.session).limit(min(most, IDS_PER_QUERY)).to_list()
    if doomed:
        await delete_by_id(change, model, [document_id["_id"] for document_id in doomed])
        if also is not None:
            await also(change, doomed)
        if told is not None:
            change.append(tombstone["stream_id"], *map(told, doomed))
    return doomed


async def delete_by_id(change: Change, model: type[Recorded[Any]], ids: Sequence[ObjectId]) -> int:
    """Delete records by commands that are short; how many there were."""
    deleted = 0
    for some in portions(ids, AT_A_TIME):
        result = await collection(model).delete_many({"_id": {"$in": some}}, session=change.session)
        deleted += result.deleted_count
        await change.give_way()
    return deleted


def cards(key: str) -> Step:
    """The cards that name what was deleted under `key`, each after all that is on it."""

    async def take(change: Change, tombstone: TombstoneRecord, most: int) -> int:
        where, some = await chosen(change, tombstone, Card, key), min(most, AT_A_TIME)
        cursor = collection(Card).find(where, dict.fromkeys(KEPT_FIELDS, 1), session=change.session)
        found = await cursor.limit(some).to_list()
        ids = [card["_id"] for card in found]
        taken = await take_from_cards(change, tombstone, ids, most) if ids else 0
        if taken + len(ids) > most:
            return taken
        if ids:
            await delete_cards(change, tombstone["stream_id"], found)
        return taken + len(ids)

    return Step((Card, *(model for model, *_ in _ON_CARDS)), take, naming(key), key, lingers=key)


async def delete_cards(change: Change, workspace_id: ObjectId, found: Sequence[CardRecord]) -> None:
    """Delete at most a hundred cards themselves, read with KEPT_FIELDS, and tell of each."""
    await delete_by_id(change, Card, [card["_id"] for card in found])
    change.append(workspace_id, *map(tell.card_deleted, found))
    await keep(change, [(card, None) for card in found])


async def take_from_cards(change: Change, tombstone: TombstoneRecord, card_ids: Sequence[ObjectId], most: int) -> int:
    """Delete at most so many objects that are on some cards; how many those were."""
    taken = 0
    for model, key, told, also in _ON_CARDS:
        where = {key: {"$in": card_ids}}
        while taken < most:
            wanted = min(most - taken, IDS_PER_QUERY)
            found = await take_some(change, tombstone, model, where, wanted, told, also)
            taken += len(found)
            if len(found) < wanted:
                break
    return taken


async def release_files(change: Change, attachments: Sequence[AttachmentRecord]) -> None:
    """Give up the bytes of attachments of one workspace that are deleted in the same change."""
    if attachments:
        freed = sum(attachment["size"] for attachment in attachments)
        await release(change, attachments[0]["workspace_id"], StorageKind.ATTACHMENTS, freed)
        await leave_files(change, [attachment["_id"] for attachment in attachments])


_ON_CARDS: tuple[tuple[type[Recorded[Any]], str, Tell, Also | None], ...] = (
    (Comment, "card_id", tell.comment_deleted, None),
    (Attachment, "card_id", tell.attachment_deleted, release_files),
    (DocumentLink, "card_id", tell.unlinked, None),
    (Relation, "card_ids", tell.relation_deleted, None),
    (Worktree, "card_id", tell.worktree_deleted, None),
)

on_card = tuple(rows(model, key, told, also) for model, key, told, also in _ON_CARDS)
"""What is on a card that was deleted."""
