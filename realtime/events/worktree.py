"""Events of worktrees."""

from typing import Annotated

from models.records import WorktreeRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class WorktreeCreated(Event, topics=IN_PROJECT):
    """A card has a worktree."""

    worktree: Annotated[WorktreeRecord, Shown("The worktree.")]


class WorktreeDeleted(Event, topics=IN_PROJECT):
    """A worktree was deleted; its branch stays."""

    deleted_id: Annotated[Id, Shown("The id of the worktree.", name="worktree_id")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None
    card_id: Annotated[Id | None, Shown("The id of its card.")] = None
