"""Running a pipeline: a run is a mission, which has its status and is cancelled as any other."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from auth.policies.permission import ADMINS
from auth.subject import WIDER
from models import Pipeline, PipelineRun, WorkspaceMember
from models.base import Record, collection, to_record, with_changes
from models.enums import PipelineStepType, TokenScope
from models.errors import Conflict, Forbidden, NotFound
from models.records import MissionRecord, PipelineRecord, PipelineRunRecord, PipelineStepRecord
from realtime.log import Change, Committed
from resolvers.agent.built_in import BuiltIn, find_built_in
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.groups import operation_called
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PIPELINE
from resolvers.kit.operation import CATALOGUE, Caller, Operation, check_scope, edge, operation
from resolvers.mission.mission import Asked, insert_mission

MAX_RUNS = 50
"""Of a workspace, that are not over."""

RUNNER = BuiltIn("pipelines", "Pipelines", "Runs the pipelines of the workspace.", (), mcp_only=True)

_NEEDS = {
    PipelineStepType.AGENT: ("agent_id", "text"),
    PipelineStepType.TOOL: ("tool",),
    PipelineStepType.APPROVAL: ("text",),
    PipelineStepType.CONDITION: ("condition",),
    PipelineStepType.NOTIFY: ("text",),
}


@operation(
    "pipelineRun",
    opens=PIPELINE,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    caller=Caller.NO_AGENT,
)
async def run_pipeline(ctx: Context, door: PipelineRecord) -> Committed[MissionRecord]:
    """Run a pipeline with the rights of whoever does: its run is a mission of the agent `pipelines`.

    Raises Conflict for one that is disabled, and for a step that lacks what its type needs; Forbidden for an automation
    whose owner has not agreed to it as it is.
    """
    check_scope(ctx, TokenScope.PILOTAGE_WRITE, "pipelineRun")

    async def body(change: Change) -> MissionRecord:
        pipeline = await collection(Pipeline).find_one({"_id": door["_id"]}, session=change.session)
        if pipeline is None:
            raise NotFound("Pipeline")
        _check_runs(pipeline)
        if change.cause is not None:
            await _check_editor(change, pipeline, ctx.user_id)
        inside = {"workspace_id": pipeline["workspace_id"], "due_at": {"$ne": None}}
        await require_room(change, PipelineRun, inside, MAX_RUNS, "runs of pipelines that are not over")
        runner = await find_built_in(change, pipeline["workspace_id"], RUNNER)
        # People may have made an agent of that slug: no model of it works on what the steps do.
        runner = with_changes(runner, {"mcp_only": True})
        mission = await insert_mission(ctx, change, runner, Asked(f"Run the pipeline {pipeline['name']}"))
        run = PipelineRun(
            id=mission["_id"],
            workspace_id=pipeline["workspace_id"],
            pipeline_id=pipeline["_id"],
            created_by=ctx.user_id,
            scopes=sorted(ctx.subject.scopes),
            steps=pipeline["steps"],
            runs=[{"step": step["id"]} for step in pipeline["steps"]],
            due_at=change.at,
            created_at=change.at,
        )
        await collection(PipelineRun).insert_one(to_record(run), session=change.session)
        return mission

    return await ctx.write(door["workspace_id"], body)


async def _check_editor(change: Change, pipeline: PipelineRecord, user_id: ObjectId) -> None:
    """Raise Forbidden for an automation of a user, unless they or an admin changed the pipeline last: whoever else may
    change it would do so with their rights."""
    editor = pipeline.get("updated_by")
    if editor == user_id:
        return
    inside = {"workspace_id": pipeline["workspace_id"], "user_id": editor}
    member = await collection(WorkspaceMember).find_one(inside, {"role": 1}, session=change.session)
    if member is None or member["role"] not in ADMINS:
        raise Forbidden("Somebody else has changed the pipeline, who is no admin: save it again to agree to it")


def _check_runs(pipeline: PipelineRecord) -> None:
    if not pipeline["enabled"]:
        raise Conflict("The pipeline is disabled")
    for step in pipeline["steps"]:
        _check_step(step)


def _check_step(step: PipelineStepRecord) -> None:
    missing = next((name for name in _NEEDS[PipelineStepType(step["type"])] if not step[name]), None)  # type: ignore[literal-required]
    if missing is not None:
        raise Conflict(f"The step {step['id']} says nothing of its {missing.removesuffix('_id')}", step=step["id"])
    if step["type"] == PipelineStepType.TOOL:
        operation_name(step["tool"] or "")


def operation_name(tool: str) -> str:
    """The operation that a step names, by its own name or as agents call it; raises Conflict for what is no tool."""
    name = operation_called(tool)
    if name is None or not _is_for_steps(CATALOGUE[name]):
        raise Conflict(f"There is no tool {tool[:60]}", tool=tool[:60])
    return name


def _is_for_steps(operation: Operation) -> bool:
    """Whether a step may run an operation: whoever edits a pipeline is not whoever runs it, so none that is kept from
    agents, and none of an account."""
    scope = operation.scope
    wider = None if scope is None else WIDER.get(scope, scope)
    of_account = TokenScope.ACCOUNT_WRITE in (wider, operation.scope_before)
    return operation.caller is Caller.SIGNED_IN and not of_account


@edge(scope=TokenScope.PILOTAGE_READ)
async def steps_of_run(ctx: Context, missions: Sequence[MissionRecord], fields: Fields) -> list[list[Record]]:
    """How far each step of a pipeline is, of the missions that are runs of one."""
    found = await by_ids(PipelineRun, (mission["_id"] for mission in missions), frozenset({"runs"}))
    return [list(_runs(found.get(mission["_id"]))) for mission in missions]


def _runs(run: PipelineRunRecord | None) -> Sequence[Any]:
    return [] if run is None else run["runs"]
