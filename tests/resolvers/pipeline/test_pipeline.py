"""Pipelines: which steps make one."""

from typing import Any

import pytest

from models.errors import BadUserInput
from models.records import WorkspaceRecord
from resolvers.inputs.pipeline import MAX_STEPS, PipelineCreate, PipelineUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.pipeline.pipeline import create_pipeline, update_pipeline
from tests.resolvers.lab import again, event_types


def step(step_id: str, *after: str, **values: Any) -> dict[str, Any]:
    return {"id": step_id, "type": "NOTIFY", "after": list(after), **values}


def asking(step_id: str, of: str, *after: str) -> dict[str, Any]:
    return step(step_id, *after, type="CONDITION", condition={"step": of})


def given(workspace: WorkspaceRecord, steps: list[Any]) -> PipelineCreate:
    return read_input(PipelineCreate, {"workspaceId": workspace["_id"], "name": "Flow", "steps": steps})


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([step("a", "a")], "go in a circle: a → a"),
        ([step("a"), step("b", "a", "d"), step("c", "b"), step("d", "c")], "go in a circle: b → "),
        ([step("a"), step("a")], "has two steps of one id"),
        ([step("a", "b")], "a comes after b, which is no step"),
        ([step("a"), step("b"), asking("c", "b", "a")], "c asks of b, which it does not come after"),
        ([step(f"s{number}") for number in range(MAX_STEPS + 1)], "must have at most 50 entries"),
        ([step(f"s{number}", arguments={"x": "y" * 16000}) for number in range(20)], "must have at most 256 KB"),
    ],
)
def test_steps_that_make_no_pipeline_are_refused(workspace: WorkspaceRecord, steps: list[Any], reason: str) -> None:
    with pytest.raises(BadUserInput, match=f"^steps: {reason}"):
        given(workspace, steps)


async def test_a_pipeline_keeps_its_steps_in_their_order(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given steps, the last of which asks of the first over another
    steps = [asking("c", "a", "b"), step("b", "a"), step("a", type="TOOL", tool="card", arguments={"id": "x"})]
    made = (await create_pipeline(again(owner), given(workspace, steps))).value

    # Then they are kept as they came; the same again changes nothing
    assert [kept["id"] for kept in made["steps"]] == ["c", "b", "a"]
    told = await event_types(workspace["_id"])
    same = read_input(PipelineUpdate, {"steps": steps})
    assert (await update_pipeline(again(owner), made["_id"], same)).value == made
    assert await event_types(workspace["_id"]) == told

    # And others take their place
    fewer = read_input(PipelineUpdate, {"steps": steps[1:]})
    changed = (await update_pipeline(again(owner), made["_id"], fewer)).value
    assert [kept["id"] for kept in changed["steps"]] == ["b", "a"]
    assert (await event_types(workspace["_id"]))[-1] == "PipelineUpdated"
