"""Every tool tells of what is another tenant's as of what does not exist, and of one's own within 20 kB."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import jsonschema_rs
import pytest

from agents.server import prompts, resources, tasks
from agents.server.address import KINDS
from agents.tools.catalogue import TOOLS, call_tool
from agents.tools.render import MAX_BYTES
from models.errors import NotFound, OrreryError
from resolvers.kit.context import Context
from tests.denials.test_called import as_json
from tests.denials.test_foreign import ABOUT_OTHERS, absent
from tests.world.world import World

OPERATIONS = {name: tool.operation for name, tool in TOOLS.items() if tool.operation is not None}
FOREIGN = sorted(name for name, operation in OPERATIONS.items() if operation.name in ABOUT_OTHERS)
UNANSWERED = ("billingPlanCheck",)
"""There are no plans in the world, which is the answer (`tests.denials.expect`)."""
READS = sorted(
    name for name, operation in OPERATIONS.items() if operation.read_only and operation.name not in UNANSWERED
)

CANARIES = ("Acme", "Engineering", "Launch", "Phase", "To do", "First", "Hello", "Plan", "hello.txt")
"""What things of the world are called."""

SECRETS = ("password_hash", "secret_hash", "token_hash", "argon2")


async def answer(world: World, caller: str, tool: str, arguments: dict[str, Any]) -> tuple[str, str, object]:
    """The refusal that a caller reads of a tool, or what it answers."""
    try:
        return "", "", await call_tool(await world.context(caller), tool, arguments)
    except OrreryError as error:
        return error.code, error.message, error.details


@pytest.mark.parametrize("tool", FOREIGN)
async def test_a_tool_tells_nothing_of_what_is_another_tenants(tool: str, world: World) -> None:
    operation = OPERATIONS[tool]

    there = await answer(world, "outsider", tool, as_json(operation, world.ids))
    nowhere = await answer(world, "outsider", tool, as_json(operation, absent(world.ids)))

    assert there == nowhere
    assert [canary for canary in CANARIES if canary in str(there)] == []


@pytest.mark.parametrize("tool", READS)
async def test_a_tool_answers_its_own_in_a_compact_text(tool: str, world: World) -> None:
    operation = OPERATIONS[tool]
    arguments = as_json(operation, world.ids)

    told = await call_tool(await world.context("owner"), tool, arguments)

    assert told
    assert isinstance(told, str) is (TOOLS[tool].output is None)
    text = json.dumps(told)
    assert len(text.encode()) <= 2 * MAX_BYTES
    assert [secret for secret in SECRETS if secret in text] == []
    jsonschema_rs.Draft202012Validator(TOOLS[tool].schema).validate(json.loads(json.dumps(arguments)))


@pytest.mark.parametrize("suffix", ["", "/events"])
@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_a_resource_tells_nothing_of_what_is_another_tenants(kind: str, suffix: str, world: World) -> None:
    answers = []
    for ids in (world.ids, absent(world.ids)):
        with pytest.raises(NotFound) as refused:
            await resources.read(await world.context("outsider"), f"orrery://{kind}/{ids[kind]}{suffix}")
        answers.append((refused.value.code, refused.value.details))

    assert answers[0] == answers[1]
    assert await resources.read(await world.context("owner"), f"orrery://{kind}/{world.ids[kind]}{suffix}")


@pytest.mark.parametrize("method", [tasks.read, tasks.cancel, tasks.ended], ids=lambda method: method.__name__)
async def test_a_task_tells_nothing_of_what_is_another_tenants(
    method: Callable[[Context, str], Awaitable[object]], world: World
) -> None:
    answers = []
    for ids in (world.ids, absent(world.ids)):
        with pytest.raises(NotFound) as refused:
            await method(await world.context("outsider"), str(ids["mission"]))
        answers.append((refused.value.code, refused.value.details))

    assert answers[0] == answers[1]
    assert (await tasks.listed(await world.context("outsider"), None))[0] == []
    assert await tasks.read(await world.context("owner"), str(world.ids["mission"]))


async def test_a_prompt_tells_nothing_of_what_is_another_tenants(world: World) -> None:
    owner, outsider = await world.context("owner"), await world.context("outsider")
    names = [prompt.name for prompt in await prompts.listed(owner)]

    answers: dict[str, list[object]] = {}
    for name in names:
        for ids in (world.ids, absent(world.ids)):
            with pytest.raises(NotFound) as refused:
                await prompts.get(outsider, name, {prompts.WORKSPACE: str(ids["workspace"])})
            answers.setdefault(name, []).append((refused.value.code, refused.value.details))

    assert all(there == nowhere for there, nowhere in answers.values())
    assert {prompt.name for prompt in await prompts.listed(outsider)} < set(names)
    assert [
        name for name in names if not await prompts.get(owner, name, {prompts.WORKSPACE: str(world.ids["workspace"])})
    ] == []
