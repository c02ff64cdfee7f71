"""Custom fields: what a project's cards can tell beside what every card tells."""

from typing import Annotated

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict, Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind
from models.enums import FieldType
from models.facts import SHOWN, TEMPLATE, TOOL, TRANSFER, WRITTEN, Facts
from models.ids import Kind
from models.limits import NAME
from models.records import CustomFieldRecord


@kind(0x4F, "CUSTOM_FIELD_OPTION")
class FieldOption(BaseModel):
    """A choice of a select field. `color` is `#rrggbb`."""

    model_config = ConfigDict(extra="forbid")

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CUSTOM_FIELD_OPTION))
    label: Annotated[str, Facts("What is chosen.")]
    color: Annotated[str, Facts("The colour as #rrggbb.")]


@kind(0x46)
class CustomField(Stored[CustomFieldRecord]):
    """The definition of a field; the values stand on the cards. `name` is unique in the project, `rank` orders."""

    added = {"order": int}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CUSTOM_FIELD))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project that it belongs to.", refers=Kind.PROJECT)]
    name: Annotated[str, Facts("The name, unique in the project.", SHOWN | WRITTEN | TRANSFER | TEMPLATE, text=NAME)]
    type: Annotated[FieldType, Facts("What it holds.", SHOWN | WRITTEN | TRANSFER | TEMPLATE)]
    options: Annotated[list[FieldOption], Facts("What can be chosen.", TOOL)] = Field(default_factory=list)
    rank: str

    class Settings:
        name = "custom_fields"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("name", ASCENDING)], unique=True),
            IndexModel([("project_id", ASCENDING), ("rank", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
