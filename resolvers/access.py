"""The one door to an object: it exists, the caller is a member of its tenant, and the member's role allows it.

Whoever is no member of the tenant gets the answer of something that does not exist.
"""

from collections.abc import Iterable

from beanie import Document
from bson import ObjectId

from auth.policies.permission import Permission
from models import OrganizationMember, WorkspaceMember
from models.base import Record, collection
from models.errors import NotFound
from models.ids import Kind, parse_id
from resolvers.context import Context

Fields = frozenset[str] | None
"""The record fields that a read needs; None for all of them."""


def projection(fields: Fields, *always: str) -> dict[str, int] | None:
    """The PyMongo projection for `fields`, with what the caller needs in any case."""
    return None if fields is None else dict.fromkeys(["_id", *fields, *always], 1)


async def access(
    ctx: Context,
    model: type[Document],
    kind: Kind,
    object_id: ObjectId | str,
    permission: Permission,
    *,
    field: str = "id",
    fields: Fields = None,
) -> Record:
    """The record of an object below a workspace.

    Raises BadUserInput for what is no id of `kind`, NotFound where it does not exist or its workspace is not the
    caller's, Forbidden where the caller's role does not suffice.
    """
    noun = kind.name.capitalize().replace("_", " ")
    found = await collection(model).find_one(
        {"_id": parse_id(object_id, kind, field=field)}, projection(fields, "workspace_id")
    )
    if found is None:
        raise NotFound(noun)
    await check_workspace(ctx, found["workspace_id"], permission, noun=noun)
    return found


async def check_workspace(
    ctx: Context, workspace_id: ObjectId, permission: Permission, *, noun: str = "Workspace"
) -> Record:
    """The caller's membership of a workspace; raises NotFound without one, Forbidden without the role."""
    membership = await workspace_membership(ctx, workspace_id)
    if membership is None:
        raise NotFound(noun)
    return _allow(membership, permission, "workspace")


async def check_organization(ctx: Context, organization_id: ObjectId, permission: Permission) -> Record:
    """The caller's membership of an organization; raises NotFound without one, Forbidden without the role."""
    if organization_id not in ctx.memberships:
        ctx.memberships[organization_id] = await collection(OrganizationMember).find_one(
            {"organization_id": organization_id, "user_id": ctx.user_id}
        )
    membership = ctx.memberships[organization_id]
    if membership is None:
        raise NotFound("Organization")
    return _allow(membership, permission, "organization")


async def workspace_membership(ctx: Context, workspace_id: ObjectId) -> Record | None:
    """The caller's membership of a workspace, looked up once per request."""
    return (await workspace_memberships(ctx, [workspace_id]))[workspace_id]


async def workspace_memberships(ctx: Context, workspace_ids: Iterable[ObjectId]) -> dict[ObjectId, Record | None]:
    """The caller's memberships of several workspaces, in one query at most. An agent's token sees its own alone."""
    wanted = set(workspace_ids)
    unknown = [one for one in wanted if one not in ctx.memberships]
    if unknown:
        bound = ctx.subject.workspace_id
        found = collection(WorkspaceMember).find(
            {"workspace_id": {"$in": [one for one in unknown if bound in (None, one)]}, "user_id": ctx.user_id}
        )
        by_workspace = {membership["workspace_id"]: membership async for membership in found}
        # All at once and only now: fields of one request are resolved side by side.
        ctx.memberships.update({one: by_workspace.get(one) for one in unknown})
    return {one: ctx.memberships[one] for one in wanted}


def _allow(membership: Record, permission: Permission, tenant: str) -> Record:
    refusal = permission.refusal(membership["role"], tenant, membership.get("pilotage_role"))
    if refusal is not None:
        raise refusal
    return membership
