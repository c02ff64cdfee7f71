"""The reports of a mission: written and told in the change that they belong to, and counted in its workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models import Mission, MissionActivity
from models.base import collection, insert_all, to_record, with_changes
from models.enums import MissionActivityKind, StorageKind
from models.errors import Conflict
from models.records import MissionActivityRecord, MissionRecord
from realtime.events.mission import MissionActivityAdded
from realtime.log import Change
from resolvers.content.prose import harmless
from resolvers.files.storage_account import charge
from resolvers.kit.context import Context
from resolvers.mission.trim import size_of

MAX_REPORTS = 10_000
"""Activities of one mission: one that says more goes round in circles."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is to be reported: by the agent, or by a person (`author_id`)."""

    kind: MissionActivityKind
    content: str
    tool: str | None = None
    data: Any = None
    author_id: ObjectId | None = None


async def insert_reports(
    ctx: Context, change: Change, mission: MissionRecord, reports: Sequence[Report]
) -> list[MissionActivityRecord]:
    """Write reports after those of a mission that was read in this change. The caller counts them in the mission's
    `activity_count`, and tells of them (`tell_reports`).

    Raises Conflict for too many, PayloadTooLarge where the workspace has no room for them.
    """
    [added] = await insert_all_reports(ctx, change, mission["workspace_id"], [(mission, reports)])
    return added


async def insert_all_reports(
    ctx: Context, change: Change, workspace_id: ObjectId, told: Sequence[tuple[MissionRecord, Sequence[Report]]]
) -> list[list[MissionActivityRecord]]:
    """`insert_reports` of several missions of a workspace."""
    added = [_written(change, mission, reports) for mission, reports in told]
    together = [report for theirs in added for report in theirs]
    if together:
        await charge(ctx, change, workspace_id, StorageKind.REPORTS, sum(map(size_of, together)))
        await insert_all(MissionActivity, together, change)
    return added


def _written(change: Change, mission: MissionRecord, reports: Sequence[Report]) -> list[MissionActivityRecord]:
    if mission["activity_count"] + len(reports) > MAX_REPORTS:
        raise Conflict(f"The mission has {MAX_REPORTS} reports at most", field="activities")
    return [
        to_record(
            MissionActivity(
                workspace_id=mission["workspace_id"],
                mission_id=mission["_id"],
                card_id=mission["card_id"],
                position=mission["activity_count"] + place,
                kind=report.kind,
                content=harmless(report.content),
                tool=report.tool,
                author_id=report.author_id,
                data=report.data,
                created_at=change.at,
            )
        )
        for place, report in enumerate(reports, start=1)
    ]


async def add_reports(ctx: Context, change: Change, mission: MissionRecord, reports: Sequence[Report]) -> MissionRecord:
    """Write, count and tell of reports of a mission that was read in this change; the mission as it is then."""
    added = await insert_reports(ctx, change, mission, reports)
    if not added:
        return mission
    changes = {"activity_count": mission["activity_count"] + len(added)}
    await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": changes}, session=change.session)
    after = with_changes(mission, changes)
    tell_reports(change, after, added)
    return after


def tell_reports(change: Change, mission: MissionRecord, added: Sequence[MissionActivityRecord]) -> None:
    """Tell of reports, with the mission as it is after them."""
    if added:
        told = [MissionActivityAdded(mission=mission, activity=activity) for activity in added]
        change.append(mission["workspace_id"], *told)
