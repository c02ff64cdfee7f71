"""Inputs about projects."""

from datetime import datetime

import strawberry

from schema.inputs.base import given, required


@strawberry.input(description="A new project.")
class ProjectCreateInput:
    workspace_id: strawberry.ID = required("Where it belongs.")
    name: str = required("The name, 1 to 100 characters.")
    description: str | None = given("What it is about, at most 5,000 characters.")
    deadline: datetime | None = given("When it should be done.")
    template: str | None = given("The template that it begins with: the `id` of one of `workspace.templates`.")


@strawberry.input(description="What changes of a project.")
class ProjectUpdateInput:
    name: str | None = given("The name, 1 to 100 characters.")
    description: str | None = given("What it is about; null clears it.")
    deadline: datetime | None = given("When it should be done; null clears it.")


@strawberry.input(description="A member of the workspace, named by one of the two.")
class ProjectMemberAddInput:
    email: str | None = given("The e-mail address of the account.")
    user_id: strawberry.ID | None = given("The id of the user.")
