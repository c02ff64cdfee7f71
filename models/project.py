"""Projects and the people who are notified of them."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.card_enums import ProjectStatus
from models.enums import Role
from models.facts import CREATE, FILTER, LISTED, SHOWN, TRANSFER, WRITTEN, Facts
from models.ids import Kind
from models.limits import DOMAIN, HEX_COLOR, MARKDOWN, NAME, PATH, SLUG, TAGLINE
from models.number import Number, number_index
from models.records import ProjectMemberRecord, ProjectRecord
from models.text import sort_key


@kind(0x41)
class Project(Stored[ProjectRecord]):
    """A project of a workspace. `slug` is unique there (`resolvers.project.slug`), `name_key` is what it is sorted by
    (`models.base.sort_keys`), `credential_id` what models are asked with for its cards, before the organization's
    default.
    """

    added = {"warnings": list[str], "notes": Any, "notes_omitted": int}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PROJECT))
    workspace_id: Annotated[PydanticObjectId, Facts("Where it belongs.", refers=Kind.WORKSPACE)]
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN | LISTED | TRANSFER, text=NAME)]
    name_key: str = Field(default_factory=lambda data: sort_key(data["name"]))
    number: Number = None
    slug: Annotated[
        str | None,
        Facts(
            "The name in addresses, unique in the workspace.",
            SHOWN | WRITTEN | FILTER,
            text=SLUG,
            told={CREATE: "The name in addresses, unique in the workspace; made of its name without one."},
        ),
    ] = None
    status: Annotated[ProjectStatus, Facts("How far it is.", SHOWN | WRITTEN | FILTER | TRANSFER, late=True)] = (
        ProjectStatus.ACTIVE
    )
    tagline: Annotated[str | None, Facts("What it is, in a sentence.", SHOWN | WRITTEN | TRANSFER, text=TAGLINE)] = None
    domain: Annotated[
        str | None, Facts("Where it is reached, as example.org.", SHOWN | WRITTEN | TRANSFER, text=DOMAIN)
    ] = None
    brand_color: Annotated[str | None, Facts("Its colour as #rrggbb.", SHOWN | WRITTEN | TRANSFER, text=HEX_COLOR)] = (
        None
    )
    accent_color: Annotated[
        str | None, Facts("The colour of what stands out, as #rrggbb.", SHOWN | WRITTEN | TRANSFER, text=HEX_COLOR)
    ] = None
    description: Annotated[str | None, Facts("What it is about.", SHOWN | WRITTEN | TRANSFER, text=MARKDOWN)] = None
    deadline: Annotated[datetime | None, Facts("When it should be done.", SHOWN | WRITTEN | LISTED | TRANSFER)] = None
    path: Annotated[
        str | None,
        Facts("The folder of its files on the machine of whoever works on it.", SHOWN | WRITTEN, text=PATH),
    ] = None
    bound: Annotated[
        bool, Facts("Whether that folder is one that the gateway reaches; until then it is a name alone.", late=True)
    ] = False
    credential_id: PydanticObjectId | None = None
    created_by: Annotated[PydanticObjectId | None, Facts("Who created it.")] = None
    created_at: Annotated[datetime, Facts("When it was created.", SHOWN | LISTED)] = Field(default_factory=utc_now)
    updated_at: Annotated[datetime, Facts("When it last changed.", SHOWN | LISTED)] = Field(default_factory=utc_now)

    class Settings:
        name = "projects"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("name_key", ASCENDING)]),
            number_index("workspace_id"),
            # Not unique: what writes a slug looks for it in the one history of the workspace, and the embedded database
            # reads no partial index.
            IndexModel([("workspace_id", ASCENDING), ("slug", ASCENDING)]),
        ]


@kind(0x42)
class ProjectMember(Stored[ProjectMemberRecord]):
    """A workspace member who is notified of a project's activity and can be assigned its cards."""

    added = {"user": Any}

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PROJECT_MEMBER))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    user_id: Annotated[PydanticObjectId, Facts("Who it is.", refers=Kind.USER)]
    role: Annotated[Role, Facts("ADMIN for who may say what other members are; else MEMBER.", late=True)] = Role.MEMBER

    class Settings:
        name = "project_members"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("user_id", ASCENDING)], unique=True),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("user_id", ASCENDING)]),
        ]
