"""Scripts of projects: commands that people run in a sandbox, and what came of the last run of each."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.facts import SHOWN, WRITTEN, Facts
from models.ids import Kind
from models.limits import NAME, Text
from models.records import ScriptRecord, ScriptRunRecord
from models.script_status import ScriptStatus

COMMAND = Text(1, 4000, strip=False)


@kind(0xDC)
class Script(Stored[ScriptRecord]):
    """A script of a project. `rank` orders those of a project."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.SCRIPT))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project that it belongs to.", refers=Kind.PROJECT)]
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN, text=NAME)]
    command: Annotated[str, Facts("What a shell is given.", SHOWN | WRITTEN, text=COMMAND)]
    rank: Annotated[str, Facts("Sorts the scripts of a project: compare byte by byte.")]
    created_by: Annotated[PydanticObjectId | None, Facts("Who wrote it.", refers=Kind.USER)] = None
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "scripts"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("rank", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]


@kind(0xDD)
class ScriptRun(Stored[ScriptRunRecord]):
    """The last run of a script. Whichever gateway carries it out is its `holder`, and says so until `lease_until`; one
    without a holder waits for it. `output` is what it wrote, in pieces, which events do not carry.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.SCRIPT_RUN))
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    script_id: Annotated[PydanticObjectId, Facts("The script.", refers=Kind.SCRIPT)]
    card_id: Annotated[
        PydanticObjectId | None,
        Facts("The card in whose worktree it ran; null for a copy of the project's files.", refers=Kind.CARD),
    ] = None
    command: Annotated[str, Facts("What the shell was given.")]
    status: Annotated[ScriptStatus, Facts("How far it is.")] = ScriptStatus.RUNNING
    exit_code: Annotated[int | None, Facts("What the command ended with; null where something else ended it.")] = None
    tail: Annotated[str, Facts("The last 8 KB of what it wrote.")] = ""
    output: list[str] = Field(default_factory=list)
    holder: str | None = None
    lease_until: datetime | None = None
    is_cancelled: bool = False
    started_by: Annotated[PydanticObjectId | None, Facts("Who started it.", refers=Kind.USER)] = None
    started_at: Annotated[datetime, Facts("When it was started.")] = Field(default_factory=utc_now)
    finished_at: Annotated[datetime | None, Facts("When it ended.")] = None

    class Settings:
        name = "script_runs"
        indexes = [
            IndexModel([("script_id", ASCENDING)], unique=True),
            IndexModel([("status", ASCENDING), ("lease_until", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("status", ASCENDING)]),
        ]
