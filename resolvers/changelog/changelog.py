"""The changelog of a workspace: its entries, and what they add up to by day and project."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from bson import ObjectId
from typing_extensions import TypedDict

from auth.policies import board
from models import ChangelogEntry
from models.base import AnyRecord
from models.enums import TokenScope
from models.records import ChangelogEntryRecord, WorkspaceMemberRecord
from resolvers.kit.context import Context
from resolvers.kit.contract import Filters
from resolvers.kit.filters import compile_filter
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CHANGELOG_ENTRY, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages
from resolvers.register.register import listed

READ = TokenScope.PROJECTS_READ
SUMMARIZED = 1_000
"""Entries that a summary is made of, the latest."""
TITLES = 10
"""Of one day and project, that a summary tells."""
_SUMMARIZED = frozenset({"project_id", "title", "completed_at"})

Filter = Annotated[Mapping[str, Any] | None, Filters(ChangelogEntry)]

get_changelog_entry = reader("changelogEntry", CHANGELOG_ENTRY)

changelog_of_workspace = listed(CHANGELOG_ENTRY, sort=NEWEST_FIRST)
"""What the cards of a workspace came to, the latest first."""


class ChangelogArea(TypedDict):
    """What was done in a project on one day: how much, and the latest titles."""

    project_id: ObjectId
    count: int
    titles: list[str]


class ChangelogDay(TypedDict):
    """What was done on one day in UTC, by project, where most was done first. `date` is its beginning."""

    date: datetime
    count: int
    areas: list[ChangelogArea]


@operation("changelog", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def list_changelog(
    ctx: Context, membership: WorkspaceMemberRecord, window: Window, filter: Filter = None
) -> Page[ChangelogEntryRecord]:
    """A page of what the cards of a workspace came to, the latest first."""
    workspace_id, where = membership["workspace_id"], compile_filter(filter, ChangelogEntry)
    found = await pages(ChangelogEntry, "workspace_id", [workspace_id], window, sort=NEWEST_FIRST, where=where)
    return found[workspace_id]


@operation("changelogSummary", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def summarize_changelog(ctx: Context, membership: WorkspaceMemberRecord) -> list[ChangelogDay]:
    """What was done in a workspace on each day in UTC, by project, the latest day first: of the latest 1,000 cards."""
    return (await changelog_days_of(ctx, [{"_id": membership["workspace_id"]}], None))[0]


@edge(scope=READ)
async def changelog_days_of(ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields) -> list[list[ChangelogDay]]:
    """What was done in each workspace by day, the latest first: of the latest 1,000 entries of each."""
    ids = [workspace["_id"] for workspace in workspaces]
    latest = Window(SUMMARIZED, None, backward=False)
    found = await pages(ChangelogEntry, "workspace_id", ids, latest, sort=NEWEST_FIRST, fields=_SUMMARIZED)
    return [_days(found[workspace_id].nodes) for workspace_id in ids]


def _days(entries: Sequence[AnyRecord]) -> list[ChangelogDay]:
    days: dict[datetime, dict[ObjectId, list[str]]] = {}
    for entry in entries:
        day = entry["completed_at"].replace(hour=0, minute=0, second=0, microsecond=0)
        days.setdefault(day, {}).setdefault(entry["project_id"], []).append(entry["title"])
    return [_day(date, areas) for date, areas in days.items()]


def _day(date: datetime, areas: Mapping[ObjectId, list[str]]) -> ChangelogDay:
    by_size = sorted(areas.items(), key=lambda area: -len(area[1]))
    told: list[ChangelogArea] = [
        {"project_id": project_id, "count": len(titles), "titles": titles[:TITLES]} for project_id, titles in by_size
    ]
    return {"date": date, "count": sum(area["count"] for area in told), "areas": told}
