"""Things by their slugs, as addresses name them: tenants are found, and entered by their doors."""

import asyncio

from bson import ObjectId

from auth.policies import organization as organization_policy
from auth.policies import workspace as workspace_policy
from models import Agent, Organization, Project, Workspace
from models.base import collection
from models.errors import NotFound
from models.records import OrganizationMemberRecord, OrganizationRecord, WorkspaceMemberRecord, WorkspaceRecord
from resolvers.kit.access import check_organization, check_workspace, door_of, projection
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.position_note import note_entered, noted

INBOX = "inbox"
"""That of the project whose cards were filed without one (`resolvers.project.inbox`): no other project has it."""


async def organization_by_slug(
    ctx: Context, slug: str, fields: Fields = None
) -> tuple[OrganizationRecord, OrganizationMemberRecord]:
    """An organization, and the caller's membership of it; raises NotFound for what is not theirs."""
    found = await collection(Organization).find_one({"slug": slug}, projection(fields))
    membership = await check_organization(ctx, door_of(found), organization_policy.READ)
    if found is None:
        raise NotFound("Organization")
    return found, membership


async def workspace_by_slugs(
    ctx: Context, org_slug: str, slug: str, fields: Fields = None
) -> tuple[WorkspaceRecord, WorkspaceMemberRecord]:
    """A workspace of an organization, and the caller's membership of it; raises NotFound for what is not theirs."""
    inside = door_of(await collection(Organization).find_one({"slug": org_slug}, {"_id": 1}))
    query, known = {"organization_id": inside, "slug": slug}, noted(ctx)
    # Both are looked up at once; a non-member of the organization is refused first, whatever the workspace.
    _, found = await asyncio.gather(
        check_organization(ctx, inside, organization_policy.READ),
        collection(Workspace).find_one(query, projection(fields)),
    )
    if await note_entered(ctx, [door_of(found)], known):
        found = await collection(Workspace).find_one(query, projection(fields))
    membership = await check_workspace(ctx, door_of(found), workspace_policy.READ)
    if found is None:
        raise NotFound("Workspace")
    return found, membership


async def agent_by_slug(workspace_id: ObjectId, slug: str) -> ObjectId | None:
    """The agent that is called so in a workspace, whose door was passed; None where there is none."""
    there = {"workspace_id": workspace_id, "slug": slug, "deleted_at": None}
    found = await collection(Agent).find_one(there, {"_id": 1})
    return None if found is None else ObjectId(found["_id"])


async def project_by_slug(workspace_id: ObjectId, slug: str) -> ObjectId | None:
    """The project that is called so in a workspace, whose door was passed; None where there is none."""
    found = await collection(Project).find_one({"workspace_id": workspace_id, "slug": slug}, {"_id": 1})
    return None if found is None else ObjectId(found["_id"])
