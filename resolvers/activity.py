"""Activity and the notifications that come of it: written with the change that they tell of."""

from collections.abc import Iterable, Sequence
from typing import Any

from bson import ObjectId

from models import Activity, Card, Document, Project, ProjectMember, User
from models.base import Record, collection, to_record
from models.enums import ActivityType, TokenScope
from realtime.log import Change
from resolvers.access import Fields, workspace_memberships
from resolvers.context import Context
from resolvers.load import to_one, to_one_inside
from resolvers.notification_store import receive
from resolvers.operation import edge
from resolvers.user import visible


def new_activity(change: Change, about: Record, kind: ActivityType, meta: dict[str, Any] | None = None) -> Record:
    """The record of an activity about a card or, for an `about` without `project_id`, about a project."""
    is_project = "project_id" not in about
    return to_record(
        Activity(
            workspace_id=about["workspace_id"],
            project_id=about["_id"] if is_project else about["project_id"],
            card_id=None if is_project else about["_id"],
            type=kind,
            actor_id=change.actor_id,
            meta=meta or {},
            created_at=change.at,
        )
    )


def document_activity(
    change: Change, document: Record, kind: ActivityType, meta: dict[str, Any] | None = None, card: Record | None = None
) -> Record:
    """The record of an activity about a document and, where it is one of both, about a card, whose project it is."""
    return to_record(
        Activity(
            workspace_id=document["workspace_id"],
            project_id=document["project_id"] if card is None else card["project_id"],
            card_id=None if card is None else card["_id"],
            document_id=document["_id"],
            type=kind,
            actor_id=change.actor_id,
            meta={"title": document["title"], **(meta or {})},
            created_at=change.at,
        )
    )


async def record_activity(
    change: Change, about: Record, kind: ActivityType, meta: dict[str, Any] | None = None
) -> None:
    """Write one activity and notify the project's other members."""
    await record_activities(change, [new_activity(change, about, kind, meta)])


async def record_activities(
    change: Change, activities: Sequence[Record], recipients: Iterable[ObjectId] | None = None
) -> None:
    """Write activities of one project (or of none), and a notification of each for every other member of the project.

    `recipients` are notified in the place of the project's members.
    """
    if not activities:
        return
    await collection(Activity).insert_many(activities, session=change.session)
    if recipients is None:
        recipients = await _project_members(change, activities[0]["project_id"])
    await receive(change, {one: activities for one in dict.fromkeys(recipients) if one != change.actor_id})


async def _project_members(change: Change, project_id: ObjectId | None) -> list[ObjectId]:
    if project_id is None:
        return []
    members = collection(ProjectMember).find({"project_id": project_id}, {"user_id": 1}, session=change.session)
    return [member["user_id"] for member in await members.to_list()]


@edge(scope=TokenScope.PROJECTS_READ)
async def actor_of(ctx: Context, activities: Sequence[Record], fields: Fields) -> list[Record | None]:
    """Who did it."""
    return await to_one(User, activities, "actor_id", visible(fields))


@edge(scope=TokenScope.PROJECTS_READ)
async def project_of(ctx: Context, activities: Sequence[Record], fields: Fields) -> list[Record | None]:
    """The project that it happened in; None for who has left its workspace since."""
    return await to_one(Project, await _readable(ctx, activities), "project_id", fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def card_of(ctx: Context, activities: Sequence[Record], fields: Fields) -> list[Record | None]:
    """The card that it is about; None once that is deleted, and for who has left its workspace since."""
    return await to_one_inside(Card, await _readable(ctx, activities), "card_id", fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def document_of(ctx: Context, activities: Sequence[Record], fields: Fields) -> list[Record | None]:
    """The document that it is about; None once that is deleted, and for who has left its workspace since."""
    return await to_one_inside(Document, await _readable(ctx, activities), "document_id", fields)


async def _readable(ctx: Context, activities: Sequence[Record]) -> list[Record]:
    """The activities, those without an id that the caller is no member of the workspace of.

    What was told to somebody stays in the history of their own, which opens no other door.
    """
    memberships = await workspace_memberships(ctx, (one["workspace_id"] for one in activities))
    return [one if memberships[one["workspace_id"]] else {} for one in activities]
