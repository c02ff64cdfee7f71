"""The files of a workspace."""

import models
from resolvers.workspace_file.workspace_file import contents_of, files_of_workspace
from schema.connection import Connection, window_of
from schema.extension import extends
from schema.fields import shows
from schema.filters import WorkspaceFileFilter
from schema.loading import edge
from schema.node import Node
from schema.references import WorkspaceRef


@shows(models.WorkspaceFile, "A text that a workspace keeps by a path.")
class WorkspaceFile(Node):
    content: str | None = edge(
        contents_of,
        needs=("size",),
        description="The text as it is today; null, in an event of the past, once it is deleted.",
    )


@extends(WorkspaceRef, after="changelog_summary")
class OfWorkspace:
    files: Connection[WorkspaceFile] = edge(
        files_of_workspace, arguments=window_of(WorkspaceFileFilter), description="Its files, by path; 1,000 at most."
    )
