"""Labels: coloured tags of a project's cards."""

from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind
from models.facts import SHOWN, TEMPLATE, TRANSFER, WRITTEN, Facts
from models.ids import Kind
from models.limits import NAME
from models.records import LabelRecord


@kind(0x45)
class Label(Stored[LabelRecord]):
    """A label. `name` is unique in its project; `color` is `#rrggbb`."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.LABEL))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project that it belongs to.", refers=Kind.PROJECT)]
    name: Annotated[str, Facts("The name, unique in the project.", SHOWN | WRITTEN | TRANSFER | TEMPLATE, text=NAME)]
    color: Annotated[str, Facts("The colour as #rrggbb.", SHOWN | WRITTEN | TRANSFER | TEMPLATE)]

    class Settings:
        name = "labels"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("name", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
