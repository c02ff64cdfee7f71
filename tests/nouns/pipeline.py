"""Pipelines: steps that agents and tools go through."""

from models.enums import PipelineStepType
from resolvers.inputs.pipeline import PipelineCreate, PipelineStepInput, PipelineUpdate
from resolvers.kit.page import Window
from resolvers.pipeline.pipeline import create_pipeline
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import WORKSPACE
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

PIPELINES = WORKSPACE + "/pipelines"


async def make(world: World) -> None:
    ids = world.ids
    steps = [PipelineStepInput(id="look", type=PipelineStepType.AGENT, agent_id=ids["agent"], text="Look")]
    flow = PipelineCreate.of(workspace_id=ids["workspace"], name="Flow", steps=steps)
    ids["pipeline"] = (await world.made(create_pipeline, flow))["_id"]


async def story(cast: Cast) -> None:
    path_of_all = f"{cast.workspace}/pipelines"
    steps = [
        {"id": "open", "type": "CONDITION", "after": ["look"], "condition": {"step": "look", "path": "value.archived"}},
        {"id": "look", "type": "TOOL", "tool": "card"},
    ]
    pipeline = await made(cast.ann, path_of_all, name="Review before merge", steps=steps)
    assert [step["id"] for step in pipeline["steps"]] == ["open", "look"]
    assert await read(cast.ann, path_of_all) == [pipeline]
    path = f"{path_of_all}/{pipeline['id']}"
    assert await read(cast.ann, path) == pipeline
    assert (await made(cast.ann, f"{path}/run"))["status"] == "queued"
    assert (await changed(cast.ann, path, enabled=False))["enabled"] is False
    await deleted(cast.ann, path)


SAMPLE = Sample(
    after=("agent",),
    make=make,
    calls={
        "pipeline": lambda ids: (ids["pipeline"],),
        "pipelines": lambda ids: (ids["workspace"], Window.read()),
        "pipelineCreate": lambda ids: (PipelineCreate.of(workspace_id=ids["workspace"], name="More", steps=[]),),
        "pipelineUpdate": lambda ids: (ids["pipeline"], PipelineUpdate.of(name="Other", steps=[])),
        "pipelineRun": lambda ids: (ids["pipeline"],),
        "pipelineDelete": lambda ids: (ids["pipeline"],),
    },
    makes_another={"pipelineCreate", "pipelineRun"},
    routes={
        ("GET", PIPELINES): None,
        ("POST", PIPELINES): sent(name="More", steps=[]),
        ("GET", PIPELINES + "/{pipelineId}"): None,
        ("POST", PIPELINES + "/{pipelineId}/run"): None,
        ("PATCH", PIPELINES + "/{pipelineId}"): sent(name="Other"),
        ("DELETE", PIPELINES + "/{pipelineId}"): None,
    },
    kept={
        "Pipeline": Kept(
            """
                createdBy { id }
                steps { id type after agent { id } text tool arguments condition { step path equals negated } }
            """,
            {"Workspace": "pipelines(first: 50) { nodes { ...PipelineFields } }"},
        )
    },
    story=story,
)
