"""What the gateway says of itself, kept for whoever runs it."""

from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind
from models.facts import Facts
from models.ids import Kind
from models.installation_enums import LogLevel
from models.records import LogEntryRecord

KEPT_SECONDS = 30 * 24 * 3600


@kind(0xDE)
class LogEntry(Stored[LogEntryRecord]):
    """A line of the log of a gateway, which holds no secret and no text of a tenant (`gateway.log_text`)."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.LOG_ENTRY))
    level: Annotated[LogLevel, Facts("How much it matters.")]
    message: Annotated[str, Facts("What happened. Texts that are not the product's own are left out: `…`.")]
    target: Annotated[str, Facts("What part of the gateway says so.")]
    fields: Annotated[dict[str, Any], Facts("What else is known: the kind of a failure and where it happened.")] = (
        Field(default_factory=dict)
    )

    class Settings:
        name = "log_entries"
        indexes = [
            IndexModel([("level", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("created_at", ASCENDING)], expireAfterSeconds=KEPT_SECONDS),
        ]
