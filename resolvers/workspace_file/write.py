"""Writing files of a workspace within a change, which may write more."""

from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from models import Workspace, WorkspaceFile, WorkspaceFileText
from models.base import collection, to_record
from models.enums import StorageKind
from models.records import WorkspaceFileRecord
from realtime.events.workspace_file import WorkspaceFileCreated, WorkspaceFileUpdated
from realtime.log import Change
from realtime.numbers import insert
from resolvers.files.storage_account import charge
from resolvers.inputs.workspace_file import MAX_FILES, WorkspaceFileWrite
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields

_GIVEN = ("name", "file_type", "category")


async def put_file(ctx: Context, change: Change, values: WorkspaceFileWrite) -> WorkspaceFileRecord:
    """Write a file where its path says: a new one, or over the one that stands there.

    Raises Conflict beyond MAX_FILES, PayloadTooLarge beyond the workspace's quota.
    """
    there = {"workspace_id": values.workspace_id, "path": values.path}
    before = await collection(WorkspaceFile).find_one(there, session=change.session)
    return await (_create(ctx, change, values) if before is None else _write_over(ctx, change, before, values))


async def _create(ctx: Context, change: Change, values: WorkspaceFileWrite) -> WorkspaceFileRecord:
    workspace_id, content = values.workspace_id, values.content or ""
    await require_parent(change, Workspace, workspace_id)
    await require_room(change, WorkspaceFile, {"workspace_id": workspace_id}, MAX_FILES, "files")
    last = values.path.rpartition("/")[2]
    file = to_record(
        WorkspaceFile(
            workspace_id=workspace_id,
            path=values.path,
            name=values.name or last[-100:],
            file_type=values.file_type or _ending(last),
            category=values.category,
            size=len(content.encode()),
            created_by=change.actor_id,
            updated_by=change.actor_id,
            created_at=change.at,
            updated_at=change.at,
        )
    )
    await charge(ctx, change, workspace_id, StorageKind.FILES, file["size"])
    try:
        await insert(change, WorkspaceFile, file)
    except DuplicateKeyError as error:  # another process wrote it at the same moment: this one goes over it
        error._add_error_label("TransientTransactionError")
        raise
    await _put_text(change, workspace_id, file["_id"], content)
    change.append(workspace_id, WorkspaceFileCreated(workspace_file=file))
    return file


async def _write_over(
    ctx: Context, change: Change, before: WorkspaceFileRecord, values: WorkspaceFileWrite
) -> WorkspaceFileRecord:
    workspace_id, file_id, content = before["workspace_id"], before["_id"], values.content
    given = values.given()
    fields: dict[str, Any] = {key: given[key] for key in _GIVEN if key in given}
    is_other_text = content is not None and await _differs(change, before, content)
    if content is not None and is_other_text:
        fields["size"] = len(content.encode())
        await charge(ctx, change, workspace_id, StorageKind.FILES, fields["size"] - before["size"])
        await _put_text(change, workspace_id, file_id, content)
    if not is_other_text and all(before[key] == value for key, value in fields.items()):  # type: ignore[literal-required]
        return before
    # A text of the same size is a change too: the moment tells it.
    file, _ = await set_fields(
        change, WorkspaceFile, file_id, {**fields, "updated_by": change.actor_id, "updated_at": change.at}
    )
    change.append(workspace_id, WorkspaceFileUpdated(workspace_file=file))
    return file


async def _differs(change: Change, file: WorkspaceFileRecord, content: str) -> bool:
    """Whether a text is another one than that of a file, which is read only where it is as long."""
    if len(content.encode()) != file["size"]:
        return True
    found = await collection(WorkspaceFileText).find_one({"_id": file["_id"]}, session=change.session)
    return found is None or found["content"] != content


async def _put_text(change: Change, workspace_id: ObjectId, file_id: ObjectId, content: str) -> None:
    text = to_record(WorkspaceFileText(id=file_id, workspace_id=workspace_id, content=content))
    await collection(WorkspaceFileText).replace_one({"_id": file_id}, text, upsert=True, session=change.session)


def _ending(name: str) -> str | None:
    """How the name of a file ends, after its last dot; None where that tells nothing."""
    stem, _, ending = name.rpartition(".")
    return ending.lower()[:100] if stem and ending else None
