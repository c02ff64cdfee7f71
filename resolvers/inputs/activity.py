"""Inputs of the operations on activities: notices, and what is recorded."""

from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.enums import ActorType, NoticeLevel
from models.errors import BadUserInput
from models.json import check_json
from models.limits import MARKDOWN, TITLE, Text
from resolvers.kit.input import AnyId, Input, Prose, WorkspaceId

MAX_METADATA = 10_000
"""Bytes as JSON."""


def _link(text: str) -> str:
    """An address of this server, or one that begins with http(s): nothing that a click would run."""
    try:
        parts = urlsplit(text)
        told = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        told = False
    is_here = text.startswith("/") and not text.startswith(("//", "/\\"))
    if not (told or is_here) or any(character.isspace() or character == "\\" for character in text):
        raise PydanticCustomError("link", "must be an http(s) address, or a path that begins with one /")
    return text


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    try:
        check_json(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("json", "{reason}", {"reason": error.message}) from error
    if len(orjson.dumps(value)) > MAX_METADATA:
        raise PydanticCustomError("json", f"must have at most {MAX_METADATA:,} bytes as JSON")
    return value


Level = Annotated[NoticeLevel, WithJsonSchema({"type": "string", "enum": list(NoticeLevel)})]
Actor = Annotated[ActorType, WithJsonSchema({"type": "string", "enum": list(ActorType)})]
Message = Annotated[str, MARKDOWN, Prose]
Source = Annotated[str, Text(1, 100)]
Link = Annotated[str, Text(1, 2_000), AfterValidator(_link)]
Action = Annotated[str, Text(1, 100)]
EntityType = Annotated[str, Text(1, 100)]
EntityId = Annotated[str, Text(1, 200)]
Metadata = Annotated[dict[str, Any], AfterValidator(_metadata)]


class NoticeCreate(Input):
    """A notice.

    A notice to all people of a workspace.
    """

    workspace_id: WorkspaceId = Field(description="The workspace whose people it is for.")
    title: Annotated[str, TITLE] = Field(description="What it is about, 1 to 500 characters.")
    message: Message = Field(description="What it says, as Markdown, at most 5,000 characters.")
    level: Level = Field(NoticeLevel.INFO, description="How much it matters; INFO by default.")
    source: Source | None = Field(None, description="What it comes from, 1 to 100 characters.")
    link: Link | None = Field(None, description="Where it leads: an http(s) address, or a path on this server.")


class ActivityCreate(Input):
    """What happened.

    What happened elsewhere, or what nothing here tells by itself.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that it happened in.")
    actor_type: Actor = Field(description="Who did it: the caller (USER), an agent of the workspace, or nobody.")
    actor_id: AnyId | None = Field(
        None, description="The id of the agent, or of its user; of the caller, who may be left out; null for SYSTEM."
    )
    action: Action = Field(description="What happened, 1 to 100 characters, such as `deploy.finished`.")
    entity_type: EntityType | None = Field(None, description="What kind of thing it happened to.")
    entity_id: EntityId | None = Field(None, description="Which one that is.")
    metadata: Metadata | None = Field(None, description="Details as JSON, at most 10,000 bytes.")
