"""Members of organizations: whose addresses are seen, and how often one is asked for."""

import pytest

from models.base import Record
from models.enums import Role
from models.errors import BadUserInput, NotFound, RateLimited
from resolvers import organization_member
from resolvers.context import Context
from resolvers.inputs.organization import OrganizationMemberAdd
from resolvers.node import get_nodes
from resolvers.organization_member import add_organization_member, remove_organization_member
from resolvers.user import get_user
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again


async def test_addresses_are_not_asked_for_without_end(
    people: People, owner: Context, organization: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organization_member, "MAX_ADDED_AN_HOUR", 2)
    bob = await people.register("bob")

    nobody, somebody = [
        OrganizationMemberAdd(email=one, role=Role.MEMBER) for one in ("nobody@example.com", people.email(bob))
    ]

    for _ in range(2):
        with pytest.raises(BadUserInput):
            await add_organization_member(again(owner), organization["_id"], nobody)

    with pytest.raises(RateLimited):
        await add_organization_member(again(owner), organization["_id"], somebody)


async def test_an_address_is_seen_by_those_who_share_an_organization_and_by_nobody_else(
    people: People, owner: Context, organization: Record, workspace: Record, join: Join
) -> None:
    ada, stranger = await join(workspace, "ada"), await people.register("stranger")

    assert (await get_user(again(ada), owner.user_id))["email"] == people.email(owner)
    with pytest.raises(NotFound):
        await get_user(again(stranger), owner.user_id)
    assert await get_nodes(again(stranger), [owner.user_id, ada.user_id]) == [None, None]
    await remove_organization_member(again(owner), organization["_id"], ada.user_id)
    with pytest.raises(NotFound):
        await get_user(again(ada), owner.user_id)
