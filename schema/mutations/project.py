"""Mutations on projects and their members."""

from typing import Annotated

import strawberry

from models.ids import Kind, parse_id
from resolvers import project, project_member, transfer, transfer_job
from resolvers.inputs.project import ProjectCreate, ProjectMemberAdd, ProjectUpdate
from resolvers.inputs.transfer import ProjectImportStart
from schema.arguments import CHANGES, VALUES, ProjectId, UserId, WorkspaceId
from schema.context import Info
from schema.enums import OnOddItem
from schema.inputs.base import read, sent
from schema.inputs.project import ProjectCreateInput, ProjectMemberAddInput, ProjectUpdateInput
from schema.inputs.transfer import ProjectImportInput, ProjectImportStartInput
from schema.loading import mutation
from schema.payload import DeletePayload, committed, cursor_field, deleted, payload
from schema.project import Project, ProjectMember
from schema.scalars import Cursor
from schema.transfer import ImportNote, TransferJob

ON_ODD_ITEM = strawberry.argument(
    description="What becomes of a project with odd entries. What the types here do not hold is refused either way; a "
    "job takes it."
)


@strawberry.type(description="What a change of a project returns.")
class ProjectPayload:
    project: Project = strawberry.field(description="The project as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What an import returns.")
class ProjectImportPayload:
    project: Project = strawberry.field(description="The new project.")
    warnings: list[str] = strawberry.field(
        description="What of the file was left out, such as a relation in a circle; the first 500."
    )
    notes: list[ImportNote] = strawberry.field(description="What was mended, where that was wished; the first 500.")
    notes_omitted: int = strawberry.field(description="How many notes there would be beyond those.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What starting an import returns.")
class TransferJobPayload:
    job: TransferJob = strawberry.field(description="The job, which has just been queued.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What adding a member to a project returns.")
class ProjectMemberPayload:
    member: ProjectMember = strawberry.field(description="The member.")
    cursor: Cursor = cursor_field()


@strawberry.type
class ProjectMutation:
    @mutation("Create a project, with all that its template holds; its creator is its first member.")
    async def project_create(self, info: Info, input: Annotated[ProjectCreateInput, VALUES]) -> ProjectPayload:
        done = await project.create_project(info.context.ctx, read(ProjectCreate, input))
        return committed(ProjectPayload, "project", done)

    @mutation("Change a project.")
    async def project_update(
        self, info: Info, id: ProjectId, input: Annotated[ProjectUpdateInput, CHANGES]
    ) -> ProjectPayload:
        done = await project.update_project(info.context.ctx, id, read(ProjectUpdate, input))
        return committed(ProjectPayload, "project", done)

    @mutation("Delete a project with all it holds.")
    async def project_delete(self, info: Info, id: ProjectId) -> DeletePayload:
        return deleted(await project.delete_project(info.context.ctx, id))

    @mutation("Make a project out of its whole description, all or nothing.")
    async def project_import(
        self,
        info: Info,
        workspace_id: WorkspaceId,
        input: Annotated[ProjectImportInput, VALUES],
        on_odd_item: Annotated[OnOddItem, ON_ODD_ITEM] = OnOddItem.REFUSE,
    ) -> ProjectImportPayload:
        workspace = parse_id(workspace_id, Kind.WORKSPACE, field="workspaceId")
        values, notes = await transfer.read_project(sent(input), on_odd_item)
        done = await transfer.import_project(info.context.ctx, workspace, values, notes)
        return payload(
            ProjectImportPayload,
            project=done.value,
            warnings=done.value["warnings"],
            notes=done.value["notes"],
            notes_omitted=done.value["notes_omitted"],
            cursor=str(done.cursor),
        )

    @mutation(
        "Import a large project by a job: its file comes with this request, and is written afterwards, part by part. "
        "`TransferJobChanged` of `workspaceEvents` tells how far it is."
    )
    async def project_import_start(
        self, info: Info, input: Annotated[ProjectImportStartInput, VALUES]
    ) -> TransferJobPayload:
        done = await transfer_job.start_import(info.context.ctx, read(ProjectImportStart, input))
        return committed(TransferJobPayload, "job", done)

    @mutation("Make a member of the workspace a member of a project.")
    async def project_member_add(
        self, info: Info, project_id: ProjectId, input: Annotated[ProjectMemberAddInput, VALUES]
    ) -> ProjectMemberPayload:
        done = await project_member.add_project_member(info.context.ctx, project_id, read(ProjectMemberAdd, input))
        return committed(ProjectMemberPayload, "member", done)

    @mutation("Take a member off a project; `deletedId` is the user's.")
    async def project_member_remove(self, info: Info, project_id: ProjectId, user_id: UserId) -> DeletePayload:
        return deleted(await project_member.remove_project_member(info.context.ctx, project_id, user_id))
