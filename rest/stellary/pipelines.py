"""Pipelines of a workspace."""

from typing_extensions import TypedDict

import models
from models.pipeline import PipelineCondition as Condition
from models.pipeline import PipelineStep as Step
from models.records import PipelineRecord, PipelineStepRecord
from resolvers.inputs.pipeline import PipelineCreate, PipelineUpdate
from resolvers.kit.nouns import PIPELINE
from resolvers.kit.page import Page, Window
from resolvers.pipeline.pipeline import (
    create_pipeline,
    delete_pipeline,
    get_pipeline,
    list_pipelines,
    update_pipeline,
)
from resolvers.pipeline.run import run_pipeline
from rest.present import presents, shown
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.lists import whole
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.agent import Mission, mission
from rest.stellary.present.base import Ok, ok

routes = Routes(
    "Pipelines",
    WORKSPACE + "/pipelines",
    about="Steps of agents, tools and people that wait for each other.",
    place=450,
    tag_place=501,
)


@presents(Condition, without=("id",))
class PipelineCondition(TypedDict):
    """What the result of a step has to be, at a path of it."""


@presents(Step, without=("id",))
class PipelineStep(TypedDict):
    """A step; it begins once those that it comes `after` have ended well."""

    id: str
    condition: PipelineCondition | None


@presents(models.Pipeline)
class Pipeline(TypedDict):
    """Steps of agents, tools and people that wait for each other."""

    steps: list[PipelineStep]


def pipeline(record: PipelineRecord) -> Pipeline:
    return {**shown(Pipeline, record), "steps": [_step(step) for step in record["steps"]]}


def _step(step: PipelineStepRecord) -> PipelineStep:
    condition = step["condition"]
    return {
        **shown(PipelineStep, step),
        "id": step["id"],
        "condition": None if condition is None else shown(PipelineCondition, condition),
    }


@routes.get("", "List the pipelines of a workspace", runs=list_pipelines)
async def find(call: Call) -> list[Pipeline]:
    workspace = await guards.workspace(call)

    async def read(size: int, after: str | None) -> Page:
        return await list_pipelines(call.ctx, workspace["_id"], Window.read(size, after))

    return [pipeline(record) for record in await whole(read)]


@routes.post("", "Create a pipeline", runs=create_pipeline, given=["workspaceId"])
async def create(call: Call) -> Pipeline:
    workspace = await guards.workspace(call)
    return pipeline((await create_pipeline(call.ctx, call.body(PipelineCreate, workspaceId=workspace["_id"]))).value)


@routes.get("/{pipelineId}", "Read a pipeline", runs=get_pipeline)
async def get(call: Call) -> Pipeline:
    found = await guards.of_workspace(call, PIPELINE, "pipelineId")
    return pipeline(await get_pipeline(call.ctx, found["_id"]))


@routes.patch("/{pipelineId}", "Change a pipeline", runs=update_pipeline)
async def update(call: Call) -> Pipeline:
    found = await guards.of_workspace(call, PIPELINE, "pipelineId")
    return pipeline((await update_pipeline(call.ctx, found["_id"], call.body(PipelineUpdate))).value)


@routes.post("/{pipelineId}/run", "Run a pipeline", runs=run_pipeline)
async def run(call: Call) -> Mission:
    """With the rights of whoever does. The run is a mission: it has the status, and is cancelled as any other."""
    found = await guards.of_workspace(call, PIPELINE, "pipelineId")
    return mission((await run_pipeline(call.ctx, found["_id"])).value)


@routes.delete("/{pipelineId}", "Delete a pipeline", runs=delete_pipeline)
async def delete(call: Call) -> Ok:
    found = await guards.of_workspace(call, PIPELINE, "pipelineId")
    await delete_pipeline(call.ctx, found["_id"])
    return ok()
