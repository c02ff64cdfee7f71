"""No card is deleted with work that would be lost, or that nobody has merged, unless somebody says so."""

from collections.abc import Mapping
from typing import Annotated, Any

from models import Card, Project, Worktree
from models.base import collection
from models.errors import NotConfigured, WorktreeDirty
from models.ids import among
from models.records import WorktreeRecord
from resolvers.kit.context import Context
from resolvers.machine.beneath import AbsentError, TooLargeError, is_there
from resolvers.machine.git import UnreadableError
from resolvers.machine.reach import FIELDS, folders_of
from resolvers.machine.work import FOLDERS, with_git
from resolvers.machine.worktrees import standing_of
from resolvers.worktree.spot import begun_of, folder_of, spot_of

Force = Annotated[bool, "Also where the work on a card is in no commit, or not merged."]
MAX_LOOKED_AT = 100
"""Worktrees of one deletion. With more, it has to be forced."""


async def require_finished(ctx: Context, where: Mapping[str, Any], *, force: bool) -> None:
    """Raise WorktreeDirty where a worktree, of those that a filter finds, has something that is in no commit or not
    merged, or that cannot be told."""
    if force:
        return
    found = await collection(Worktree).find(where).limit(MAX_LOOKED_AT + 1).to_list()
    if len(found) > MAX_LOOKED_AT:
        raise WorktreeDirty([worktree["card_id"] for worktree in found])
    unfinished = [worktree["card_id"] for worktree in found if not await is_finished(ctx, worktree)]
    if unfinished:
        raise WorktreeDirty(unfinished)


async def require_cards_finished(ctx: Context, project_id: Any, cards: Mapping[str, Any], *, force: bool) -> None:
    """The same for the worktrees of a project's cards that a filter finds."""
    if force:
        return
    found = await collection(Worktree).find({"project_id": project_id}, {"card_id": 1}).to_list()
    ids = [worktree["card_id"] for worktree in found]
    if not ids:
        return
    inside = await collection(Card).find({"_id": among(ids), **cards}, {"_id": 1}).to_list()
    if inside:
        await require_finished(ctx, {"card_id": among([card["_id"] for card in inside])}, force=False)


async def is_finished(ctx: Context, worktree: WorktreeRecord) -> bool:
    """Whether nothing in a worktree would be lost with it, and all is merged; False where that cannot be told."""
    project = await collection(Project).find_one({"_id": worktree["project_id"]}, dict.fromkeys(FIELDS, 1))
    if project is None:
        return True
    folder = folder_of(ctx.services, worktree["project_id"], worktree["card_id"])
    [repository] = await folders_of(ctx, [project])
    if repository is None:
        return not await FOLDERS.run(is_there, folder)
    spot = spot_of(ctx.services, repository, worktree["project_id"], worktree["card_id"], worktree["branch"])
    try:
        standing = await with_git(standing_of, spot, begun_of(worktree))
    except (AbsentError, UnreadableError, TooLargeError, NotConfigured):
        return not await FOLDERS.run(is_there, folder)
    return standing.is_merged and not standing.is_dirty
