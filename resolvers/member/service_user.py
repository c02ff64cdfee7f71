"""Service users: those that agents and the keys of organizations act as."""

from bson import ObjectId

from models import OrganizationMember, User, WorkspaceMember
from models.base import collection, to_record
from models.enums import PilotageRole, Role
from models.ids import Kind, new_id
from models.records import UserRecord, WorkspaceRecord
from realtime.events.organization import OrganizationMemberAdded, OrganizationMemberRemoved, OrganizationMemberUpdated
from realtime.events.workspace import WorkspaceMemberUpdated
from realtime.log import Change
from realtime.numbers import insert
from resolvers.kit.edit import set_fields
from resolvers.member.workspace_member import insert_workspace_member, take_off_workspace
from resolvers.user.user import without_secrets


async def add_service_user(
    change: Change, workspace: WorkspaceRecord, name: str, slug: str, role: Role = Role.MEMBER
) -> UserRecord:
    """Make the user that an agent or a key acts as, a member of the workspace and its organization, within a change."""
    user_id = new_id(Kind.USER)
    email = f"agent-{slug}-{user_id}@agents.invalid"
    user = to_record(User(id=user_id, email=email, name=name, is_agent=True, created_at=change.at))
    await insert(change, User, user)
    member = to_record(
        OrganizationMember(
            organization_id=workspace["organization_id"], user_id=user_id, role=role, created_at=change.at
        )
    )
    await collection(OrganizationMember).insert_one(member, session=change.session)
    change.append(workspace["organization_id"], OrganizationMemberAdded(member=member))
    await insert_workspace_member(change, workspace, user_id, role, PilotageRole.VIEWER)
    return without_secrets(user)


async def change_service_role(change: Change, user_id: ObjectId, role: Role) -> None:
    """Give a service user another role, in its organization and in its workspace."""
    mine, roles = {"user_id": user_id}, {"role": role.value}
    for belongs in await collection(OrganizationMember).find(mine, session=change.session).to_list():
        member, _ = await set_fields(change, OrganizationMember, belongs["_id"], roles)
        change.append(member["organization_id"], OrganizationMemberUpdated(member=member))
    for works in await collection(WorkspaceMember).find(mine, session=change.session).to_list():
        working, _ = await set_fields(change, WorkspaceMember, works["_id"], roles)
        change.append(working["workspace_id"], WorkspaceMemberUpdated(member=working))


async def remove_service_user(change: Change, workspace: WorkspaceRecord, user_id: ObjectId) -> None:
    """Take a service user off its workspace. The user stays: what it wrote keeps its author."""
    await take_off_workspace(change, workspace["_id"], user_id)
    query = {"organization_id": workspace["organization_id"], "user_id": user_id}
    deleted = await collection(OrganizationMember).delete_one(query, session=change.session)
    if deleted.deleted_count:
        change.append(workspace["organization_id"], OrganizationMemberRemoved(user_id=user_id))
