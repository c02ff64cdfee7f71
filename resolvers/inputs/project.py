"""Inputs of the operations on projects."""

from typing import Annotated

from pydantic import Field

from models import Project
from models.enums import Role
from models.errors import BadUserInput
from models.facts import CREATE, UPDATE
from resolvers.inputs.account import AnyEmail
from resolvers.inputs.organization import ProjectRole
from resolvers.inputs.template import TemplateKey
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, Name, NotNull, Slug, UserId, WorkspaceId


@fields_of(Project, CREATE)
class ProjectCreate(Input):
    """A new project.

    `template` is the key of a built-in template, or the id of one of the workspace.
    """

    workspace_id: WorkspaceId = Field(description="Where it belongs.")
    template: TemplateKey | None = Field(
        None, description="The template that it begins with: the `id` of one of `workspace.templates`."
    )
    board: Name | None = Field(
        None,
        description="The name of a scope that it begins with. Where the template is one of a board, the columns are "
        "that scope's.",
    )


@fields_of(Project, UPDATE)
class ProjectUpdate(Input):
    """What changes of a project.

    Only what is given changes; null clears what can be empty.
    """

    slug: Annotated[Slug | None, NotNull] = Field(
        None, description="The name in addresses, unique in the workspace, 2 to 60 characters."
    )


class ProjectMemberAdd(Input):
    """A member of the workspace, named by one of the two.

    One of the two names a member of the workspace.
    """

    email: AnyEmail | None = Field(None, description="The e-mail address of the account.")
    user_id: UserId | None = Field(None, description="The id of the user.")
    role: ProjectRole = Field(Role.MEMBER, description="ADMIN or MEMBER; MEMBER by default.")

    def one(self) -> dict[str, object]:
        """The filter that finds the user; raises BadUserInput unless exactly one of the two is given."""
        if (self.email is None) == (self.user_id is None):
            raise BadUserInput("give either email or userId", field="email")
        return {"_id": self.user_id} if self.user_id is not None else {"email": self.email}


class ProjectMemberUpdate(Input):
    """What changes of a member of a project."""

    role: ProjectRole = Field(description="ADMIN or MEMBER.")
