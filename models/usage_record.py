"""The ledger of what models were asked and what that cost, and the sums that are kept of it."""

from datetime import datetime, timedelta

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Recorded, Stored, id_factory, kind
from models.enums import UsageState
from models.ids import Kind
from models.records import UsageRecordRecord, UsageSumRecord

KEPT = timedelta(days=400)
"""How long the database keeps single calls; their sums stay."""


@kind(0xC3)
class UsageRecord(Stored[UsageRecordRecord]):
    """One call of a model. Money is in micro-USD: millionths of a US dollar.

    What it may come to at worst is reserved before it is made, in the budgets `reserved_in`; what it came to is written
    when that is known. One that was cut off stays RESERVED: its price is not known, and it may have been paid.
    `input_tokens` include `cached_tokens`. It counts for `charged_to` as well, which are those of its mission.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.USAGE_RECORD))
    organization_id: PydanticObjectId
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId | None = None
    card_id: PydanticObjectId | None = None
    agent_id: PydanticObjectId
    mission_id: PydanticObjectId
    user_id: PydanticObjectId
    charged_to: list[PydanticObjectId] = Field(default_factory=list)
    credential_id: PydanticObjectId | None = None
    model: str
    state: UsageState = UsageState.RESERVED
    reserved_cost: int
    reserved_tokens: int
    reserved_in: list[PydanticObjectId] = Field(default_factory=list)
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: int = 0
    settled_at: datetime | None = None

    class Settings:
        name = "usage_records"
        indexes = [
            IndexModel([("mission_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("credential_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("created_at", ASCENDING)], expireAfterSeconds=int(KEPT.total_seconds())),
        ]


class UsageSum(Recorded[UsageSumRecord]):
    """What a model cost on a day (UTC, `2026-03-01`) by all calls of a subject: an organization, a workspace, an agent,
    a mission, a credential or, in one organization, a person. `workspace_id` is null for what is of no workspace."""

    # Made by an upsert, and found by what it is of.
    id: PydanticObjectId
    organization_id: PydanticObjectId
    workspace_id: PydanticObjectId | None = None
    subject_id: PydanticObjectId
    day: str
    model: str
    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: int = 0

    class Settings:
        name = "usage_sums"
        indexes = [
            IndexModel(
                [("subject_id", ASCENDING), ("organization_id", ASCENDING), ("day", ASCENDING), ("model", ASCENDING)],
                unique=True,
            ),
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
