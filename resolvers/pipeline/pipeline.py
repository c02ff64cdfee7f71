"""Pipelines of a workspace."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Pipeline
from models.base import AnyRecord
from models.enums import TokenScope
from models.records import PipelineRecord, WorkspaceMemberRecord
from realtime.events.pipeline import PipelineCreated, PipelineDeleted, PipelineUpdated
from realtime.log import Change, Committed
from resolvers.inputs.pipeline import PipelineCreate, PipelineUpdate
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PIPELINE, WORKSPACE
from resolvers.kit.operation import operation, reader
from resolvers.kit.page import Page, Window, pages, pages_by
from resolvers.register.register import Register, create_in, delete_in, update_in

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
MAX_PIPELINES = 500
"""Of a workspace."""


async def _following(change: Change, _before: AnyRecord, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Steps as records hold them, and who has seen to it last, even where nothing differs."""
    steps = {"steps": [step.model_dump(mode="python") for step in values["steps"]]} if "steps" in values else {}
    return {**steps, "updated_by": change.actor_id}


PIPELINES = Register(PIPELINE, PipelineCreated, PipelineUpdated, PipelineDeleted, most=MAX_PIPELINES, follow=_following)

get_pipeline = reader("pipeline", PIPELINE)


@operation("pipelines", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def list_pipelines(
    ctx: Context, membership: WorkspaceMemberRecord, window: Window, fields: Fields = None
) -> Page:
    """A page of the pipelines of a workspace, oldest first."""
    workspace_id = membership["workspace_id"]
    return (await pages(Pipeline, "workspace_id", [workspace_id], window, fields=fields))[workspace_id]


@operation("pipelineCreate", inside=WORKSPACE, permission=board.WRITE, scope=WRITE)
async def create_pipeline(
    ctx: Context, membership: WorkspaceMemberRecord, values: PipelineCreate
) -> Committed[PipelineRecord]:
    """Create a pipeline; steps that go in a circle are refused."""
    return await create_in(ctx, PIPELINES, membership, values)


@operation("pipelineUpdate", opens=PIPELINE, permission=board.WRITE, scope=WRITE)
async def update_pipeline(ctx: Context, door: PipelineRecord, values: PipelineUpdate) -> Committed[PipelineRecord]:
    """Change a pipeline; runs that are under way go on as they began."""
    return await update_in(ctx, PIPELINES, door, values)


@operation("pipelineDelete", opens=PIPELINE, permission=board.WRITE, scope=WRITE)
async def delete_pipeline(ctx: Context, door: PipelineRecord) -> Committed[ObjectId]:
    """Delete a pipeline; runs that are under way go on."""
    return await delete_in(ctx, PIPELINES, door)


pipelines_of = pages_by(PIPELINE, "workspace_id")
"""The pipelines of each workspace, oldest first."""
