"""Setting an installation up, and who runs it."""

import asyncio
from dataclasses import replace

import pytest
from bson import ObjectId
from starlette.requests import HTTPConnection

from auth.open_session import open_session
from gateway.database import Database
from models import Installation, User
from models.base import collection
from models.enums import ServerRole
from models.errors import Conflict, NotFound
from resolvers.account.account import register
from resolvers.account.delete import delete_account
from resolvers.account.sign_in import SignIn
from resolvers.inputs.account import AccountDelete, AuthRegister
from resolvers.installation.installation import get_installation, grant_server_role, set_auth, set_up_installation
from resolvers.kit.context import Context
from resolvers.organization.organization import list_organizations
from resolvers.project.project import get_project
from resolvers.user.user import server_role_of
from resolvers.workspace.workspace import list_workspaces
from rest.agent_board.open_access import OpenAccess
from tests.conftest import empty
from tests.resolvers.conftest import make_tenant
from tests.resolvers.lab import PASSWORD, People, again, event_types
from tests.resolvers.projects import make_board


@pytest.fixture
async def nobody(database: Database, anonymous: Context) -> Context:
    """Somebody who asks an installation that nobody is in."""
    await empty(database)
    return anonymous


def first(name: str) -> AuthRegister:
    return AuthRegister(email=f"{name}@example.com", password=PASSWORD)


async def open_to_all(root: Context) -> None:
    """Have whoever runs the installation turn authentication off."""
    await set_auth(Context(root.subject, replace(root.services, auth_optional=True)), enabled=False)


async def test_of_several_who_set_it_up_at_once_one_runs_the_installation(nobody: Context, people: People) -> None:
    assert (await get_installation(again(nobody)))["has_people"] is False

    # When three do it at the same moment
    answers = await asyncio.gather(
        *(set_up_installation(again(nobody), first(name)) for name in "abc"), return_exceptions=True
    )

    # Then one is there, and the others leave nothing
    [done] = [answer for answer in answers if isinstance(answer, SignIn)]
    assert [type(answer) for answer in answers if answer is not done] == [Conflict, Conflict]
    assert [user["_id"] for user in await collection(User).find({}).to_list()] == [done.user["_id"]]
    assert done.user["server_role"] == ServerRole.SUPER_ADMIN
    assert await collection(Installation).count_documents({"set_up_by": done.user["_id"]}) == 1
    assert (await get_installation(again(nobody)))["has_people"] is True
    assert {"InstallationSetUp", "ServerRoleChanged"} <= set(await event_types(done.user["_id"]))
    with pytest.raises(Conflict):
        await set_up_installation(again(nobody), first("late"))


async def test_who_registers_first_runs_nothing_until_that_is_granted(nobody: Context, people: People) -> None:
    registered = await register(again(nobody), first("ada"))
    ctx = await people.by_jwt(registered.access_token)
    assert registered.user["server_role"] == ServerRole.USER
    with pytest.raises(Conflict):
        await set_up_installation(again(nobody), first("grace"))

    # When it is granted, twice
    for _ in range(2):
        await grant_server_role(again(ctx), ctx.user_id, ServerRole.SUPER_ADMIN)

    # Then they see it, it is told once, and others do not see it
    other = await people.register("other")
    user = {"_id": ctx.user_id}
    assert await server_role_of(again(ctx), [user], None) == [ServerRole.SUPER_ADMIN]  # type: ignore[list-item]
    assert await server_role_of(again(other), [user], None) == [None]  # type: ignore[list-item]
    assert (await event_types(ctx.user_id)).count("ServerRoleChanged") == 1


async def test_without_a_prefix_nobody_comes_in_without_a_credential(nobody: Context, people: People) -> None:
    # Given that authentication is off
    root = await people.by_jwt((await set_up_installation(again(nobody), first("root"))).access_token)
    await open_to_all(root)

    async def comes(prefix: str, path: str) -> ObjectId | None:
        scope = {"type": "http", "path": path, "client": ("127.0.0.1", 1), "headers": [(b"host", b"127.0.0.1")]}
        found = await OpenAccess(prefix, frozenset()).subject_of(HTTPConnection(scope))
        return None if found is None else found.user_id

    # Then that is so below the prefix alone, and where there is none nowhere
    assert await comes("/api", "/api/projects") == root.user_id
    assert await comes("/api", "/organizations") is None
    assert await comes("", "/organizations") is None


async def test_the_last_super_administrator_stays_one_and_who_is_none_any_more_lets_nobody_in(
    nobody: Context, people: People
) -> None:
    # Given one super-administrator: neither the command line nor their own deletion takes the last one away
    root = await people.by_jwt((await set_up_installation(again(nobody), first("root"))).access_token)
    with pytest.raises(Conflict, match="super-administrator"):
        await grant_server_role(again(root), root.user_id, ServerRole.USER)
    with pytest.raises(Conflict, match="super-administrator"):
        await delete_account(again(root), AccountDelete(password=PASSWORD))

    # When there is another one, whoever has turned authentication off may go
    other = await people.register("other")
    await grant_server_role(again(other), other.user_id, ServerRole.SUPER_ADMIN)
    await open_to_all(root)
    await grant_server_role(again(root), root.user_id, ServerRole.USER)

    # Then it is on, also when they come back
    await grant_server_role(again(root), root.user_id, ServerRole.SUPER_ADMIN)
    assert await open_session() is None

    # So it is where they delete their account
    await open_to_all(other)
    assert await open_session() is not None
    await delete_account(again(other), AccountDelete(password=PASSWORD))
    [installation] = await collection(Installation).find({}).to_list()
    assert installation["open_session_id"] is None
    assert (await event_types(other.user_id)).count("SessionEnded") == 1


async def test_whoever_runs_the_installation_reads_no_tenant_that_they_are_not_in(people: People) -> None:
    tenant, root = await make_tenant(people), await people.register("root")
    board = await make_board(tenant.owner, tenant.workspace, columns=1)

    await grant_server_role(again(root), root.user_id, ServerRole.SUPER_ADMIN)

    with pytest.raises(NotFound):
        await get_project(again(root), board.project["_id"])
    with pytest.raises(NotFound):
        await list_workspaces(again(root), tenant.organization["_id"])
    shown = {organization["_id"] for organization in (await list_organizations(again(root))).nodes}
    assert tenant.organization["_id"] not in shown
