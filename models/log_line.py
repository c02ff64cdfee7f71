"""Lines of the logs of agents, as their workspace reads them."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.facts import CREATE, SHOWN, Facts
from models.ids import Kind
from models.installation_enums import LogLevel
from models.limits import NAME, Text
from models.records import LogLineRecord

KEPT_SECONDS = 30 * 24 * 3600
MESSAGE = Text(1, 4_000, strip=False)


@kind(0xF7)
class LogLine(Stored[LogLineRecord]):
    """A line of the log of an agent: what the agent, or a program that runs it, says of what it does.

    Unlike an entry of the gateway's own log (`models.log_entry`) it is a text of its tenant. It goes after 30 days.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.LOG_LINE))
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that it belongs to.")]
    agent_name: Annotated[
        str,
        Facts(
            "Whose log it is of, by name.",
            SHOWN | CREATE,
            text=NAME,
            told={CREATE: "Whose log it is of: the slug of an agent, or what another program is called."},
        ),
    ]
    agent_id: Annotated[
        PydanticObjectId | None,
        Facts("The agent that was called so then; null where there was none.", refers=Kind.AGENT),
    ] = None
    level: Annotated[LogLevel, Facts("How much it matters.")] = LogLevel.INFO
    message: Annotated[str, Facts("What it says.", SHOWN | CREATE, text=MESSAGE)]
    meta: Annotated[dict[str, Any] | None, Facts("Details, as they were given.")] = None
    recorded_by: Annotated[PydanticObjectId, Facts("Who wrote it, whoever it is of.", refers=Kind.USER)]
    created_at: Annotated[datetime, Facts("When it was written.")] = Field(default_factory=utc_now)

    class Settings:
        name = "log_lines"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("agent_name", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("created_at", ASCENDING)], expireAfterSeconds=KEPT_SECONDS),
        ]
