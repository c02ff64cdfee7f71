"""Which credential models are asked with for the cards of a project."""

from auth.policies import board
from models import Project
from models.enums import TokenScope
from models.records import ProjectRecord
from realtime.events.project import ProjectUpdated
from realtime.log import Change, Committed
from resolvers.credential.assigned import administered_organization, require_of_organization
from resolvers.credential.credential import PEOPLES
from resolvers.inputs.credential import CredentialAssign
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.nouns import PROJECT
from resolvers.kit.operation import operation
from resolvers.state.mission_wake import wake_waiting


@operation(
    "projectCredentialSet",
    opens=PROJECT,
    permission=board.WRITE,
    scope=TokenScope.ACCOUNT_WRITE,
    no_tool=PEOPLES,
)
async def set_project_credential(
    ctx: Context, door: ProjectRecord, values: CredentialAssign
) -> Committed[ProjectRecord]:
    """Say which credential models are asked with for the cards of a project: for admins of its organization."""
    organization_id, wanted = await administered_organization(ctx, door["workspace_id"]), values.wanted

    async def body(change: Change) -> ProjectRecord:
        await require_of_organization(change, organization_id, wanted)
        project, differs = await set_fields(change, Project, door["_id"], {"credential_id": wanted})
        if differs:
            change.append(project["workspace_id"], ProjectUpdated(project=project, project_id=project["_id"]))
        return project

    committed = await ctx.write(door["workspace_id"], body)
    await wake_waiting(organization_id)
    return committed
