"""Time tells nothing either: what is foreign and what does not exist are refused after the very same commands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from bson import ObjectId
from pymongo import monitoring

from models.errors import OrreryError
from models.ids import Kind, kind_of
from resolvers.kit.operation import CATALOGUE
from resolvers.node import get_node, get_nodes
from tests.denials.test_foreign import absent
from tests.resolvers.lab import People
from tests.world.build import build
from tests.world.samples import CALLS
from tests.world.world import Ids, World

INSIDE = sorted(
    name
    for name, one in CATALOGUE.items()
    if one.permission is not None and not one.permission.name.startswith("organization.")
)
"""What asks for a role in a workspace."""

Command = tuple[str, str, tuple[str, ...]]
"""Its name, its collection, and the fields that it filters by."""


class CommandLog(monitoring.CommandListener):
    """Every command that reaches the database while `watched` is a list."""

    def __init__(self) -> None:
        self.watched: list[Command] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.watched is not None:
            sent, name = event.command, event.command_name
            where = sent.get("filter") or sent.get("query") or {}
            self.watched.append((name, str(sent.get(name)), tuple(sorted(where))))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


# Only clients that are made later have it.
COMMANDS = CommandLog()
monitoring.register(COMMANDS)


@contextmanager
def commands() -> Iterator[list[Command]]:
    seen: list[Command] = []
    COMMANDS.watched = seen
    try:
        yield seen
    finally:
        COMMANDS.watched = None


@pytest.fixture(scope="package")
async def elsewhere(world: World) -> World:
    """Another tenant with one of everything, of which nobody of the first is a member."""
    return await build(People(world.people.anonymous))


class Used(dict[str, Any]):
    """Ids that remember which of them a call names."""

    def __init__(self, ids: Ids) -> None:
        super().__init__(ids)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)


def names_of(call: Callable[[Ids], tuple[Any, ...]], ids: Ids) -> list[str]:
    """The objects that a call names."""
    used = Used(ids)
    call(used)
    return sorted(name for name in used.names if isinstance(ids[name], ObjectId) or name == "org_slug")


async def cost(world: World, caller: str, name: str, ids: Ids) -> list[Command]:
    """The commands until an operation is refused, or done."""
    ctx = await world.context(caller)
    with commands() as seen:
        try:
            await CATALOGUE[name].run(ctx, *CALLS[name](ids))
        except OrreryError:
            return seen
    return seen


@pytest.mark.parametrize("name", INSIDE)
async def test_a_workspace_tells_its_organization_no_more_by_time_than_one_that_does_not_exist(
    name: str, world: World
) -> None:
    shared = ("organization", "org_slug")
    nothing = {key: value if key in shared else absent({key: value})[key] for key, value in world.ids.items()}

    assert await cost(world, "bystander", name, world.ids) == await cost(world, "bystander", name, nothing)


@pytest.mark.parametrize("name", sorted(CALLS))
async def test_each_id_beside_ones_own_costs_the_same_whether_it_is_foreign_or_none(
    name: str, world: World, elsewhere: World
) -> None:
    for used in names_of(CALLS[name], world.ids):
        foreign = {**world.ids, used: elsewhere.ids[used]}
        nothing = {**world.ids, used: absent(world.ids)[used]}

        costs = [await cost(world, "owner", name, ids) for ids in (foreign, nothing)]
        if costs[0] != costs[1]:  # what counts its calls costs more the first time
            costs[0] = await cost(world, "owner", name, foreign)
        assert costs[0] == costs[1], used


async def test_any_node_costs_the_same_whether_it_is_foreign_or_none(world: World) -> None:
    wanted = [one for one in world.ids.values() if isinstance(one, ObjectId) and kind_of(one) is not Kind.USER]
    nothing = [absent({"": one})[""] for one in wanted]
    counts = []
    for ids in (wanted, nothing):
        ctx = await world.context("outsider")
        with commands() as seen:
            await get_nodes(ctx, ids)
            for one in ids:
                with pytest.raises(OrreryError):
                    await get_node(ctx, one)
        counts.append(seen)

    assert counts[0] == counts[1]
