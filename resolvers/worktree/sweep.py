"""Removes the folders of worktrees that are there no more, and worktrees that are long finished."""

import logging
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import time

from bson import ObjectId

from auth.subject import ANONYMOUS
from models import Project, Worktree
from models.base import collection, utc_now
from models.errors import OrreryError
from models.ids import among, portions
from models.records import WorktreeRecord
from models.write import find_and_delete
from realtime.events.worktree import WorktreeDeleted
from realtime.log import Change
from resolvers.kit.context import Context, Services
from resolvers.machine.reach import FIELDS, folders_of
from resolvers.machine.work import FOLDERS, with_git
from resolvers.machine.worktrees import changed_since, end
from resolvers.worktree.guard import is_finished
from resolvers.worktree.spot import folder_of, name_of

log = logging.getLogger("orrery.worktrees")

KEPT = timedelta(days=30)
"""How long a worktree is kept whose work is committed and merged."""
GRACE = timedelta(minutes=2)
"""A folder is made before its worktree is told of."""
AT_ONCE = 20
MOST = 10_000

Found = tuple[ObjectId, ObjectId]
"""The ids of a card and of its project."""


async def remove_abandoned(services: Services, *, grace: timedelta = GRACE) -> int:
    """Remove the folders that no worktree has; how many those were. One that cannot be removed keeps no other."""
    before = time() - grace.total_seconds()
    found = await FOLDERS.run(_folders, services.worktrees, before)
    gone = dict(found)
    for ids in portions(gone.copy()):
        known = await collection(Worktree).find({"card_id": among(ids)}, {"card_id": 1}).to_list()
        for worktree in known:
            del gone[worktree["card_id"]]
    ctx = Context(ANONYMOUS, services)
    removed = 0
    for card_id, project_id in gone.items():
        project = await collection(Project).find_one({"_id": project_id}, dict.fromkeys(FIELDS, 1))
        [repository] = [None] if project is None else await folders_of(ctx, [project])
        try:
            folder = folder_of(services, project_id, card_id)
            removed += await with_git(end, folder, repository, name_of(card_id), before)
        except (OSError, OrreryError):
            log.warning("the folder of the worktree of card %s could not be removed", card_id, exc_info=True)
    return removed


async def delete_finished(
    services: Services, after: ObjectId | None, *, before: datetime | None = None
) -> ObjectId | None:
    """Delete some of the worktrees made before a moment whose work is committed and merged; the last that was looked
    at, None at the end of all."""
    made = ObjectId.from_datetime(before or utc_now() - KEPT)
    place = {"$lt": made} if after is None else {"$lt": made, "$gt": after}
    found = await collection(Worktree).find({"_id": place}).sort("_id", 1).limit(AT_ONCE).to_list()
    ctx = Context(ANONYMOUS, services)
    for worktree in found:
        if await is_finished(ctx, worktree):
            await _delete(services, worktree)
    return found[-1]["_id"] if len(found) == AT_ONCE else None


async def _delete(services: Services, worktree: WorktreeRecord) -> None:
    async def body(change: Change) -> None:
        if await find_and_delete(Worktree, {"_id": worktree["_id"]}, change.session) is not None:
            ids = {"project_id": worktree["project_id"], "card_id": worktree["card_id"]}
            change.append(worktree["workspace_id"], WorktreeDeleted(deleted_id=worktree["_id"], **ids))

    await services.hub.log.write(worktree["workspace_id"], None, body)


def _folders(root: Path, before: float) -> Sequence[Found]:
    """The folders of worktrees that are older than a moment."""
    found: list[Found] = []
    try:
        for project in sorted(os.listdir(root)):
            for card in sorted(os.listdir(root / project)) if ObjectId.is_valid(project) else ():
                if ObjectId.is_valid(card) and not changed_since(str(root / project / card), before):
                    found.append((ObjectId(card), ObjectId(project)))
                if len(found) == MOST:
                    return found
    except OSError:
        pass  # nothing was ever made there, or it goes meanwhile
    return found
