"""Events of workspaces and their members."""

from typing import Annotated

from models.records import WorkspaceMemberRecord, WorkspaceRecord
from realtime.events.base import Event, Id, Shown, Topic

WATCHED = (Topic.WORKSPACE,)


class WorkspaceCreated(Event):
    """A workspace was created."""

    workspace: Annotated[WorkspaceRecord, Shown("The workspace as it was then.")]


class WorkspaceUpdated(Event, topics=WATCHED):
    """A workspace changed."""

    workspace: Annotated[WorkspaceRecord, Shown("The workspace as it was then.")]


class WorkspaceDeleted(Event, topics=WATCHED):
    """A workspace was deleted with all it held."""

    deleted_id: Annotated[Id, Shown("The id of the workspace.", name="workspace_id")]


class WorkspaceRestored(Event, topics=WATCHED):
    """A workspace that was deleted is there again with all it held: what a client keeps of it is read anew."""

    workspace: Annotated[WorkspaceRecord, Shown("The workspace.")]


class WorkspaceMemberAdded(Event, topics=WATCHED):
    """Somebody became a member of a workspace."""

    member: Annotated[WorkspaceMemberRecord, Shown("The member.", of="WorkspaceMember")]


class WorkspaceMemberUpdated(Event, topics=WATCHED):
    """What a member may do changed."""

    member: Annotated[WorkspaceMemberRecord, Shown("The member as it was then.", of="WorkspaceMember")]


class WorkspaceMemberRemoved(Event, topics=WATCHED):
    """Somebody is no member of a workspace any more."""

    user_id: Annotated[Id, Shown("The id of who left.")]
