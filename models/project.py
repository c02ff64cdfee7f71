"""Projects and the people who are notified of them."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, utc_now
from models.ids import Kind
from models.text import sort_key


class Project(Stored):
    """A project of a workspace. `name_key` is what it is sorted by (`models.base.sort_keys`)."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PROJECT))
    workspace_id: PydanticObjectId
    name: str
    name_key: str = Field(default_factory=lambda data: sort_key(data["name"]))
    description: str | None = None
    deadline: datetime | None = None
    created_by: PydanticObjectId | None = None
    updated_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "projects"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("name_key", ASCENDING)]),
        ]


class ProjectMember(Stored):
    """A workspace member who is notified of a project's activity and can be assigned its cards."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PROJECT_MEMBER))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    user_id: PydanticObjectId

    class Settings:
        name = "project_members"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("user_id", ASCENDING)], unique=True),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("user_id", ASCENDING)]),
        ]
