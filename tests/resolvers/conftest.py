"""People, tenants and services for the tests of operations, on the real embedded database.

Nothing is emptied between tests: every person, organization and workspace is new, so tests do not see each other's.
A Context is one request and remembers roles; `again` (lab.py) makes the next request of the same caller.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from auth.jwt import JwtSigner
from auth.subject import ANONYMOUS
from gateway.database import Database
from models import AutomationProgress, Fanout, Mail, Tombstone
from models.enums import Role
from models.ids import Kind, new_id
from models.records import OrganizationRecord, UserRecord, WorkspaceRecord
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import Change, EventLog
from resolvers.catalogue import CATALOGUE
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite
from resolvers.invitation.accept import accept_invitation
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.kit.context import Context, Services
from resolvers.organization.organization import create_organization, insert_organization
from resolvers.workspace.workspace import create_workspace, insert_workspace
from tests.conftest import empty
from tests.resolvers.lab import VAULT, People, again

assert CATALOGUE  # whole, as a gateway has it: with the gate that agents pass

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


@dataclass(frozen=True, slots=True)
class Tenant:
    """A person with an organization of theirs and its workspace."""

    owner: Context
    organization: OrganizationRecord
    workspace: WorkspaceRecord


async def make_tenant(people: People) -> Tenant:
    """All of a tenant in one change, since a thousand tests begin with it; as three operations would make it."""
    organization_id, workspace_id = new_id(Kind.ORGANIZATION), new_id(Kind.WORKSPACE)
    made: list[Any] = []

    async def also(change: Change, user: UserRecord) -> None:
        made[:] = [
            await insert_organization(
                change, organization_id, name="Observatory", slug=_slug("observatory"), owner_id=user["_id"]
            ),
            await insert_workspace(
                change,
                workspace_id,
                organization_id=organization_id,
                name="Telescopes",
                slug="telescopes",
                owner_id=user["_id"],
            ),
        ]

    owner = await people.register("owner", also)
    return Tenant(owner, *made)


def _slug(name: str) -> str:
    return f"{name}-{secrets.token_hex(4)}"


async def make_organization(owner: Context) -> OrganizationRecord:
    values = OrganizationCreate(name="Observatory", slug=_slug("observatory"))
    return (await create_organization(again(owner), values)).value


async def make_workspace(owner: Context, organization: OrganizationRecord) -> WorkspaceRecord:
    values = WorkspaceCreate(organization_id=organization["_id"], name="Telescopes", slug="telescopes")
    return (await create_workspace(again(owner), values)).value


@pytest.fixture
async def tenant(people: People) -> Tenant:
    """A new tenant."""
    return await make_tenant(people)


@pytest.fixture
def owner(tenant: Tenant) -> Context:
    """A request of the person who owns `organization` and `workspace`."""
    return tenant.owner


@pytest.fixture
def organization(tenant: Tenant) -> OrganizationRecord:
    """An organization of `owner`."""
    return tenant.organization


@pytest.fixture
def workspace(tenant: Tenant) -> WorkspaceRecord:
    """A workspace of `owner` in `organization`."""
    return tenant.workspace


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
