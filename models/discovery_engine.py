"""Discovery engines: what has an agent look for work, again and again."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.facts import CREATE, GRAPH, SHOWN, TOOL, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME, SLUG
from models.records import DiscoveryEngineRecord

DAY = 86_400
"""Seconds."""


@kind(0xF4)
class DiscoveryEngine(Stored[DiscoveryEngineRecord]):
    """An engine. Its runs are missions of an agent of its own, one at a time.

    `next_at` is null for one that rests. What its runs came to is counted as each ends, whatever becomes of them and of
    their cards later: `cost`, in millionths of a US dollar, is what their models had cost by then.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.DISCOVERY_ENGINE))
    workspace_id: PydanticObjectId
    agent_id: Annotated[PydanticObjectId, Facts("The agent that its runs are asked of.", GRAPH, refers=Kind.AGENT)]
    name: Annotated[str, Facts("The name.", SHOWN | WRITTEN, text=NAME)]
    slug: Annotated[str, Facts("What it is called by, unique in the workspace.", SHOWN | CREATE, text=SLUG)]
    description: Annotated[str | None, Facts("What it looks for.", SHOWN | WRITTEN, text=MARKDOWN)] = None
    layer: Annotated[str, Facts("Where it looks: a part of what is worked on, in a word.", SHOWN | WRITTEN, text=NAME)]
    every_seconds: Annotated[int, Facts("How many seconds there are between two runs.", GRAPH | TOOL | WRITTEN)] = DAY
    is_enabled: Annotated[bool, Facts("Whether it runs by itself.", GRAPH | TOOL | WRITTEN)] = True
    next_at: Annotated[
        datetime | None, Facts("When it runs by itself the next time; null while it does not.", GRAPH | TOOL)
    ] = None
    last_run_id: Annotated[
        PydanticObjectId | None, Facts("The run that was begun last.", GRAPH, refers=Kind.MISSION)
    ] = None
    run_count: Annotated[int, Facts("How many runs have ended.", GRAPH | TOOL)] = 0
    failed_count: Annotated[int, Facts("How many of them have failed.", GRAPH | TOOL)] = 0
    wasted_count: Annotated[int, Facts("How many of them no card has come of.", GRAPH | TOOL)] = 0
    card_count: Annotated[int, Facts("How many cards have come of its runs.", GRAPH | TOOL)] = 0
    run_seconds: Annotated[
        float, Facts("Seconds that its runs have taken from begin to end, waiting for people included.", GRAPH | TOOL)
    ] = 0
    cost: int = 0
    created_by: Annotated[PydanticObjectId, Facts("Who made it: its runs are asked in their name.", refers=Kind.USER)]
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "discovery_engines"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("slug", ASCENDING)], unique=True),
            IndexModel([("agent_id", ASCENDING)]),
            IndexModel([("next_at", ASCENDING)]),
        ]
