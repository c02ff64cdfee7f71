"""Activity, written with the change that it tells of; the notifications of it follow (`notification_follow`)."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from models import Activity, Card, Document, Fanout, Project
from models.base import AnyRecord, insert_all, to_record, with_changes
from models.enums import ActivityType, TokenScope
from models.fanout import Audience
from models.records import ActivityRecord, CardRecord, DocumentRecord, FanoutRecord, ProjectRecord
from realtime.log import Change
from resolvers.activity.actor import actor_types
from resolvers.kit.access import workspace_memberships
from resolvers.kit.context import Context
from resolvers.kit.load import to_one, to_one_inside
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge
from resolvers.kit.position_note import note_entered
from resolvers.user.user import users_by


def new_activity(
    change: Change, about: AnyRecord, kind: ActivityType, meta: dict[str, Any] | None = None
) -> ActivityRecord:
    """The record of an activity about a card or, for an `about` without `project_id`, about a project."""
    is_project = "project_id" not in about
    return to_record(
        Activity(
            workspace_id=about["workspace_id"],
            project_id=about["_id"] if is_project else about["project_id"],
            card_id=None if is_project else about["_id"],
            type=kind,
            actor_id=change.actor_id,
            approved_by=change.approved_by,
            meta=meta or {},
            created_at=change.at,
        )
    )


def document_activity(
    change: Change,
    document: DocumentRecord,
    kind: ActivityType,
    meta: dict[str, Any] | None = None,
    card: CardRecord | None = None,
) -> ActivityRecord:
    """The record of an activity about a document and, where it is one of both, about a card, whose project it is."""
    return to_record(
        Activity(
            workspace_id=document["workspace_id"],
            project_id=document["project_id"] if card is None else card["project_id"],
            card_id=None if card is None else card["_id"],
            document_id=document["_id"],
            type=kind,
            actor_id=change.actor_id,
            approved_by=change.approved_by,
            meta={"title": document["title"], **(meta or {})},
            created_at=change.at,
        )
    )


async def record_activity(
    change: Change, about: AnyRecord, kind: ActivityType, meta: dict[str, Any] | None = None
) -> None:
    """Write one activity, of which the project's other members are notified."""
    await record_activities(change, [new_activity(change, about, kind, meta)])


async def record_activities(
    change: Change,
    activities: Sequence[ActivityRecord],
    audience: Audience | None = Audience.PROJECT,
    named: Sequence[ObjectId] = (),
) -> None:
    """Write activities of one project (or of none), and leave word that others are to be notified of them.

    Nobody is without an `audience`, nor of what is in no project where it is that one's members. Who did it is told
    where all people are.
    """
    if not activities:
        return
    change.write_last(_insert_activities, *activities)
    first = activities[0]
    if audience is None or (audience is Audience.PROJECT and first["project_id"] is None):
        return
    fanout = Fanout(
        workspace_id=first["workspace_id"],
        project_id=first["project_id"],
        audience=audience,
        named=list(dict.fromkeys(named)),
        actor_id=None if audience is Audience.PEOPLE else change.actor_id,
        activity_ids=[activity["_id"] for activity in activities],
        created_at=change.at,
    )
    change.write_last(_insert_fanouts, to_record(fanout))


async def _insert_activities(change: Change, activities: Sequence[ActivityRecord]) -> None:
    types = await actor_types(change, (activity["actor_id"] for activity in activities))
    told = [with_changes(activity, {"actor_type": types[activity["actor_id"]]}) for activity in activities]
    await insert_all(Activity, told, change)


async def _insert_fanouts(change: Change, fanouts: Sequence[FanoutRecord]) -> None:
    await insert_all(Fanout, fanouts, change)


actor_of = users_by("actor_id")
"""Who did it."""
approver_of = users_by("approved_by")
"""Who has approved of it."""


@edge(scope=TokenScope.PROJECTS_READ)
async def project_of(ctx: Context, activities: Sequence[ActivityRecord], fields: Fields) -> list[ProjectRecord | None]:
    """The project that it happened in; None for who has left its workspace since."""
    return await to_one(Project, await _readable(ctx, activities), "project_id", fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def card_of(ctx: Context, activities: Sequence[ActivityRecord], fields: Fields) -> list[CardRecord | None]:
    """The card that it is about; None once that is deleted, and for who has left its workspace since."""
    return await to_one_inside(Card, await _readable(ctx, activities), "card_id", fields)


@edge(scope=TokenScope.PROJECTS_READ)
async def document_of(
    ctx: Context, activities: Sequence[ActivityRecord], fields: Fields
) -> list[DocumentRecord | None]:
    """The document that it is about; None once that is deleted, and for who has left its workspace since."""
    return await to_one_inside(Document, await _readable(ctx, activities), "document_id", fields)


async def _readable(ctx: Context, activities: Sequence[ActivityRecord]) -> list[AnyRecord]:
    """The activities, those without an id that the caller is no member of the workspace of.

    What was told to somebody stays in the history of their own, which opens no other door.
    """
    # What happened never changes, so it is not read again.
    await note_entered(ctx, (activity["workspace_id"] for activity in activities), frozenset())
    memberships = await workspace_memberships(ctx, (activity["workspace_id"] for activity in activities))
    return [activity if memberships[activity["workspace_id"]] else {} for activity in activities]
