"""Events of the files of a workspace. They carry no text: it is read as it is today."""

from typing import Annotated

from models.records import WorkspaceFileRecord
from realtime.events.base import Event, Id, Shown, Topic


class WorkspaceFileEvent(Event, topics=(Topic.WORKSPACE,), abstract=True):
    """An event about a file of a workspace."""


class WorkspaceFileCreated(WorkspaceFileEvent):
    """A file of a workspace was written for the first time."""

    workspace_file: Annotated[WorkspaceFileRecord, Shown("The file as it was then; its text as it is today.")]


class WorkspaceFileUpdated(WorkspaceFileEvent):
    """A file of a workspace changed, or its text did."""

    workspace_file: Annotated[WorkspaceFileRecord, Shown("The file as it was then; its text as it is today.")]


class WorkspaceFileDeleted(WorkspaceFileEvent):
    """A file of a workspace was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the file.", name="workspace_file_id")]
