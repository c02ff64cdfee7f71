"""Finding people among those who share an organization with the caller."""

import pytest

from models.enums import Role
from models.errors import BadUserInput
from models.records import OrganizationRecord
from resolvers.account.account import update_user
from resolvers.inputs.account import UserUpdate
from resolvers.inputs.organization import OrganizationMemberAdd
from resolvers.kit.context import Context
from resolvers.member.organization_member import add_organization_member
from resolvers.user.people import MAX_FOUND, find_people
from tests.resolvers.lab import People, again


async def test_colleagues_are_found_by_a_part_of_name_or_address_and_nobody_else(
    owner: Context, organization: OrganizationRecord, people: People
) -> None:
    # Given a colleague and a stranger of the same name
    colleague, stranger = await people.register("colleague"), await people.register("stranger")
    for person in (colleague, stranger):
        await update_user(again(person), UserUpdate(name="Zoë 50%"))
    await people.confirm(colleague)
    values = OrganizationMemberAdd(email=people.email(colleague), role=Role.MEMBER)
    await add_organization_member(again(owner), organization["_id"], values)

    # When
    found = [await find_people(again(owner), part) for part in ("zoë", "50%", people.email(colleague)[2:], ".*")]

    # Then
    assert [[user["_id"] for user in some] for some in found] == [[colleague.user_id]] * 3 + [[]]
    assert MAX_FOUND == 20


@pytest.mark.parametrize("part", ["", " a ", "x" * 101])
async def test_a_part_that_says_too_little_or_too_much_is_refused(owner: Context, part: str) -> None:
    with pytest.raises(BadUserInput, match=r"^search: must have 2 to 100 characters"):
        await find_people(again(owner), part)
