"""Inputs of the operations on projects."""

from models.errors import BadUserInput
from resolvers.inputs.base import Date, Description, Input, Name, UserId, WorkspaceId


class ProjectCreate(Input):
    """`template` names a project template; none are offered yet, so only null is taken."""

    workspace_id: WorkspaceId
    name: Name
    description: Description | None = None
    deadline: Date | None = None
    template: None = None


class ProjectUpdate(Input):
    """Only what is given changes; null clears `description` and `deadline`."""

    name: Name | None = None
    description: Description | None = None
    deadline: Date | None = None


class ProjectMemberAdd(Input):
    """One of the two names a member of the workspace."""

    email: str | None = None
    user_id: UserId | None = None

    def one(self) -> dict[str, object]:
        """The filter that finds the user; raises BadUserInput unless exactly one of the two is given."""
        if (self.email is None) == (self.user_id is None):
            raise BadUserInput("give either email or userId", field="email")
        return {"_id": self.user_id} if self.user_id is not None else {"email": str(self.email).strip().lower()}
