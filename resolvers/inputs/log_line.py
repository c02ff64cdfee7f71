"""Inputs of the operations on the logs of agents, and of those on the files of the gateway's own."""

from typing import Annotated

from bson import ObjectId
from pydantic import Field

from models import LogLine
from models.facts import CREATE
from models.ids import Kind
from models.installation_enums import LogLevel
from models.limits import NAME, Text
from resolvers.inputs.activity import Metadata
from resolvers.inputs.installation import LOG_SIZE, MAX_LOG, MAX_SEARCH, Level
from resolvers.kit.fields import fields_of
from resolvers.kit.input import IdOf, Input, WorkspaceId


@fields_of(LogLine, CREATE)
class LogLineCreate(Input):
    """A line of the log of an agent."""

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")
    level: Level = Field(LogLevel.INFO, description="How much it matters; INFO by default.")
    meta: Metadata | None = Field(None, description="Details as JSON, at most 10,000 bytes.")


class LogFileSearch(Input):
    """Which lines of a log: those of a level, with a part of their message."""

    level: Level | None = Field(None, description="Those of one level.")
    search: Annotated[str, Text(0, MAX_SEARCH)] = Field("", description="A part of the message.")
    limit: int = Field(LOG_SIZE, ge=1, le=MAX_LOG, description="How many to return, 100 by default, at most 500.")


class LogLineList(LogFileSearch):
    """Which lines of the logs of agents to list."""

    agent_name: Annotated[str, NAME] | None = Field(None, description="Those of the log of that name alone.")
    before: Annotated[ObjectId, IdOf(Kind.LOG_LINE)] | None = Field(
        None, description="The id of a line: those before it."
    )
