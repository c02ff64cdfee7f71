"""The files of a workspace."""

import models
from resolvers.workspace_file.workspace_file import contents_of
from schema.fields import shows
from schema.loading import edge
from schema.node import Node


@shows(models.WorkspaceFile, "A text that a workspace keeps by a path.")
class WorkspaceFile(Node):
    content: str | None = edge(
        contents_of,
        needs=("size",),
        description="The text as it is today; null, in an event of the past, once it is deleted.",
    )
