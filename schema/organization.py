"""Organizations and their members: the top of the tenancy."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers.tenancy import organization as edges
from resolvers.user.user import user_of_member
from schema.connection import Connection, window
from schema.enums import Role
from schema.loading import derived, edge
from schema.node import Node
from schema.references import UserRef, WorkspaceRef

Slug = Annotated[str, strawberry.argument(description="The slug.")]


def by_slug(slug: Slug) -> None:
    """The arguments of a field that finds a child by its slug."""


@strawberry.type(description="A member of an organization.")
class OrganizationMember:
    user: UserRef = edge(user_of_member, needs=("user_id",), description="Who it is.")
    role: Role = strawberry.field(description="What the member may do.")
    joined_at: datetime = derived(lambda member: member["created_at"], needs=("created_at",), description="Since when.")


@strawberry.type(description="An organization: people, and the workspaces that they share.")
class Organization(Node):
    name: str = strawberry.field(description="The name.")
    slug: str = strawberry.field(description="The name in addresses, unique in this installation.")
    owner: UserRef = edge(edges.owner_of, needs=("owner_id",), description="Whom it belongs to.")
    my_role: Role = edge(edges.my_role_of, description="What the viewer may do in it.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    members: Connection[OrganizationMember] = edge(
        edges.members_of, arguments=window, description="Its members, in the order of joining."
    )
    workspaces: Connection[WorkspaceRef] = edge(
        edges.workspaces_of, arguments=window, description="Its workspaces that the viewer is a member of."
    )
    workspace: WorkspaceRef | None = edge(
        edges.workspace_of,
        arguments=by_slug,
        description="The workspace with a slug; null where there is none that the viewer is a member of.",
    )
