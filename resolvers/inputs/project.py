"""Inputs of the operations on projects."""

from typing import Annotated

from models.errors import BadUserInput
from resolvers.inputs.account import AnyEmail
from resolvers.inputs.base import Date, Description, Input, Name, NotNull, Text, UserId, WorkspaceId


class ProjectCreate(Input):
    """`template` is the key of a built-in template, or the id of one of the workspace."""

    workspace_id: WorkspaceId
    name: Name
    description: Description | None = None
    deadline: Date | None = None
    template: Annotated[str, Text(1, 60)] | None = None


class ProjectUpdate(Input):
    """Only what is given changes; null clears `description` and `deadline`."""

    name: Annotated[Name | None, NotNull] = None
    description: Description | None = None
    deadline: Date | None = None


class ProjectMemberAdd(Input):
    """One of the two names a member of the workspace."""

    email: AnyEmail | None = None
    user_id: UserId | None = None

    def one(self) -> dict[str, object]:
        """The filter that finds the user; raises BadUserInput unless exactly one of the two is given."""
        if (self.email is None) == (self.user_id is None):
            raise BadUserInput("give either email or userId", field="email")
        return {"_id": self.user_id} if self.user_id is not None else {"email": self.email}
