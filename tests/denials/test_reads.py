"""There is one answer to who may read an object, by whichever door."""

import pytest
from bson import ObjectId

from auth.policies.permission import ADMINS, Permission
from auth.policies.reads import READS
from auth.standing import MEMBERSHIP, refusal
from models.enums import PilotageRole, Role
from models.errors import Forbidden
from models.ids import Kind, kind_of
from resolvers.kit.operation import CATALOGUE
from resolvers.node import get_node, get_nodes
from tests.denials.calls import CALLS
from tests.denials.world import World

OWN_FIELDS = {
    "organizationById": Kind.ORGANIZATION,
    "workspaceById": Kind.WORKSPACE,
    "project": Kind.PROJECT,
    "scope": Kind.SCOPE,
    "column": Kind.COLUMN,
    "label": Kind.LABEL,
    "card": Kind.CARD,
    "comment": Kind.COMMENT,
    "attachment": Kind.ATTACHMENT,
    "document": Kind.DOCUMENT,
    "documentVersion": Kind.DOCUMENT_VERSION,
    "transferJob": Kind.TRANSFER_JOB,
    "agent": Kind.AGENT,
    "mission": Kind.MISSION,
    "missionActivity": Kind.MISSION_ACTIVITY,
}
"""The operation that reads one object of a kind."""

CLOSED = Permission("test.read", "Can the subject read what only administrators may?", ADMINS)


@pytest.mark.parametrize("name", OWN_FIELDS)
def test_an_operation_that_reads_an_object_declares_the_policy_of_its_kind(name: str) -> None:
    assert CATALOGUE[name].permission == READS[OWN_FIELDS[name]]


@pytest.mark.parametrize("name", [one for one in OWN_FIELDS if one not in ("organizationById", "workspaceById")])
async def test_whoever_may_not_read_a_kind_is_refused_at_every_door(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = OWN_FIELDS[name]
    monkeypatch.setitem(READS, kind, CLOSED)
    arguments = CALLS[name](world.ids)

    with pytest.raises(Forbidden):
        await CATALOGUE[name].run(await world.context("member"), *arguments)
    assert await CATALOGUE[name].run(await world.context("admin"), *arguments)


async def test_whoever_may_not_read_a_kind_is_refused_as_a_node(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {kind_of(one): one for one in world.ids.values() if isinstance(one, ObjectId) and kind_of(one) in READS}
    wanted.pop(Kind.INVITATION)  # no node
    wanted.pop(Kind.TEMPLATE)
    for kind, one in wanted.items():
        assert kind is not None
        with monkeypatch.context() as patch:
            patch.setitem(READS, kind, CLOSED)
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
