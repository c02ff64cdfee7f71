"""What a workspace stores is counted in one account, in the change that stores it, and has one quota."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from models import StorageAccount
from models.base import Record, collection
from models.enums import StorageKind, TokenScope
from models.errors import PayloadTooLarge
from models.records import StorageAccountRecord, WorkspaceRecord
from realtime.log import Change
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge
from resolvers.kit.plan_limits import require_plan_room


async def used_bytes(workspace_id: ObjectId) -> int:
    """How much a workspace has stored."""
    found = await collection(StorageAccount).find_one({"_id": workspace_id}, {"bytes": 1})
    return 0 if found is None else int(found["bytes"])


async def check_room(ctx: Context, workspace_id: ObjectId, more: int) -> None:
    """Raise PayloadTooLarge where a workspace may not store that much more; only `charge` decides for good."""
    _check(ctx, await used_bytes(workspace_id), more)


async def charge(ctx: Context, change: Change, workspace_id: ObjectId, kind: StorageKind, more: int) -> None:
    """Count bytes that a change stores (or, below 0, that it stores no more).

    Raises PayloadTooLarge with `quota` and `used` beyond the quota, and PlanLimit beyond the plan of its organization.
    What makes room is never refused.
    """
    room = {"bytes": {"$lte": ctx.services.storage_quota - more}} if more > 0 else {}
    if more > 0:
        await require_plan_room(ctx, change, "storage", {"workspace_id": workspace_id}, more)
    if more and not await _added(change, {"_id": workspace_id, **room}, kind, more):
        account = {"_id": workspace_id}
        found = await collection(StorageAccount).find_one(account, {"bytes": 1}, session=change.session)
        _check(ctx, 0 if found is None else found["bytes"], more)
        await _open(change, workspace_id, kind, more)


async def count(change: Change, workspace_id: ObjectId, kind: StorageKind, more: int) -> None:
    """Count bytes that a change stores whatever the quota: it was asked before (`check_room`)."""
    if more and not await _added(change, {"_id": workspace_id}, kind, more):
        await _open(change, workspace_id, kind, more)


async def release(change: Change, workspace_id: ObjectId, kind: StorageKind, freed: int) -> None:
    """Count bytes that a change removes."""
    if freed:
        await _added(change, {"_id": workspace_id}, kind, -freed)


async def _added(change: Change, account: Record, kind: StorageKind, more: int) -> bool:
    add = {"$inc": {"bytes": more, f"kinds.{kind}": more}}
    return bool((await collection(StorageAccount).update_one(account, add, session=change.session)).matched_count)


async def _open(change: Change, workspace_id: ObjectId, kind: StorageKind, bytes: int) -> None:
    account: StorageAccountRecord = {"_id": workspace_id, "bytes": bytes, "kinds": {kind: bytes}}
    try:
        await collection(StorageAccount).insert_one(account, session=change.session)
    except DuplicateKeyError as error:  # another process opened the account at the same moment
        error._add_error_label("TransientTransactionError")
        raise


@edge(scope=TokenScope.PROJECTS_READ)
async def storage_of(ctx: Context, workspaces: Sequence[WorkspaceRecord], fields: Fields) -> list[Record]:
    """What each workspace has stored, of each kind and in all, and its quota, in bytes."""
    found = await by_ids(StorageAccount, (workspace["_id"] for workspace in workspaces))
    return [_told(ctx, found.get(workspace["_id"])) for workspace in workspaces]


def _told(ctx: Context, account: StorageAccountRecord | None) -> Record:
    used, kinds = (0, {}) if account is None else (account["bytes"], account.get("kinds", {}))
    return {
        "quota": ctx.services.storage_quota,
        "used": used,
        **{kind.value: kinds.get(kind, 0) for kind in StorageKind},
    }


def _check(ctx: Context, used: int, more: int) -> None:
    quota = ctx.services.storage_quota
    if more > 0 and used + more > quota:
        raise PayloadTooLarge("The workspace has no room for it within its storage quota", quota=quota, used=used)
