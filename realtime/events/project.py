"""Events of projects and their members."""

from typing import Annotated

from models.records import ProjectMemberRecord, ProjectRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown, Topic


class ProjectCreated(Event, topics=(Topic.WORKSPACE,)):
    """A project was created."""

    project: Annotated[ProjectRecord, Shown("The project as it was then.")]


class ProjectUpdated(Event, topics=IN_PROJECT):
    """A project changed."""

    project: Annotated[ProjectRecord, Shown("The project as it was then.")]


class ProjectDeleted(Event, topics=IN_PROJECT):
    """A project was deleted with all it held."""

    deleted_id: Annotated[Id, Shown("The id of the project.", name="project_id")]


class ProjectMemberAdded(Event, topics=IN_PROJECT):
    """Somebody became a member of a project."""

    member: Annotated[ProjectMemberRecord, Shown("The member.", of="ProjectMember")]
    project_id: Annotated[Id | None, Shown("The id of the project.")] = None


class ProjectMemberUpdated(Event, topics=IN_PROJECT):
    """What a member of a project may do has changed."""

    member: Annotated[ProjectMemberRecord, Shown("The member.", of="ProjectMember")]
    project_id: Annotated[Id | None, Shown("The id of the project.")] = None


class ProjectMemberRemoved(Event, topics=IN_PROJECT):
    """Somebody is no member of a project any more."""

    user_id: Annotated[Id, Shown("The id of who left.")]
    project_id: Annotated[Id | None, Shown("The id of the project.")] = None
