"""The operations without a gateway: over the data folder itself, or the database that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bson import ObjectId

from auth.jwt import JwtSigner
from auth.subject import ALL_SCOPES, Credential, Subject
from auth.vault import Vault
from gateway.database import open_database
from gateway.settings import Settings
from models import Organization, User, Workspace
from models.address import known_address
from models.base import collection
from models.errors import NotFound
from models.outbound import Outbound
from models.records import WorkspaceRecord
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.kit.context import Context, Services


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """What the operations work with, for as long as the block runs.

    Raises `DatabaseError`, also where a running gateway owns the data folder.
    """
    async with open_database(settings) as database:
        hub = Hub(EventLog(database.client, transactions=database.transactions), settings.bus)
        await hub.start()
        try:
            yield Services(
                hub=hub,
                guard=Guard(),  # nothing stays open here: it need not run
                signer=JwtSigner(settings.secret_key),
                session_lifetime=settings.jwt_expires_in,
                base_url=settings.base_url,
                shows_links=settings.smtp is None,
                require_verified_email=settings.require_verified_email,
                storage_quota=settings.storage_quota,
                outbound=Outbound(settings.allowed_private_hosts),
                vault=Vault(settings.vault_keys),
            )
        finally:
            await hub.stop()


async def find_workspace(org_slug: str, slug: str) -> WorkspaceRecord:
    """A workspace by its two slugs, whoever asks: whoever may read the data folder may read all of it."""
    organization = await collection(Organization).find_one({"slug": org_slug}, {"_id": 1})
    if organization is None:
        raise NotFound(f"The organization {org_slug}")
    found = await collection(Workspace).find_one({"organization_id": organization["_id"], "slug": slug})
    if found is None:
        raise NotFound(f"The workspace {org_slug}/{slug}")
    return found


async def act_as(services: Services, email: str) -> Context:
    """A context of the person with an address, as if signed in. Raises NotFound."""
    user = await collection(User).find_one({"email": known_address(email)}, {"_id": 1, "is_agent": 1})
    if user is None or user.get("is_agent"):
        raise NotFound(f"The account {email}")
    return acting(services, user["_id"])


async def act_as_owner(services: Services, workspace: WorkspaceRecord) -> Context:
    """A context of the owner of a workspace."""
    return acting(services, workspace["owner_id"])


def acting(services: Services, user_id: ObjectId) -> Context:
    return Context(Subject(user_id=user_id, credential=Credential.SESSION, scopes=ALL_SCOPES), services)
