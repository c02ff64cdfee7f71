"""Pipelines: steps of agents, tools and people that wait for each other."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict, Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import PipelineStepType
from models.facts import SHOWN, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME
from models.records import PipelineRecord


class PipelineCondition(BaseModel):
    """What a step came to: the value at `path` of its result is `equals`, or is not, where it is to be `negated`."""

    model_config = ConfigDict(extra="forbid")

    step: Annotated[str, Facts("The step whose result is looked at.")]
    path: Annotated[str, Facts("Where in the result, by keys with dots between; empty for all of it.")] = ""
    equals: Annotated[Any, Facts("The value to be there.")] = None
    negated: Annotated[bool, Facts("Whether any other value is to be there.")] = False


class PipelineStep(BaseModel):
    """A step. It begins once all that it comes `after` have ended well; what else it has depends on its type."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Facts("What other steps call it.")]
    type: Annotated[PipelineStepType, Facts("What it does.")]
    after: Annotated[list[str], Facts("The steps that it waits for.")] = Field(default_factory=list)
    agent_id: Annotated[PydanticObjectId | None, Facts("Whom an AGENT step asks.", refers=Kind.AGENT)] = None
    text: Annotated[
        str | None, Facts("What an AGENT step asks, an APPROVAL step has people decide, a NOTIFY step tells.")
    ] = None
    tool: Annotated[str | None, Facts("The operation that a TOOL step runs.")] = None
    arguments: Annotated[dict[str, Any], Facts("Its arguments.")] = Field(default_factory=dict)
    condition: Annotated[PipelineCondition | None, Facts("What a CONDITION step asks.")] = None


@kind(0xB4)
class Pipeline(Stored[PipelineRecord]):
    """A pipeline. Its steps are in no circle. `updated_by` is who changed it last, or made it."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PIPELINE))
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that it belongs to.")]
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN, text=NAME)]
    description: Annotated[str | None, Facts("What it is for.", SHOWN | WRITTEN, text=MARKDOWN)] = None
    steps: Annotated[list[PipelineStep], Facts("Its steps.")] = Field(default_factory=list)
    enabled: Annotated[bool, Facts("Whether it may be run.", SHOWN | WRITTEN)] = True
    created_by: Annotated[PydanticObjectId | None, Facts("Who made it.", refers=Kind.USER)] = None
    updated_by: PydanticObjectId | None = None
    updated_at: Annotated[datetime, Facts("When it last changed.")] = Field(default_factory=utc_now)

    class Settings:
        name = "pipelines"
        indexes = [IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)])]
