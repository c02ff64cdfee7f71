"""Organizations and their members: the top of the tenancy."""

from datetime import datetime
from typing import Annotated

import strawberry

import models
from models import billing
from models.enums import Role
from resolvers.billing.overview import billing_overviews_of
from resolvers.billing.plan import plans_of
from resolvers.budget.budget import budgets_of_organization
from resolvers.credential.assigned import default_credential_of
from resolvers.credential.credential import credentials_of
from resolvers.invitation.organization_invitation import invitations_of
from resolvers.organization import organization as edges
from resolvers.organization.kept import purged_at
from resolvers.team.team import teams_of
from resolvers.wallet.wallet import wallets_of_organizations
from schema.billing_overview import BillingOverview
from schema.connection import Connection, window, window_of
from schema.fields import shows
from schema.filters import TeamFilter
from schema.invitation import Invitation
from schema.loading import derived, edge
from schema.node import Node
from schema.references import BudgetRef, CredentialRef, TeamRef, WalletRef, WorkspaceRef

Slug = Annotated[str, strawberry.argument(description="The slug.")]

teams_window = window_of(TeamFilter)


def by_slug(slug: Slug) -> None:
    """The arguments of a field that finds a child by its slug."""


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
    teams: Connection[TeamRef] = edge(teams_of, arguments=teams_window, description="Its teams, oldest first.")
    credentials: list[CredentialRef] = edge(
        credentials_of, description="Its credentials by their keys, without what they hold: for its admins."
    )
    default_credential: CredentialRef | None = edge(
        default_credential_of,
        needs=("default_credential_id",),
        description="What models are asked with where a card and its project name none: for its admins.",
    )
    budgets: Connection[BudgetRef] = edge(
        budgets_of_organization,
        arguments=window,
        description="The budgets of it and of all that is in it, oldest first: for its admins.",
    )
    billing_overview: BillingOverview = edge(
        billing_overviews_of,
        description="What it is paid, and what its models cost: for its admins.",
    )
    wallet: WalletRef = edge(wallets_of_organizations, description="The tokens that it has left.")
    default_workspace: WorkspaceRef | None = edge(
        edges.default_workspace_of,
        needs=("default_workspace_id",),
        description="The workspace that its new members join; null for none, and for whoever is not in it.",
    )
    invitations: Connection[Invitation] = edge(
        invitations_of,
        arguments=window,
        description="Invitations to it that were not accepted, oldest first: for those who may invite.",
    )
    workspaces: Connection[WorkspaceRef] = edge(
        edges.workspaces_of, arguments=window, description="Its workspaces that the viewer is a member of."
    )
    workspace: WorkspaceRef | None = edge(
        edges.workspace_of,
        arguments=by_slug,
        description="The workspace with a slug; null where there is none that the viewer is a member of.",
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
