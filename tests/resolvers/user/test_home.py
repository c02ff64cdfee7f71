"""Where somebody is at home: the workspace that is meant where a request names none."""

from secrets import token_hex

import pytest

from models import Invitation, Workspace
from models.base import collection
from models.enums import ConsentSubject, Role
from models.errors import Conflict, NotFound
from resolvers.account.account import get_me, register, update_user
from resolvers.inputs.account import AuthRegister, ConsentGive, UserUpdate
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.accept import accept_invitation
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.kit.context import Context
from resolvers.user.home import home, standing
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.lab import PASSWORD, People, again, event_types


async def personal(ctx: Context) -> str:
    found = await collection(Workspace).find_one({"owner_id": ctx.user_id, "is_personal": True}, {"_id": 1})
    assert found is not None
    return str(found["_id"])


async def at_home(ctx: Context) -> str:
    return str((await home(again(ctx)))["workspace_id"])


async def test_home_is_the_personal_workspace_then_the_one_that_was_joined_then_the_chosen_one(people: People) -> None:
    # Given
    ada, bob, eve = [await people.register(name) for name in ("ada", "bob", "eve")]
    assert await at_home(bob) == await personal(bob)
    invited = WorkspaceMemberInvite(email=people.email(bob), role=Role.VIEWER)
    link = (await invite_workspace_member(again(ada), await personal(ada), invited)).value

    # When one is joined by an invitation, and then another is chosen
    await accept_invitation(again(bob), link.token or "")
    joined, role = await at_home(bob), await standing(await home(again(bob)))
    await update_user(again(bob), UserUpdate.of(home_workspace_id=await personal(bob)))

    # Then
    assert (joined, role) == (await personal(ada), Role.VIEWER)
    assert await at_home(bob) == await personal(bob)
    assert await standing(await home(again(bob))) is Role.ADMIN

    # And nobody is at home where they do not belong, or where nothing is any more
    with pytest.raises(NotFound):
        await update_user(again(eve), UserUpdate.of(home_workspace_id=await personal(ada)))
    await delete_workspace(again(bob), await personal(bob))
    assert await at_home(bob) == await personal(ada)
    await delete_workspace(again(eve), await personal(eve))
    with pytest.raises(NotFound):
        await home(again(eve))


async def test_whoever_registers_with_a_name_and_an_invitation_has_the_name_and_joins(people: People) -> None:
    # Given
    ada, mark = await people.register("ada"), token_hex(4)
    address, name = f"grace-{mark}@example.com", f"grace.{mark}"
    invited = WorkspaceMemberInvite(email=address, role=Role.MEMBER)
    link = (await invite_workspace_member(again(ada), await personal(ada), invited)).value
    agreed = [ConsentGive(subject=ConsentSubject.TERMS, version="1")]
    asked = {"password": PASSWORD, "username": name, "invitation_token": link.token, "consents": agreed}

    # When it is for another address, nothing happens
    with pytest.raises(NotFound, match="Invitation"):
        await register(again(people.anonymous), AuthRegister.of(email=f"other-{mark}@example.com", **asked))
    made = await register(again(people.anonymous), AuthRegister.of(email=address, **asked))

    # Then
    grace = await people.by_jwt(made.access_token)
    assert await at_home(grace) == await personal(ada)
    assert (await get_me(again(grace)))["username"] == name
    assert (await event_types(grace.user_id))[:2] == ["UserCreated", "ConsentGiven"]
    assert await collection(Invitation).count_documents({"workspace_id": await personal(ada), "accepted_at": None}) == 0

    # And the name is nobody else's
    taken = AuthRegister.of(email=f"new-{mark}@example.com", password=PASSWORD, username=name)
    with pytest.raises(Conflict, match="username"):
        await register(again(people.anonymous), taken)
    with pytest.raises(Conflict, match="username"):
        await update_user(again(ada), UserUpdate.of(username=name))
    with pytest.raises(Conflict, match="email"):
        await register(again(people.anonymous), AuthRegister.of(email=address, password=PASSWORD))
