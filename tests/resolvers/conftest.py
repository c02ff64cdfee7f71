"""People, tenants and services for the tests of operations, on the real embedded database.

Nothing is emptied between tests: every person, organization and workspace is new, so tests do not see each other's.
A Context is one request and remembers roles; `again` (lab.py) makes the next request of the same caller.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest

from auth.jwt import JwtSigner
from auth.subject import ANONYMOUS
from gateway.database import Database
from models import AutomationProgress, Fanout, Mail, Tombstone
from models.enums import Role
from models.records import OrganizationRecord, WorkspaceRecord
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite
from resolvers.invitation.invitation import accept_invitation, invite_workspace_member
from resolvers.kit.context import Context, Services
from resolvers.organization.organization import create_organization
from resolvers.workspace.workspace import create_workspace
from tests.conftest import empty
from tests.resolvers.lab import VAULT, People, again

Register = Callable[[str], Awaitable[Context]]
Join = Callable[..., Awaitable[Context]]


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[Services]:
    """What a gateway holds, with a running hub on the memory bus."""
    # Nobody does these in the background, and who looks for the next one looks past all that earlier tests have left.
    await empty(database, AutomationProgress, Fanout, Mail, Tombstone)
    hub = Hub(EventLog(database.client))
    await hub.start()
    guard = Guard(period=0.2)
    await guard.start()
    yield Services(hub, guard, JwtSigner("test-" * 10), timedelta(days=7), "http://127.0.0.1:3001", vault=VAULT)
    await guard.stop()
    await hub.stop()


@pytest.fixture
async def services(database: Database) -> AsyncIterator[Services]:
    """What a gateway holds, for one test."""
    async with running(database) as services:
        yield services


@pytest.fixture(scope="module")
async def standing_people(database: Database) -> AsyncIterator[People]:
    """Registers people in an otherwise empty database, for all tests of a file: who leaves it as it was shares it."""
    await empty(database)
    async with running(database) as services:
        yield People(Context(ANONYMOUS, services))


@pytest.fixture(scope="module")
async def standing_owner(standing_people: People) -> Context:
    """A person for all tests of a file."""
    return await standing_people.register("owner")


@pytest.fixture
def anonymous(services: Services) -> Context:
    """A request without a credential."""
    return Context(ANONYMOUS, services)


@pytest.fixture
def people(anonymous: Context) -> People:
    """Registers people and makes requests of theirs."""
    return People(anonymous)


@pytest.fixture
def register_person(people: People) -> Register:
    """`await register_person("ada")`: a request of a person who has just registered."""
    return people.register


async def make_organization(owner: Context) -> OrganizationRecord:
    values = OrganizationCreate(name="Observatory", slug=f"observatory-{secrets.token_hex(4)}")
    return (await create_organization(again(owner), values)).value


async def make_workspace(owner: Context, organization: OrganizationRecord) -> WorkspaceRecord:
    values = WorkspaceCreate(organization_id=organization["_id"], name="Telescopes", slug="telescopes")
    return (await create_workspace(again(owner), values)).value


@pytest.fixture
async def owner(people: People) -> Context:
    """A request of the person who owns `organization` and `workspace`."""
    return await people.register("owner")


@pytest.fixture
async def organization(owner: Context) -> OrganizationRecord:
    """An organization of `owner`."""
    return await make_organization(owner)


@pytest.fixture
async def workspace(owner: Context, organization: OrganizationRecord) -> WorkspaceRecord:
    """A workspace of `owner` in `organization`."""
    return await make_workspace(owner, organization)


@pytest.fixture
def join(people: People, owner: Context) -> Join:
    """`await join(workspace, "ada", Role.ADMIN)`: a request of a new person who has joined a workspace of `owner`."""

    return partial(let_join, people, owner)


async def let_join(
    people: People, owner: Context, workspace: WorkspaceRecord, name: str, role: Role = Role.MEMBER
) -> Context:
    """A request of a new person who has joined a workspace of `owner`."""
    person = await people.register(name)
    values = WorkspaceMemberInvite(email=people.email(person), role=role)
    invitation = (await invite_workspace_member(again(owner), workspace["_id"], values)).value
    await accept_invitation(again(person), invitation.token or "")
    return again(person)
