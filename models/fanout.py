"""What people are yet to be notified of."""

from enum import StrEnum

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored
from models.records import FanoutRecord


class Audience(StrEnum):
    """Who is notified: a project's members, who may review in a workspace, its members, those of `named` who are in it,
    or its people: its members but for agents, whoever did it included."""

    PROJECT = "project"
    REVIEWERS = "reviewers"
    NAMED = "named"
    MEMBERS = "members"
    PEOPLE = "people"


class Fanout(Stored[FanoutRecord]):
    """Activities that are there, and whose notifications are not: written with the change, deleted with the last of
    them. Those of a workspace are served in the order of `created_at` and `_id`, which is that of their commits.

    `actor_id` is not notified. `reached` is the last person, in the order of ids, who has theirs; null before the
    first.
    """

    # Not a typed id: those of one process have to sort in the order of their making, within a millisecond too.
    id: PydanticObjectId = Field(default_factory=PydanticObjectId)
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId | None = None
    audience: Audience
    named: list[PydanticObjectId] = Field(default_factory=list)
    actor_id: PydanticObjectId | None = None
    activity_ids: list[PydanticObjectId]
    reached: PydanticObjectId | None = None

    class Settings:
        name = "fanouts"
        indexes = [
            IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("project_id", ASCENDING)]),
        ]
