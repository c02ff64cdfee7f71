"""Inputs about organizations, workspaces and their members."""

import strawberry

from schema.enums import PilotageRole, Role
from schema.inputs.base import given, required


@strawberry.input(description="A new organization.")
class OrganizationCreateInput:
    name: str = required("The name, 1 to 100 characters.")
    slug: str = required("The name in addresses: 2 to 60 of a-z, 0-9 and -; unique in this installation.")


@strawberry.input(description="What changes of an organization.")
class OrganizationUpdateInput:
    name: str | None = given("The name, 1 to 100 characters.")
    slug: str | None = given("The name in addresses.")


@strawberry.input(description="A new member of an organization.")
class OrganizationMemberAddInput:
    email: str = required("The e-mail address of an account.")
    role: Role = required("ADMIN or MEMBER.")


@strawberry.input(description="What changes of a member.")
class OrganizationMemberUpdateInput:
    role: Role = required("ADMIN or MEMBER.")


@strawberry.input(description="A new workspace.")
class WorkspaceCreateInput:
    organization_id: strawberry.ID = required("The organization that it is part of.")
    name: str = required("The name, 1 to 100 characters.")
    slug: str = required("The name in addresses: 2 to 60 of a-z, 0-9 and -; unique in the organization.")


@strawberry.input(description="What changes of a workspace.")
class WorkspaceUpdateInput:
    name: str | None = given("The name, 1 to 100 characters.")
    slug: str | None = given("The name in addresses.")


@strawberry.input(description="An invitation to a workspace.")
class WorkspaceMemberInviteInput:
    email: str = required("The e-mail address that the invitation is for.")
    role: Role | None = given("ADMIN or MEMBER; MEMBER by default.")


@strawberry.input(description="What changes of a member.")
class WorkspaceMemberUpdateInput:
    role: Role | None = given("ADMIN or MEMBER.")
    pilotage_role: PilotageRole | None = given("What the member may do in the cockpit.")
