"""Events of a workspace itself and its members."""

import strawberry

from resolvers.user import user_of_member
from schema.events.base import ActorRef, Event, actor, carried, event
from schema.loading import edge
from schema.references import UserRef
from schema.workspace import Workspace, WorkspaceMember


@event("A workspace was created.")
class WorkspaceCreated(Event):
    actor: ActorRef = actor()
    workspace: Workspace = carried("The workspace as it was then.")


@event("A workspace changed.")
class WorkspaceUpdated(Event):
    actor: ActorRef = actor()
    workspace: Workspace = carried("The workspace as it was then.")


@event("A workspace was deleted with all it held.")
class WorkspaceDeleted(Event):
    actor: ActorRef = actor()
    workspace_id: strawberry.ID = carried("The id of the workspace.", key="deleted_id")


@event("Somebody became a member of a workspace.")
class WorkspaceMemberAdded(Event):
    actor: ActorRef = actor()
    member: WorkspaceMember = carried("The member.")


@event("What a member may do changed.")
class WorkspaceMemberUpdated(Event):
    actor: ActorRef = actor()
    member: WorkspaceMember = carried("The member as it was then.")


@event("Somebody is no member of a workspace any more.")
class WorkspaceMemberRemoved(Event):
    actor: ActorRef = actor()
    user_id: strawberry.ID = carried("The id of who left.")
    user: UserRef | None = edge(user_of_member, needs=("user_id",), description="Who left.")
