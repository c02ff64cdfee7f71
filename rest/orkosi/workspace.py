"""Which workspace a request is about: its address says so, or its key, or else it is where the caller is at home."""

from typing import Annotated

from bson import ObjectId

from auth.policies import workspace as policy
from models.errors import NotFound
from models.ids import Kind
from models.records import WorkspaceMemberRecord
from resolvers.kit.access import check_workspace
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.numbered import numbers_of
from resolvers.kit.slugs import workspace_by_slugs
from resolvers.user.home import home
from rest.orkosi.ids import NumberOrId
from rest.routing import Call

OrganizationRef = Annotated[int | ObjectId, NumberOrId(Kind.ORGANIZATION)]
"""How a body or a query names an organization."""


async def workspace_of(call: Call) -> ObjectId:
    """The request's workspace; raises NotFound for one that is not the caller's.

    Whatever is done there asks for the scope and the permission.
    """
    return ObjectId((await membership_of(call))["workspace_id"])


async def organization_of(call: Call) -> ObjectId:
    """The organization of the request's workspace."""
    return ObjectId((await membership_of(call))["organization_id"])


async def require_organization(call: Call, value: int | ObjectId | None) -> None:
    """Raise NotFound where a request names an organization, by its number or its id, that it is not about."""
    if value is None:
        return
    organization_id = await organization_of(call)
    numbers = {} if isinstance(value, ObjectId) else await numbers_of(ORGANIZATION, [organization_id])
    if value not in (organization_id, numbers.get(organization_id)):
        raise NotFound(ORGANIZATION.title)


async def membership_of(call: Call) -> WorkspaceMemberRecord:
    """The caller's, of the request's workspace; raises NotFound for one that is not theirs."""
    if "wsSlug" in call.path:
        _, membership = await workspace_by_slugs(call.ctx, call.path["orgSlug"], call.path["wsSlug"], frozenset())
        return membership
    bound = call.ctx.subject.workspace_id
    return await home(call.ctx) if bound is None else await check_workspace(call.ctx, bound, policy.READ)
