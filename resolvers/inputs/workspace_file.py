"""Inputs of the operations on the files of a workspace."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from models.limits import NAME, Text
from resolvers.kit.input import Input, NotNull, WorkspaceId
from resolvers.words.query import MAX_QUERY

MAX_FILES = 3_000
"""Of one workspace: an agent that is set up has three, and there may be 500."""
MAX_TEXT = 1024 * 1024
"""Bytes of the text of one file."""
MAX_PATH = 500


def normal_path(path: str) -> str:
    """The one way to write a path: / between segments, none at the ends, no segment that means another one.

    Raises for one that leads out of the workspace, or nowhere.
    """
    segments = [segment for segment in path.replace("\\", "/").split("/") if segment not in ("", ".")]
    if not segments or ".." in segments:
        raise PydanticCustomError("path", "must be the path of a file, without ..")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        raise PydanticCustomError("path", "must have no control characters")
    return "/".join(segments)


def _of_size(text: str) -> str:
    if len(text.encode()) > MAX_TEXT:
        raise PydanticCustomError("size", "must have at most 1 MiB in UTF-8")
    return text


Path = Annotated[str, Text(1, MAX_PATH), AfterValidator(normal_path)]
Word = Annotated[str, NAME]
FileText = Annotated[str, Text(0, MAX_TEXT, strip=False), AfterValidator(_of_size)]


class WorkspaceFileWrite(Input):
    """What a file of a workspace is to be: one that stands at the path already keeps what is not given."""

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")
    path: Path = Field(description="Where it stands, with / between segments, 1 to 500 characters.")
    name: Annotated[Word | None, NotNull] = Field(
        None, description="What it is called, 1 to 100 characters; by itself, the end of the path."
    )
    file_type: Word | None = Field(
        None, description="What it holds, in a word of at most 100 characters; by itself, how the path ends."
    )
    category: Word | None = Field(None, description="What it is about, in a word of at most 100 characters.")
    content: Annotated[FileText | None, NotNull] = Field(
        None, description="The text, at most 1 MiB; by itself, that of a new file is empty."
    )


class WorkspaceFileSearch(Input):
    """Which files of a workspace are searched for."""

    query: Annotated[str, Text(1, MAX_QUERY)] | None = Field(
        None,
        description=f"Words, or their beginnings, that all stand in the path or in the text; at most {MAX_QUERY} "
        "characters. Without it, all files.",
    )
    category: Word | None = Field(None, description="Those of this category alone.")
    folder: Word | None = Field(None, description="Those alone whose path begins with this segment.")
    ending: Word | None = Field(None, description="Those alone whose path ends with it, after the last dot.")
