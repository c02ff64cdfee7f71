"""Documents that a deletion takes, each after its links and its versions."""

from collections.abc import Sequence

from bson import ObjectId

from models import Document, DocumentLink, DocumentVersion, Tombstone
from models.base import collection
from models.enums import StorageKind
from models.ids import IDS_PER_QUERY
from models.records import DocumentVersionRecord, TombstoneRecord
from realtime.log import Change
from resolvers.deletion import cascade_events as tell
from resolvers.deletion.cascade import Step, chosen, naming, take_some
from resolvers.files.storage_account import release


async def release_versions(change: Change, versions: Sequence[DocumentVersionRecord]) -> None:
    """Count the bytes of versions of one workspace that are deleted in the same change."""
    freed = sum(version["size"] for version in versions)
    await release(change, versions[0]["workspace_id"], StorageKind.DOCUMENTS, freed)


def documents(key: str) -> Step:
    """The documents that name what was deleted under `key`, each after its links and its versions."""

    async def take(change: Change, tombstone: TombstoneRecord, most: int) -> int:
        where = await chosen(change, tombstone, Document, key)
        found = await collection(Document).find(where, {"_id": 1}, session=change.session).limit(most).to_list()
        return await _take_documents(change, tombstone, [document["_id"] for document in found], most)

    return Step((Document, DocumentVersion, DocumentLink), take, naming(key), lingers=key)


async def _take_listed_documents(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Documents that the tombstone lists, and what was put below those since; the list gets shorter with them."""
    listed = tombstone["document_ids"]
    some = listed[: min(most, IDS_PER_QUERY)]
    if not some:
        return 0
    query = {"parent_id": {"$in": some}}
    below = await collection(Document).find(query, {"_id": 1}, session=change.session).to_list()
    joined = [document_id["_id"] for document_id in below if document_id["_id"] not in set(listed)]
    taken = await _take_documents(change, tombstone, some, most)
    query = {"_id": {"$in": some}}
    left = await collection(Document).find(query, {"_id": 1}, session=change.session).to_list()
    tombstone["document_ids"] = [*(unfinished["_id"] for unfinished in left), *joined, *listed[len(some) :]]
    changed = {"$set": {"document_ids": tombstone["document_ids"]}}
    await collection(Tombstone).update_one({"_id": tombstone["_id"]}, changed, session=change.session)
    return max(taken, 1)


async def _take_documents(change: Change, tombstone: TombstoneRecord, ids: Sequence[ObjectId], most: int) -> int:
    taken = 0
    where = {"document_id": {"$in": ids}}
    for model, told, also in ((DocumentLink, tell.unlinked, None), (DocumentVersion, None, release_versions)):
        while ids and taken < most:
            found = await take_some(change, tombstone, model, where, most - taken, told, also)
            if not found:
                break
            taken += len(found)
    if ids and taken < most:
        where = {"_id": {"$in": ids}}
        taken += len(await take_some(change, tombstone, Document, where, most - taken, tell.document_deleted))
    return taken


listed_documents = Step((Document, DocumentVersion, DocumentLink), _take_listed_documents)
"""A document with all that stands below it."""
