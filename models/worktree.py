"""Worktrees: the folders in which cards are worked on, each with a branch of its own."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.facts import SHOWN, Facts
from models.ids import Kind
from models.records import WorktreeRecord


@kind(0xDB)
class Worktree(Stored[WorktreeRecord]):
    """A worktree of a project's repository, for a card. Its folder is in the gateway's data
    (`resolvers.worktree.spot`)."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.WORKTREE))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project whose repository it is of.", refers=Kind.PROJECT)]
    card_id: Annotated[PydanticObjectId, Facts("The card that is worked on there.", refers=Kind.CARD)]
    branch: Annotated[str, Facts("Its branch, which stays when it is deleted.", SHOWN)]
    base: Annotated[
        str | None, Facts("The branch that it began with, and is compared with; null where that was none.", SHOWN)
    ] = None
    base_commit: Annotated[str, Facts("The commit that it began with.", SHOWN)]
    created_by: Annotated[PydanticObjectId | None, Facts("Who made it.", refers=Kind.USER)] = None
    created_at: Annotated[datetime, Facts("When it was made.", SHOWN)] = Field(default_factory=utc_now)

    class Settings:
        name = "worktrees"
        indexes = [
            IndexModel([("card_id", ASCENDING)], unique=True),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
