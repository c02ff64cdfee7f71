"""Nobody learns what others have: an object of another tenant answers exactly as one that does not exist."""

from typing import Any

import pytest
from bson import ObjectId

from models.errors import OrreryError
from models.ids import kind_of, new_id
from resolvers.kit.operation import CATALOGUE
from resolvers.node import get_node, get_nodes
from tests.denials.test_operations import WITHOUT_PERMISSION
from tests.world.samples import CALLS
from tests.world.world import Ids, World


def absent(ids: Ids) -> Ids:
    """Ids of the same kinds that belong to nothing."""
    return {name: _absent(value) for name, value in ids.items()}


def _absent(value: Any) -> Any:
    if not isinstance(value, ObjectId):
        return f"no-{value}"
    kind = kind_of(value)
    assert kind is not None
    return new_id(kind)


async def answer(world: World, caller: str, name: str, ids: Ids) -> tuple[str, str, object]:
    """The refusal that a caller reads of an operation, or the value that it returns."""
    try:
        value = await CATALOGUE[name].run(await world.context(caller), *CALLS[name](ids))
    except OrreryError as error:
        return (error.code, error.message, error.details)
    return ("", "", value)


# All but those about the caller alone, and those about nothing that exists yet.
BY_ID = {
    "apiTokenRevoke",
    "oauthGrantRevoke",
    "invitationAccept",
    "organizationInvitationAccept",
    "organizationRestore",
    "sessionRevoke",
    "node",
    "nodes",
    "notification",
    "notificationMarkRead",
    "user",
    "userAvatar",
}
ABOUT_OTHERS = sorted(CALLS.keys() - (WITHOUT_PERMISSION - BY_ID))


@pytest.mark.parametrize("name", ABOUT_OTHERS)
async def test_an_operation_tells_nothing_of_objects_of_another_tenant(name: str, world: World) -> None:
    there = await answer(world, "outsider", name, world.ids)
    nowhere = await answer(world, "outsider", name, absent(world.ids))

    assert there[0] in ("NOT_FOUND", "FORBIDDEN") or there[2] == [None]
    assert there == nowhere


@pytest.mark.parametrize("caller", ["outsider", "bystander"])
async def test_any_id_of_another_tenant_is_no_node(world: World, caller: str) -> None:
    shared = {"organization", "user", *(f"{who}_id" for who in ("bystander", "member", "viewer", "admin", caller))}
    wanted = {
        name: value
        for name, value in world.ids.items()
        if isinstance(value, ObjectId) and (caller == "outsider" or name not in shared)
    }
    wanted.pop(f"{caller}_id", None)
    refusals: dict[str, list[str]] = {}
    for name, value in wanted.items():
        for one in (value, _absent(value)):
            with pytest.raises(OrreryError) as refused:
                await get_node(await world.context(caller), one)
            refusals.setdefault(name, []).append(refused.value.message)

    assert {name for name, (there, nowhere) in refusals.items() if there != nowhere} == set()
    assert await get_nodes(await world.context(caller), list(wanted.values())) == [None] * len(wanted)
