"""Labels: coloured tags of a project's cards."""

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.ids import Kind


class Label(Stored):
    """A label. `name` is unique in its project; `color` is `#rrggbb`."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.LABEL))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    name: str
    color: str

    class Settings:
        name = "labels"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("name", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
