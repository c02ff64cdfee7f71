"""There is one answer to who may read an object, by whichever door."""

from typing import Any

import pytest
from bson import ObjectId

from auth.policies.permission import ADMINS, Permission
from auth.standing import MEMBERSHIP, refusal
from models.enums import PilotageRole, Role
from models.errors import Forbidden
from models.ids import kind_of
from resolvers.catalogue import CATALOGUE
from resolvers.kit.noun import Noun
from resolvers.kit.nouns import AGENT, NOUNS, ORGANIZATION, WORKSPACE
from resolvers.node import get_node, get_nodes
from tests.world.samples import CALLS
from tests.world.world import World

READERS = {
    **{one.name: one.door.noun for one in CATALOGUE.values() if one.door is not None and one.door.as_asked},
    "organizationById": ORGANIZATION,
    "workspaceById": WORKSPACE,
    "agent": AGENT,
}
"""The operation that reads one object of a noun."""

CLOSED = Permission("test.read", "Can the subject read what only administrators may?", ADMINS)


def close(noun: Noun[Any], patch: pytest.MonkeyPatch) -> None:
    """Let administrators alone read a noun."""
    patch.setattr(Noun, "reads", property(lambda one: CLOSED if one is noun else one.policy))


@pytest.mark.parametrize("name", READERS)
def test_an_operation_that_reads_an_object_declares_the_policy_of_its_kind(name: str) -> None:
    assert CATALOGUE[name].permission == READERS[name].reads


@pytest.mark.parametrize("name", [one for one in READERS if one not in ("organizationById", "workspaceById")])
async def test_whoever_may_not_read_a_kind_is_refused_at_every_door(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(READERS[name], monkeypatch)
    arguments = CALLS[name](world.ids)

    with pytest.raises(Forbidden):
        await CATALOGUE[name].run(await world.context("member"), *arguments)
    assert await CATALOGUE[name].run(await world.context("admin"), *arguments)


async def test_whoever_may_not_read_a_kind_is_refused_as_a_node(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {kind_of(one): one for one in world.ids.values() if isinstance(one, ObjectId)}
    for kind, one in wanted.items():
        noun = None if kind is None else NOUNS.get(kind)
        if noun is None or noun.policy is None or not noun.has_node:
            continue
        with monkeypatch.context() as patch:
            close(noun, patch)
            with pytest.raises(Forbidden):
                await get_node(await world.context("member"), one)
            with pytest.raises(Forbidden):
                await get_nodes(await world.context("member"), [one])
            assert await get_node(await world.context("admin"), one)


def test_a_stream_asks_the_policy_with_all_roles_of_a_membership() -> None:
    reviewers = Permission("test.read", "Can the subject read what reviewers may?", ADMINS, frozenset(PilotageRole))
    member = {"role": Role.MEMBER, "pilotage_role": PilotageRole.REVIEWER}

    assert set(member) == set(MEMBERSHIP.fields)
    assert refusal(MEMBERSHIP, member, reviewers) is None
    assert isinstance(refusal(MEMBERSHIP, member, CLOSED), Forbidden)
