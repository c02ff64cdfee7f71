"""Worktrees of cards: making one, deleting it, and what differs in it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from bson import ObjectId

from auth.policies import board
from models import Card, Label, Project, Worktree
from models.base import collection, to_record
from models.enums import TokenScope
from models.errors import Conflict, NotBound, NotFound, PayloadTooLarge
from models.ids import among, portions
from models.records import CardRecord, ProjectRecord, WorktreeRecord
from models.write import find_and_delete
from realtime.events.worktree import WorktreeCreated, WorktreeDeleted
from realtime.log import Change, Committed
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CARD, WORKTREE
from resolvers.kit.operation import Caller, edge, operation, reader
from resolvers.machine.beneath import AbsentError, TooLargeError
from resolvers.machine.diff import Diff, diff_of
from resolvers.machine.git import UnreadableError
from resolvers.machine.reach import FIELDS, place_of
from resolvers.machine.work import with_git
from resolvers.machine.worktrees import Begun, EmptyError, Spot, begin
from resolvers.worktree.guard import Force, require_finished
from resolvers.worktree.spot import begun_of, branch_of, folder_of, spot_of

T = TypeVar("T")
READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
MAX_WORKTREES = 50
"""Of one project: each is a copy of all its files."""
NO_WORKTREE = Diff()

get_worktree = reader("worktree", WORKTREE)


@operation(
    "worktreeCreate", opens=CARD.by("card_id").whole, permission=board.WRITE, scope=WRITE, caller=Caller.NO_AGENT
)
async def create_worktree(ctx: Context, card: CardRecord) -> Committed[WorktreeRecord]:
    """Make a worktree for a card, with a branch of its own, or find the one that it has.

    Raises NotBound where the project has no folder that is reached, Conflict where that is no repository with a commit,
    and for more than 50 worktrees of a project.
    """
    project = await _project(card["project_id"])
    repository = await place_of(ctx, project)
    known = await collection(Worktree).find_one({"card_id": card["_id"]})
    if known is None:
        mine = {"project_id": card["project_id"]}
        if await collection(Worktree).count_documents(mine, limit=MAX_WORKTREES) >= MAX_WORKTREES:
            raise Conflict(f"A project has at most {MAX_WORKTREES} worktrees", limit=MAX_WORKTREES)
    labels = await by_ids(Label, card["label_ids"], frozenset({"name"}))
    names = [labels[label_id]["name"] for label_id in card["label_ids"] if label_id in labels]
    branch = branch_of(card, names) if known is None else known["branch"]
    spot = spot_of(ctx.services, repository, card["project_id"], card["_id"], branch)
    begun: Begun = await reading(begin, spot)

    async def body(change: Change) -> WorktreeRecord:
        await require_parent(change, Card, card["_id"])
        there = await collection(Worktree).find_one({"card_id": card["_id"]}, session=change.session)
        if there is not None:
            return there
        await require_room(change, Worktree, {"project_id": card["project_id"]}, MAX_WORKTREES, "worktrees")
        worktree = to_record(
            Worktree(
                workspace_id=card["workspace_id"],
                project_id=card["project_id"],
                card_id=card["_id"],
                branch=branch,
                base=begun.base,
                base_commit=begun.commit,
                created_by=change.actor_id,
                created_at=change.at,
            )
        )
        await collection(Worktree).insert_one(worktree, session=change.session)
        change.append(
            card["workspace_id"],
            WorktreeCreated(worktree=worktree, project_id=card["project_id"], card_id=card["_id"]),
        )
        return worktree

    return await ctx.write(card["workspace_id"], body)


@operation("worktreeDelete", opens=WORKTREE.whole, permission=board.WRITE, scope=WRITE, caller=Caller.NO_AGENT)
async def delete_worktree(
    ctx: Context,
    worktree: WorktreeRecord,
    force: Force = False,
) -> Committed[ObjectId]:
    """Delete a worktree with its files; its branch stays.

    Raises WorktreeDirty, unless it is forced, where something would be lost or is not merged.
    """
    await require_finished(ctx, {"_id": worktree["_id"]}, force=force)

    async def body(change: Change) -> ObjectId:
        deleted = await find_and_delete(Worktree, {"_id": worktree["_id"]}, change.session)
        if deleted is None:
            raise NotFound("Worktree")
        event = WorktreeDeleted(deleted_id=deleted["_id"], project_id=deleted["project_id"], card_id=deleted["card_id"])
        change.append(deleted["workspace_id"], event)
        return ObjectId(deleted["_id"])

    done = await ctx.write(worktree["workspace_id"], body)
    ctx.services.worktrees_due.set()
    return done


@operation("cardDiff", opens=CARD.by("card_id"), permission=board.READ, scope=READ, read_only=True)
async def get_diff(ctx: Context, card: CardRecord) -> Diff:
    """What the work on a card differs in from where it began, as git writes it; nothing without a worktree.

    At most 2 MB. Raises NotBound where the repository is not reached any more.
    """
    worktree = await collection(Worktree).find_one({"card_id": card["_id"]})
    return NO_WORKTREE if worktree is None else await _diff_of(ctx, worktree)


@edge(scope=READ)
async def worktree_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[WorktreeRecord | None]:
    """The worktree of each card."""
    ids = [card["_id"] for card in cards]
    found = {
        worktree["card_id"]: worktree
        for some in portions(ids)
        for worktree in await collection(Worktree).find({"card_id": among(some)}).to_list()
    }
    return [found.get(card_id) for card_id in ids]


@edge(scope=READ)
async def diff_of_worktree(ctx: Context, worktrees: Sequence[WorktreeRecord], fields: Fields) -> list[Diff | None]:
    """What each worktree differs in from where it began; None where its repository is not reached."""
    found: list[Diff | None] = []
    for worktree in worktrees:
        try:
            found.append(await _diff_of(ctx, worktree))
        except Conflict:
            found.append(None)
    return found


@edge(scope=READ)
async def path_of_worktree(ctx: Context, worktrees: Sequence[WorktreeRecord], fields: Fields) -> list[str]:
    """Where the files of each worktree are."""
    return [folder_of(ctx.services, worktree["project_id"], worktree["card_id"]).path for worktree in worktrees]


async def _diff_of(ctx: Context, worktree: WorktreeRecord) -> Diff:
    spot = await spot_of_worktree(ctx, worktree)
    return await reading(diff_of, spot, begun_of(worktree))


async def spot_of_worktree(ctx: Context, worktree: WorktreeRecord) -> Spot:
    """Where a worktree is. Raises NotBound."""
    repository = await place_of(ctx, await _project(worktree["project_id"]))
    return spot_of(ctx.services, repository, worktree["project_id"], worktree["card_id"], worktree["branch"])


async def reading(work: Callable[..., T], *args: Any) -> T:
    """What `work` makes of a repository. Raises Conflict where that cannot be, PayloadTooLarge for too much."""
    try:
        return await with_git(work, *args)
    except (AbsentError, UnreadableError) as error:
        raise Conflict("The repository of the project is not there, or cannot be read") from error
    except EmptyError as error:
        raise Conflict("The repository of the project has no commit yet") from error
    except TooLargeError as error:
        raise PayloadTooLarge("The repository has more files than a worktree may have") from error


async def _project(project_id: ObjectId) -> ProjectRecord:
    found = await collection(Project).find_one({"_id": project_id}, dict.fromkeys(FIELDS, 1))
    if found is None:
        raise NotBound
    return found
