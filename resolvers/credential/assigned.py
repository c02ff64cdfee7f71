"""Which credential models are asked with: that of the card, else of its project, else of the organization."""

import asyncio
from collections.abc import Sequence

from bson import ObjectId

from auth.policies import credential as policy
from models import Card, Credential, Organization, Project
from models.base import AnyRecord, collection
from models.enums import TokenScope
from models.errors import NotFound
from models.records import (
    CardRecord,
    CredentialRecord,
    OrganizationMemberRecord,
    OrganizationRecord,
    ProjectRecord,
)
from realtime.events.organization import OrganizationUpdated
from realtime.log import Change, Committed
from resolvers.credential.credential import PEOPLES, READ
from resolvers.inputs.credential import CredentialAssign
from resolvers.kit.access import check_organization, organization_memberships, workspace_memberships
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import edge, operation
from resolvers.state.mission_wake import wake_waiting

ADMINISTER = TokenScope.ACCOUNT_WRITE


@operation("organizationCredentialSet", opens=ORGANIZATION, permission=policy.WRITE, scope=ADMINISTER, no_tool=PEOPLES)
async def set_default_credential(
    ctx: Context, membership: OrganizationMemberRecord, values: CredentialAssign
) -> Committed[OrganizationRecord]:
    """Say which credential models are asked with where a card and its project name none."""
    organization_id, wanted = membership["organization_id"], values.wanted

    async def body(change: Change) -> OrganizationRecord:
        await require_of_organization(change, organization_id, wanted)
        default = {"default_credential_id": wanted}
        organization, differs = await set_fields(change, Organization, organization_id, default)
        if differs:
            change.append(organization_id, OrganizationUpdated(organization=organization))
        return organization

    committed = await ctx.write(organization_id, body)
    await wake_waiting(organization_id)
    return committed


async def administered_organization(ctx: Context, workspace_id: ObjectId) -> ObjectId:
    """The organization of a workspace that was entered; raises Forbidden for whoever does not administer what it signs
    in with."""
    membership = (await workspace_memberships(ctx, [workspace_id]))[workspace_id]
    if membership is None:
        raise NotFound("Workspace")
    await check_organization(ctx, membership["organization_id"], policy.WRITE)
    return ObjectId(membership["organization_id"])


async def require_of_organization(change: Change, organization_id: ObjectId, credential_id: ObjectId | None) -> None:
    """Raise NotFound for a credential that the organization does not have."""
    if credential_id is None:
        return
    mine = {"_id": credential_id, "organization_id": organization_id}
    if await collection(Credential).find_one(mine, {"_id": 1}, session=change.session) is None:
        raise NotFound("Credential")


async def assigned_credentials(
    organization_id: ObjectId, project_id: ObjectId | None, card_id: ObjectId | None
) -> list[CredentialRecord]:
    """The credentials that models may be asked with for a card of a project of an organization: what is said of the
    card comes first. Those that are gone count for nothing."""
    card, project, organization = await asyncio.gather(
        collection(Card).find_one({"_id": card_id}, {"credential_id": 1}),
        collection(Project).find_one({"_id": project_id}, {"credential_id": 1}),
        collection(Organization).find_one({"_id": organization_id}, {"default_credential_id": 1}),
    )
    named = [
        None if card is None else card.get("credential_id"),
        None if project is None else project.get("credential_id"),
        None if organization is None else organization.get("default_credential_id"),
    ]
    found = await by_ids(Credential, named)
    return [
        found[credential_id]
        for credential_id in dict.fromkeys(named)
        if credential_id in found and found[credential_id]["organization_id"] == organization_id
    ]


@edge(scope=TokenScope.CREDENTIALS_READ, viewer=True)
async def credential_of(
    ctx: Context, parents: Sequence[CardRecord | ProjectRecord], fields: Fields
) -> list[CredentialRecord | None]:
    """The credential that is assigned to each; None for none, and for whoever does not administer it."""
    return await _assigned(ctx, parents, "credential_id", fields)


@edge(scope=TokenScope.CREDENTIALS_READ, viewer=True)
async def default_credential_of(
    ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields
) -> list[CredentialRecord | None]:
    """The default of each organization; None for none, and for whoever does not administer it."""
    return await _assigned(ctx, organizations, "default_credential_id", fields)


@edge(scope=READ)
async def is_default_of(ctx: Context, credentials: Sequence[CredentialRecord], fields: Fields = None) -> list[bool]:
    """Whether each is the default of its organization."""
    wanted = frozenset({"default_credential_id"})
    found = await by_ids(Organization, (credential["organization_id"] for credential in credentials), wanted)
    defaults = {organization.get("default_credential_id") for organization in found.values()}
    return [credential["_id"] in defaults for credential in credentials]


async def _assigned(
    ctx: Context, parents: Sequence[AnyRecord], key: str, fields: Fields
) -> list[CredentialRecord | None]:
    wanted = None if fields is None else fields | {"organization_id"}
    found = await by_ids(Credential, (parent.get(key) for parent in parents), wanted)
    memberships = await organization_memberships(ctx, (credential["organization_id"] for credential in found.values()))
    readable = {
        organization_id
        for organization_id, membership in memberships.items()
        if membership is not None and policy.READ.allows(membership["role"])
    }
    shown = {key: credential for key, credential in found.items() if credential["organization_id"] in readable}
    return [shown.get(parent.get(key)) for parent in parents]


__all__ = [
    "administered_organization",
    "assigned_credentials",
    "credential_of",
    "default_credential_of",
    "is_default_of",
    "require_of_organization",
    "set_default_credential",
]
