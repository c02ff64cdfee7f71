"""The changelog."""

from collections.abc import Mapping
from dataclasses import dataclass

from bson import ObjectId
from typing_extensions import TypedDict

from models.base import timestamp
from models.records import AgentRecord, CardRecord, ChangelogEntryRecord, ProjectRecord
from resolvers.changelog import changelog
from rest.orkosi.present.show import Timestamp
from rest.present import Id


@dataclass(frozen=True, slots=True)
class Named:
    """What an entry is about."""

    card: CardRecord | None
    project: ProjectRecord | None
    agent: AgentRecord | None


class ChangelogEntry(TypedDict):
    """What was done with a task, as it was when it came to be done."""

    id: Id
    task_id: int | None
    title: str
    resolution: str | None
    type: str | None
    agent: str | None
    product_id: int | None
    product: str | None
    completed_at: Timestamp


class ChangelogArea(TypedDict):
    """What was done with a product on one day; `titles` are the latest ten."""

    area: str
    count: int
    titles: list[str]


class ChangelogDay(TypedDict):
    """What was done on one day in UTC; `summary` says it in words."""

    date: str
    count: int
    summary: str
    areas: list[ChangelogArea]


def entry(record: ChangelogEntryRecord, about: Named) -> ChangelogEntry:
    return {
        "id": str(record["_id"]),
        "task_id": None if about.card is None else about.card["number"],
        "title": record["title"],
        "resolution": record["resolution"],
        "type": record["type"],
        "agent": None if about.agent is None else about.agent["slug"],
        "product_id": None if about.project is None else about.project["number"],
        "product": None if about.project is None else about.project.get("slug"),
        "completed_at": timestamp(record["completed_at"]),
    }


def day(found: changelog.ChangelogDay, names: Mapping[ObjectId, str]) -> ChangelogDay:
    areas: list[ChangelogArea] = [
        {"area": names.get(area["project_id"], ""), "count": area["count"], "titles": area["titles"]}
        for area in found["areas"]
    ]
    told = ", ".join(f"{area['area']} ({area['count']})" for area in areas)
    tasks = "1 task" if found["count"] == 1 else f"{found['count']} tasks"
    return {
        "date": found["date"].date().isoformat(),
        "count": found["count"],
        "summary": f"{tasks} done: {told}",
        "areas": areas,
    }
