"""Which organization a request is about that names no project."""

from collections.abc import Sequence

from bson import ObjectId

from models.errors import NotFound
from models.ids import Kind, parse_id
from models.records import WorkspaceRecord
from resolvers.kit.input import Input, OrganizationId
from resolvers.organization.organization import list_organizations
from resolvers.workspace.workspace import list_workspaces
from rest.routing import Call

HEADER = "x-organization-id"


class OrganizationQuery(Input):
    """Which organization; by default that of the header `X-Organization-Id`, or else the caller's own."""

    organization_id: OrganizationId | None = None


def named(call: Call, given: ObjectId | None) -> ObjectId | None:
    """The organization that a request names by a field, or by its header."""
    if given is not None or (sent := call.headers.get(HEADER)) is None:
        return given
    return parse_id(sent, Kind.ORGANIZATION, field="X-Organization-Id")


async def organization_of_call(call: Call, given: ObjectId | None) -> ObjectId:
    """The request's organization: the one that is named, else the caller's own; raises NotFound for one without any."""
    organization_id = named(call, given)
    if organization_id is not None:
        return organization_id
    mine = (await list_organizations(call.ctx)).nodes
    if not mine:
        raise NotFound("Organization")
    return ObjectId(mine[0]["_id"])


async def workspace_of_call(call: Call, given: ObjectId | None) -> ObjectId:
    """The workspace that new projects of the request's organization go to: the oldest that the caller is in.

    Raises NotFound for an organization that is not the caller's, and where they are in no workspace of it.
    """
    workspaces = await workspaces_in(call, await organization_of_call(call, given))
    return ObjectId(min(workspace["_id"] for workspace in workspaces))


async def workspaces_in(call: Call, organization_id: ObjectId) -> Sequence[WorkspaceRecord]:
    """The workspaces of an organization that the caller is in. Raises NotFound where there is none."""
    if found := await list_workspaces(call.ctx, organization_id):
        return found
    raise NotFound("Workspace")
