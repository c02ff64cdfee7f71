"""Projects."""

from collections.abc import Sequence

from typing_extensions import TypedDict

import models
from models.records import ProjectRecord
from resolvers.card.seen import unread_count_of
from resolvers.kit.access import workspace_memberships
from resolvers.kit.context import Context
from resolvers.machine.files import is_git_of
from resolvers.project.mine import list_my_project_ids
from rest.agent_board.present.assigned import assigned_ids
from rest.present import Id, presents, shown


@presents(models.Project, only=("name", "path", "created_at", "updated_at"))
class ProjectData(TypedDict):
    """A project. `position` is its place among the caller's projects."""

    organizationId: Id
    position: int
    unreadCount: int
    credentialId: Id | None
    isGit: bool


async def project(ctx: Context, record: ProjectRecord) -> ProjectData:
    """A project among all of the caller's."""
    mine = await list_my_project_ids(ctx)
    [shown_alone] = await projects(ctx, [record])
    return {**shown_alone, "position": mine.index(record["_id"]) if record["_id"] in mine else len(mine)}


async def projects(ctx: Context, records: Sequence[ProjectRecord]) -> list[ProjectData]:
    """Projects in their order."""
    memberships = await workspace_memberships(ctx, (record["workspace_id"] for record in records))
    unread = await unread_count_of(ctx, records, None) if records else []
    credentials = await assigned_ids(records)
    are_git = await is_git_of(ctx, records, None)
    return [
        {
            **shown(ProjectData, record),
            "organizationId": str(member["organization_id"]),
            "position": place,
            "unreadCount": count,
            "credentialId": credential_id,
            "isGit": is_git,
        }
        for place, (record, count, credential_id, is_git) in enumerate(
            zip(records, unread, credentials, are_git, strict=True)
        )
        if (member := memberships[record["workspace_id"]]) is not None
    ]
