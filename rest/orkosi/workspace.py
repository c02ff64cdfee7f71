"""Which workspace a request is about: its address says so, or its key, or else it is where the caller is at home."""

from bson import ObjectId

from auth.policies import workspace as policy
from models.records import WorkspaceMemberRecord
from resolvers.kit.access import check_workspace
from resolvers.kit.slugs import workspace_by_slugs
from resolvers.user.home import home
from rest.routing import Call


async def workspace_of(call: Call) -> ObjectId:
    """The request's workspace; raises NotFound for one that is not the caller's.

    Whatever is done there asks for the scope and the permission.
    """
    return ObjectId((await membership_of(call))["workspace_id"])


async def organization_of(call: Call) -> ObjectId:
    """The organization of the request's workspace."""
    return ObjectId((await membership_of(call))["organization_id"])


async def membership_of(call: Call) -> WorkspaceMemberRecord:
    """The caller's, of the request's workspace; raises NotFound for one that is not theirs."""
    if "wsSlug" in call.path:
        _, membership = await workspace_by_slugs(call.ctx, call.path["orgSlug"], call.path["wsSlug"], frozenset())
        return membership
    bound = call.ctx.subject.workspace_id
    return await home(call.ctx) if bound is None else await check_workspace(call.ctx, bound, policy.READ)
