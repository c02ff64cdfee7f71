"""The event log's documents: one per event, and one counter per stream."""

from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Recorded, id_factory, kind
from models.ids import Kind
from models.records import LoggedEventRecord, StreamHeadRecord


@kind(0x81, "EVENT")
class LoggedEvent(Recorded[LoggedEventRecord]):
    """An event. `stream_id` is the workspace, organization or user whose history it belongs to; `seq` counts from 1
    in that stream without holes, so the order of `seq` is the order of commits. `workspace_id` is the tenant, null in
    the streams of users and organizations. `cause` is the automation that did it, with how many stand before it in the
    chain (`realtime.change.Cause`); null for what somebody did. `approved_by` is who has approved of what an agent
    proposed. `confined` says that it was done by what is bound to one project, or followed from that.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.EVENT))
    stream_id: PydanticObjectId
    seq: int
    type: str
    workspace_id: PydanticObjectId | None = None
    project_id: PydanticObjectId | None = None
    card_id: PydanticObjectId | None = None
    mission_id: PydanticObjectId | None = None
    actor_id: PydanticObjectId | None = None
    approved_by: PydanticObjectId | None = None
    at: datetime
    data: dict[str, Any]
    cause: dict[str, Any] | None = None
    confined: bool = False

    class Settings:
        name = "events"
        indexes = [
            IndexModel([("stream_id", ASCENDING), ("seq", ASCENDING)], unique=True),
        ]


class StreamHead(Recorded[StreamHeadRecord]):
    """The head of a stream: `_id` is the stream's id, `seq` the last number given out, `floor` the last one trimmed.

    `epoch` names this incarnation of the stream: a cursor of another epoch cannot be resumed. Retention finds it by
    `oldest_at`, when the oldest event was written that the log still holds (None: there is none), and by `size`, how
    many bits their number has. `turns` counts transactions that have written it first, to keep others out. `numbers`
    are the last that its objects were given, by their collections (`realtime.numbers`).
    """

    id: PydanticObjectId
    epoch: str
    seq: int
    floor: int = 0
    oldest_at: datetime | None = None
    size: int = 0
    turns: int = 0
    numbers: dict[str, int] = Field(default_factory=dict)

    class Settings:
        name = "streams"
        indexes = [
            IndexModel([("oldest_at", ASCENDING)]),
            IndexModel([("size", ASCENDING)]),
        ]
