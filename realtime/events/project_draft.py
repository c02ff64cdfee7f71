"""Events of drafts of projects."""

from typing import Annotated

from models.records import ProjectDraftRecord
from realtime.events.base import Event, Id, Shown, Topic


class ProjectDraftEvent(Event, topics=(Topic.WORKSPACE,), abstract=True):
    """An event about a draft."""


class ProjectDraftCreated(ProjectDraftEvent):
    """A draft of a project was begun."""

    project_draft: Annotated[ProjectDraftRecord, Shown("The draft; its long parts are as they are now.")]


class ProjectDraftUpdated(ProjectDraftEvent):
    """A draft changed: by hand, by answers, by its planner, or as it became a project."""

    project_draft: Annotated[ProjectDraftRecord, Shown("The draft; its long parts are as they are now.")]


class ProjectDraftDeleted(ProjectDraftEvent):
    """A draft was deleted; the project that it became stays."""

    deleted_id: Annotated[Id, Shown("The id of the draft.", name="project_draft_id")]
