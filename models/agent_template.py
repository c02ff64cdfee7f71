"""Templates of agents: what new ones begin with."""

from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.agent import EMOJI
from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.facts import GRAPH, REST, SHOWN, UPDATE, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME, SLUG, Text
from models.number import Number, number_index
from models.records import AgentTemplateRecord

IDENTITY = Text(0, 20_000, strip=False)


@kind(0xEA)
class AgentTemplate(Stored[AgentTemplateRecord]):
    """A template. `slug` is unique in its workspace, those of archived ones too. What began with it is on its own."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.AGENT_TEMPLATE))
    workspace_id: PydanticObjectId
    number: Number = None
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN, text=NAME)]
    slug: Annotated[str, Facts("What it is called by, unique in the workspace.", SHOWN | WRITTEN, text=SLUG)]
    description: Annotated[str | None, Facts("What it is for.", SHOWN | WRITTEN, text=MARKDOWN)] = None
    icon: Annotated[str | None, Facts("What stands for it, and for its agents.", SHOWN | WRITTEN, text=EMOJI)] = None
    category: Annotated[str | None, Facts("What it is listed with.", SHOWN | WRITTEN, text=NAME)] = None
    model: Annotated[str | None, Facts("The model that its agents work with.", SHOWN | WRITTEN, text=NAME)] = None
    interval_seconds: Annotated[
        int | None, Facts("After how many seconds its agents look for work again.", SHOWN | WRITTEN)
    ] = None
    identity: Annotated[str | None, Facts("Who its agents are, as Markdown.", SHOWN | WRITTEN, text=IDENTITY)] = None
    tools: Annotated[
        list[str], Facts("The tools that its agents may use: their names or groups, or * for all.", SHOWN)
    ] = Field(default_factory=list)
    capabilities: Annotated[list[str], Facts("What its agents can do, in words.", SHOWN)] = Field(default_factory=list)
    config: Annotated[dict[str, Any], Facts("What else programs keep with it.", GRAPH | REST)] = Field(
        default_factory=dict
    )
    is_featured: Annotated[bool, Facts("Whether it is recommended.", SHOWN | WRITTEN)] = False
    sort_order: Annotated[int, Facts("Its place among the others, the lowest first.", SHOWN | WRITTEN)] = 0
    archived: Annotated[bool, Facts("Whether it is taken out of sight.", SHOWN | UPDATE)] = False
    created_by: Annotated[PydanticObjectId | None, Facts("Who made it.", SHOWN, refers=Kind.USER)] = None
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "agent_templates"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("slug", ASCENDING)], unique=True),
            number_index("workspace_id"),
        ]
