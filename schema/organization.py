"""Organizations and their members: the top of the tenancy."""

from datetime import datetime

import strawberry

import models
from models import billing
from models.enums import Role
from resolvers.billing.overview import billing_overviews_of
from resolvers.billing.plan import plans_of
from resolvers.credential.assigned import default_credential_of
from resolvers.organization import organization as edges
from resolvers.organization.kept import purged_at
from schema.billing_overview import BillingOverview
from schema.connection import Connection, window
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.references import CredentialRef, WorkspaceRef


@shows(billing.PlanLimits, "How much an organization may have of something; null is as much as there is.")
class PlanLimits:
    storage: float | None = strawberry.field(description="How many bytes all of its workspaces may store.")


@strawberry.type(description="What an operator offers organizations.")
class Plan:
    slug: str = strawberry.field(description="What it is called by.")
    name: str = strawberry.field(description="What it is called.")
    is_paid: bool = strawberry.field(description="Whether it is paid for.")
    cost: int | None = strawberry.field(
        description="What it comes to a month, in cents of a US dollar; null where the operator does not say it."
    )
    limits: PlanLimits = strawberry.field(description="How much it holds.")


@shows(billing.BillingSubscription, "What is paid for an organization.")
class BillingSubscription:
    pass


@shows(models.OrganizationMember, "A member of an organization.", without=("created_at",))
class OrganizationMember:
    joined_at: datetime = derived(lambda member: member["created_at"], needs=("created_at",), description="Since when.")


@shows(models.Organization, "An organization: people, and the workspaces that they share.")
class Organization(Node):
    limits: PlanLimits = derived(
        lambda organization: organization.get("limits") or {},
        needs=("limits",),
        description="How much it may have, since it took its plan.",
    )
    subscription: BillingSubscription | None = strawberry.field()
    plans: list[Plan] = edge(plans_of, description="The plans that it may be on.")
    my_role: Role = edge(edges.my_role_of, description="What the viewer may do in it.")
    members: Connection[OrganizationMember] = edge(
        edges.members_of, arguments=window, description="Its members, in the order of joining."
    )
    default_credential: CredentialRef | None = edge(
        default_credential_of,
        needs=("default_credential_id",),
        description="What models are asked with where a card and its project name none: for its admins.",
    )
    billing_overview: BillingOverview = edge(
        billing_overviews_of,
        description="What it is paid, and what its models cost: for its admins.",
    )
    default_workspace: WorkspaceRef | None = edge(
        edges.default_workspace_of,
        needs=("default_workspace_id",),
        description="The workspace that its new members join; null for none, and for whoever is not in it.",
    )


@strawberry.type(description="An organization that was deleted, and can be restored by whoever owned it.")
class DeletedOrganization:
    id: strawberry.ID = strawberry.field(description="The id.")
    name: str = strawberry.field(description="The name.")
    slug: str = strawberry.field(description="The name that it had in addresses, which may be taken by now.")
    deleted_at: datetime = strawberry.field(description="When it was deleted.")
    purged_at: datetime = derived(
        purged_at, needs=("deleted_at",), description="When it goes for good, with all it holds."
    )
