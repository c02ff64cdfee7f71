"""What an organization has, for its admins to keep: who is in it, and the projects of its workspaces."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from auth.policies import organization as policy
from models import Organization, OrganizationMember, Project
from models.base import collection
from models.errors import NotFound
from models.records import OrganizationMemberRecord, ProjectRecord
from resolvers.kit.context import Context
from resolvers.kit.joined import EVERYTHING
from resolvers.kit.nouns import ORGANIZATION
from resolvers.kit.operation import Caller, operation
from resolvers.kit.tombstone import Gone, known_gone
from resolvers.transfer.archive import Stored
from resolvers.transfer.export import Piece, pieces
from resolvers.user.user import user_of_member
from resolvers.workspace.workspace import viewer_workspaces

FORMAT, VERSION = "orrery-organization", 1


@dataclass(frozen=True, slots=True)
class ExportedOrganization:
    """`about` is the organization, its members and its workspaces with their projects, `projects` are those."""

    about: dict[str, Any]
    projects: list[ProjectRecord]
    gone: Gone

    def pieces(self, project: ProjectRecord, files: Stored) -> AsyncIterator[Piece]:
        """The file of a project in pieces, as `projectExport` has it; `files` are entered there."""
        return pieces(project, files, self.gone)


@operation("organizationExport", opens=ORGANIZATION, permission=policy.EXPORT, caller=Caller.PERSON, read_only=True)
async def open_organization_export(ctx: Context, membership: OrganizationMemberRecord) -> ExportedOrganization:
    """The members of an organization, and the projects of those of its workspaces that the caller is in."""
    organization_id = membership["organization_id"]
    organization = await collection(Organization).find_one({"_id": organization_id})
    if organization is None:
        raise NotFound("Organization")
    members = await collection(OrganizationMember).find({"organization_id": organization_id}).sort("_id", 1).to_list()
    users = await user_of_member(ctx, members, None)
    workspaces = (await viewer_workspaces(ctx, [organization_id], EVERYTHING))[organization_id].nodes
    gone = await known_gone(ctx) or Gone(())
    projects: list[ProjectRecord] = []
    told: list[dict[str, Any]] = []
    for workspace in workspaces:
        found = collection(Project).find({"workspace_id": workspace["_id"]}).sort("_id", 1)
        inside = gone.without(await found.to_list())
        projects += inside
        named = [{"name": project["name"], "folder": folder_of(project)} for project in inside]
        told.append({"name": workspace["name"], "slug": workspace["slug"], "projects": named})
    people = [
        {"email": user["email"], "name": user["name"], "role": member["role"]}
        for member, user in zip(members, users, strict=True)
        if user is not None and not user["is_agent"]
    ]
    about = {
        "format": FORMAT,
        "version": VERSION,
        "organization": {"name": organization["name"], "slug": organization["slug"]},
        "members": people,
        "workspaces": told,
    }
    return ExportedOrganization(about, projects, gone)


def folder_of(project: ProjectRecord) -> str:
    """Where an archive has a project."""
    return f"projects/{project['_id']}/"
