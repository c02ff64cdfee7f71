"""Runs of pipelines: how far each step is."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict, Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored
from models.enums import TokenScope, Told
from models.facts import Facts
from models.pipeline import PipelineStep
from models.records import PipelineRunRecord


class PipelineStepState(Told):
    """How far a step of a run is."""

    PENDING = "pending", "Its turn has not come."
    WAITING = "waiting", "It has begun, and an agent or people are at it."
    DONE = "done", "It has ended well."
    SKIPPED = "skipped", "A condition did not hold."
    FAILED = "failed", "It has not ended well; what comes after it does not begin."


class PipelineStepRun(BaseModel):
    """How far a step is. `mission_id` is what its agent was asked, `proposal_id` what people decide on."""

    model_config = ConfigDict(extra="forbid")

    step: Annotated[str, Facts("The id of the step.")]
    state: Annotated[PipelineStepState, Facts("How far it is.")] = PipelineStepState.PENDING
    result: Annotated[Any, Facts("What it came to; conditions ask of this.")] = None
    error: Annotated[str | None, Facts("Why it failed.")] = None
    mission_id: PydanticObjectId | None = None
    proposal_id: PydanticObjectId | None = None


class PipelineRun(Stored[PipelineRunRecord]):
    """A run of a pipeline, whose id is its mission's: that has the status, and is cancelled. `steps` are as they were
    when it began; each of `runs` is of the step at its place.

    It is due at `due_at`, and never once it is over. What its steps do is done with the rights of `created_by`, as far
    as the `scopes` went that they began it with.
    """

    id: PydanticObjectId
    workspace_id: PydanticObjectId
    pipeline_id: PydanticObjectId
    created_by: PydanticObjectId
    scopes: list[TokenScope] = Field(default_factory=list)
    steps: list[PipelineStep]
    runs: list[PipelineStepRun]
    due_at: datetime | None

    class Settings:
        name = "pipeline_runs"
        indexes = [
            IndexModel([("due_at", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("due_at", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
