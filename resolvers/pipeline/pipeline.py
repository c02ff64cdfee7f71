"""Pipelines of a workspace."""

from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Pipeline, Workspace
from models.base import collection, to_record
from models.enums import TokenScope
from models.errors import NotFound
from models.facts import CREATE
from models.records import PipelineRecord, WorkspaceMemberRecord
from realtime.events.pipeline import PipelineCreated, PipelineDeleted, PipelineUpdated
from realtime.log import Change, Committed
from resolvers.inputs.pipeline import PipelineCreate, PipelineUpdate
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PIPELINE, WORKSPACE
from resolvers.kit.operation import operation, reader
from resolvers.kit.page import Page, Window, pages, pages_by

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
MAX_PIPELINES = 500
"""Of a workspace."""

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
    ctx: Context, _membership: WorkspaceMemberRecord, values: PipelineCreate
) -> Committed[PipelineRecord]:
    """Create a pipeline; steps that go in a circle are refused."""
    workspace_id = values.workspace_id

    async def body(change: Change) -> PipelineRecord:
        await require_parent(change, Workspace, workspace_id)
        await require_room(change, Pipeline, {"workspace_id": workspace_id}, MAX_PIPELINES, "pipelines")
        pipeline = to_record(
            Pipeline(
                workspace_id=workspace_id,
                **values_of(values, Pipeline, CREATE),
                steps=_plain_steps(values),
                created_by=ctx.user_id,
                updated_by=ctx.user_id,
                created_at=change.at,
                updated_at=change.at,
            )
        )
        await collection(Pipeline).insert_one(pipeline, session=change.session)
        change.append(workspace_id, PipelineCreated(pipeline=pipeline))
        return pipeline

    return await ctx.write(workspace_id, body)


@operation("pipelineUpdate", opens=PIPELINE, permission=board.WRITE, scope=WRITE)
async def update_pipeline(ctx: Context, door: PipelineRecord, values: PipelineUpdate) -> Committed[PipelineRecord]:
    """Change a pipeline; runs that are under way go on as they began."""
    given = values.given()
    if "steps" in given:
        given["steps"] = _plain_steps(values)
    given["updated_by"] = ctx.user_id

    async def body(change: Change) -> PipelineRecord:
        pipeline, differs = await set_fields(change, Pipeline, door["_id"], given)
        if differs:
            change.append(pipeline["workspace_id"], PipelineUpdated(pipeline=pipeline))
        return pipeline

    return await ctx.write(door["workspace_id"], body)


@operation("pipelineDelete", opens=PIPELINE, permission=board.WRITE, scope=WRITE)
async def delete_pipeline(ctx: Context, door: PipelineRecord) -> Committed[ObjectId]:
    """Delete a pipeline; runs that are under way go on."""

    async def body(change: Change) -> ObjectId:
        deleted = await collection(Pipeline).delete_one({"_id": door["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Pipeline")
        change.append(door["workspace_id"], PipelineDeleted(deleted_id=door["_id"]))
        return ObjectId(door["_id"])

    return await ctx.write(door["workspace_id"], body)


pipelines_of = pages_by(PIPELINE, "workspace_id")
"""The pipelines of each workspace, oldest first."""


def _plain_steps(values: PipelineCreate | PipelineUpdate) -> list[dict[str, Any]]:
    """The steps as records hold them; of an input that has some."""
    return [step.model_dump(mode="python") for step in values.steps or ()]
