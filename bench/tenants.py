"""People, workspaces and running missions for a crowd, written straight into the database."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from beanie import Document, init_beanie
from bson import ObjectId
from pymongo import AsyncMongoClient

from auth.jwt import JwtSigner
from auth.secrets import SHOWN_PREFIX_LENGTH, hash_secret, new_token
from gateway.migrations import Logged, is_new, migrate
from models import (
    DOCUMENTS,
    Agent,
    ApiToken,
    Mission,
    Organization,
    OrganizationMember,
    Project,
    Session,
    User,
    Workspace,
    WorkspaceMember,
)
from models.base import Record, to_record, utc_now
from models.enums import MissionStatus, PilotageRole, Role, TokenScope

DAY = timedelta(days=1)
PORTION = 2_000
SCOPES = [TokenScope.PROJECTS_READ, TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE]


@dataclass(frozen=True)
class Place:
    """A workspace with an agent's mission under way in a project; `agent` is the text of the agent's token."""

    workspace: str
    mission: str
    agent: str
    project: str


@dataclass(frozen=True)
class Tenants:
    """Members of every place, by the JWTs they are signed in with."""

    tokens: list[str]
    places: list[Place]


async def settle(url: str, secret_key: str, people: int, places: int) -> Tenants:
    """An organization with some people, all of them members of each of its workspaces."""
    mark = secrets.token_hex(3)
    now = utc_now()
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        database = client.get_default_database()
        await init_beanie(database=database, document_models=list(DOCUMENTS), skip_indexes=True)
        # A gateway that starts later does not migrate a database that has people in it already.
        await migrate(database, Logged(new=await is_new()))
        users = [User(email=f"member-{number}-{mark}@example.com", name=f"Member {number}") for number in range(people)]
        sessions = [
            Session(user_id=_id(user), secret_hash=hash_secret(mark), csrf_token=mark, expires_at=now + DAY)
            for user in users
        ]
        owner = _id(users[0])
        organization = Organization(name="Crowd", slug=f"crowd-{mark}", owner_id=owner)
        belonging = [
            OrganizationMember(organization_id=_id(organization), user_id=_id(user), role=_role(_id(user), owner))
            for user in users
        ]
        documents: list[Document] = [*users, *sessions, organization, *belonging]
        ids = [_id(user) for user in users]
        made = [_place(documents, _id(organization), ids, number) for number in range(places)]
        await _insert(database, documents)
    signer = JwtSigner(secret_key)
    pairs = zip(users, sessions, strict=True)
    tokens = [signer.sign(_id(u), _id(s), issued_at=now, expires_at=now + DAY) for u, s in pairs]
    return Tenants(tokens, made)


def _place(documents: list[Document], organization: ObjectId, people: Sequence[ObjectId], number: int) -> Place:
    owner, token = people[0], new_token()
    service = User(email=f"agent-{secrets.token_hex(8)}@example.com", name="Atlas", is_agent=True)
    workspace = Workspace(organization_id=organization, owner_id=owner, name=f"W{number}", slug=f"w-{number}")
    agent = Agent(workspace_id=_id(workspace), user_id=_id(service), name="Atlas", slug="atlas")
    project = Project(workspace_id=_id(workspace), name="Telescope")
    mission = Mission(
        workspace_id=_id(workspace),
        project_id=_id(project),
        agent_id=_id(agent),
        prompt="Polish the lens",
        status=MissionStatus.RUNNING,
        created_by=owner,
    )
    members = [
        WorkspaceMember(
            workspace_id=_id(workspace),
            organization_id=organization,
            user_id=user,
            role=_role(user, owner),
            pilotage_role=PilotageRole.OWNER,
        )
        for user in [*people, _id(service)]
    ]
    known = ApiToken(
        user_id=_id(service),
        name="Atlas",
        prefix=token[:SHOWN_PREFIX_LENGTH],
        secret_hash=hash_secret(token),
        scopes=SCOPES,
        agent_id=_id(agent),
        workspace_id=_id(workspace),
    )
    documents += [service, workspace, project, agent, mission, *members, known]
    return Place(str(workspace.id), str(mission.id), token, str(project.id))


def _role(user: ObjectId, owner: ObjectId) -> Role:
    return Role.OWNER if user == owner else Role.MEMBER


def _id(document: Any) -> ObjectId:
    return ObjectId(document.id)


async def _insert(database: Any, documents: Sequence[Document]) -> None:
    groups: dict[str, list[Record]] = {}
    for one in documents:
        groups.setdefault(one.get_collection_name(), []).append(to_record(one))
    for name, records in groups.items():
        for start in range(0, len(records), PORTION):
            await database[name].insert_many(records[start : start + PORTION])
