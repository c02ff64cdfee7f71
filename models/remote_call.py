"""Calls of tools of other servers, which a plugin names."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import RemoteCallState
from models.facts import Facts
from models.ids import Kind
from models.records import RemoteCallRecord

KEPT = timedelta(days=90)
"""How long the database keeps one."""


@kind(0xDF)
class RemoteCall(Stored[RemoteCallRecord]):
    """A call of a tool of a server that the plugin `plugin_id` names. What it asks for and what came of it are short.

    It is marked as sent before it is: whoever is to make it makes it once. It is due at `due_at`: to be made, or, once
    it was sent, to be given up, as whoever made it is gone. `told_id` is whom it concerns if nobody knows what became
    of it.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.REMOTE_CALL))
    workspace_id: PydanticObjectId
    plugin_id: PydanticObjectId
    server: Annotated[str, Facts("What the plugin is called whose server is asked.")]
    tool: Annotated[str, Facts("The tool, as its server calls it.")]
    arguments: Annotated[dict[str, Any], Facts("With what.")] = Field(default_factory=dict)
    state: Annotated[RemoteCallState, Facts("Where it stands.")] = RemoteCallState.QUEUED
    result: Annotated[str | None, Facts("What the server answered: text of others.")] = None
    error: Annotated[str | None, Facts("Why it failed, or is not known.")] = None
    mission_id: Annotated[PydanticObjectId | None, Facts("The mission that it came up in.", refers=Kind.MISSION)] = None
    created_by: Annotated[PydanticObjectId, Facts("Who asked for it.", refers=Kind.USER)]
    settled_by: Annotated[
        PydanticObjectId | None, Facts("Who has found out what became of it, where nobody knew.", refers=Kind.USER)
    ] = None
    told_id: PydanticObjectId
    due_at: datetime | None
    created_at: Annotated[datetime, Facts("When it was asked for.")] = Field(default_factory=utc_now)
    sent_at: Annotated[datetime | None, Facts("When it was made.")] = None
    finished_at: Annotated[datetime | None, Facts("When it was known what became of it.")] = None

    class Settings:
        name = "remote_calls"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("due_at", ASCENDING)]),
            IndexModel([("due_at", ASCENDING)]),
            IndexModel([("created_at", ASCENDING)], expireAfterSeconds=int(KEPT.total_seconds())),
        ]
