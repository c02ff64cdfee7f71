"""Workspaces: what can be done with them, and what can be reached from them."""

from collections.abc import Sequence
from typing import Annotated, Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import organization as organization_policy
from auth.policies import workspace as policy
from models import Agent, Organization, Workspace, WorkspaceMember
from models.base import Record, aggregate, collection, to_record, with_changes
from models.enums import PilotageRole, Role, TokenScope
from models.errors import Conflict, NotFound
from models.ids import Kind, new_id
from models.json import check_text
from models.records import OrganizationMemberRecord, WorkspaceMemberRecord, WorkspaceRecord
from models.write import update_and_read
from realtime.events.organization import OrganizationUpdated
from realtime.events.workspace import WorkspaceCreated, WorkspaceDeleted, WorkspaceUpdated
from realtime.log import Change, Committed
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceUpdate
from resolvers.kit.access import projection, workspace_memberships
from resolvers.kit.ceilings import MAX_WORKSPACES, require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.groups import check_policy
from resolvers.kit.joined import EVERYTHING, JOINED, JoinedPage, joined_after, joined_page
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION, WORKSPACE, WORKSPACE_MEMBER
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import Window, pages_by
from resolvers.kit.position_note import note_entered, noted
from resolvers.kit.slugs import workspace_by_slugs
from resolvers.kit.tombstone import load_gone
from resolvers.member.workspace_member import insert_workspace_member
from resolvers.worktree.guard import Force, require_finished

READ, ADMINISTER = TokenScope.PROJECTS_READ, TokenScope.ACCOUNT_WRITE


@operation(
    "workspaces",
    opens=ORGANIZATION.by("organization_id"),
    permission=organization_policy.READ,
    scope=READ,
    read_only=True,
)
async def list_workspaces(ctx: Context, membership: OrganizationMemberRecord) -> list[WorkspaceRecord]:
    """The workspaces of an organization that the caller is a member of, with `my_role` and `my_pilotage_role`."""
    organization_id = membership["organization_id"]
    found = (await viewer_workspaces(ctx, [organization_id], EVERYTHING))[organization_id]
    memberships = await workspace_memberships(ctx, (record["_id"] for record in found.nodes))
    return [_with_roles(record, memberships[record["_id"]]) for record in found.nodes]


@operation("workspace", scope=READ, permission=policy.READ, read_only=True)
async def get_workspace(
    ctx: Context,
    org_slug: Annotated[str, "The slug of the organization."],
    slug: Annotated[str, "The slug of the workspace."],
    fields: Fields = None,
) -> WorkspaceRecord:
    """The workspace with a slug in the organization with a slug, with `my_role` and `my_pilotage_role`."""
    org_slug, slug = check_text(org_slug, field="orgSlug"), check_text(slug, field="slug")
    found, membership = await workspace_by_slugs(ctx, org_slug, slug, fields)
    return _with_roles(found, membership)


@operation("workspaceById", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def get_workspace_by_id(
    ctx: Context, membership: WorkspaceMemberRecord, fields: Fields = None
) -> WorkspaceRecord:
    """One workspace, with `my_role` and `my_pilotage_role`."""
    workspace_id = membership["workspace_id"]
    found = await collection(Workspace).find_one({"_id": workspace_id}, projection(fields))
    if found is None:
        raise NotFound("Workspace")
    return _with_roles(found, membership)


@operation("workspaceCreate", inside=ORGANIZATION, permission=organization_policy.CREATE_WORKSPACE, scope=ADMINISTER)
async def create_workspace(
    ctx: Context, _membership: OrganizationMemberRecord, values: WorkspaceCreate
) -> Committed[WorkspaceRecord]:
    """Create a workspace in an organization.

    A new workspace in an organization, owned by the caller, who may own 200.
    """
    workspace_id = new_id(Kind.WORKSPACE)

    async def body(change: Change) -> WorkspaceRecord:
        mine = {"user_id": ctx.user_id, "role": Role.OWNER.value}
        await require_room(change, WorkspaceMember, mine, MAX_WORKSPACES, "workspaces of yours")
        # Written to, so that the organization cannot be deleted beside this.
        organization = await update_and_read(
            Organization,
            {"_id": values.organization_id},
            {"$set": {"updated_at": change.at}},
            change.session,
        )
        if organization is None:
            raise NotFound("Organization")
        change.append(values.organization_id, OrganizationUpdated(organization=organization))
        return await insert_workspace(
            change,
            workspace_id,
            organization_id=values.organization_id,
            name=values.name,
            slug=values.slug,
            owner_id=ctx.user_id,
        )

    return await ctx.write(workspace_id, body)


async def insert_workspace(
    change: Change,
    workspace_id: ObjectId,
    *,
    organization_id: ObjectId,
    name: str,
    slug: str,
    owner_id: ObjectId,
    is_personal: bool = False,
) -> WorkspaceRecord:
    """Write a workspace and its owner's membership within a change; raises Conflict for a taken slug."""
    workspace = to_record(
        Workspace(
            id=workspace_id,
            organization_id=organization_id,
            owner_id=owner_id,
            name=name,
            slug=slug,
            is_personal=is_personal,
            created_at=change.at,
            updated_at=change.at,
        )
    )
    try:
        await collection(Workspace).insert_one(workspace, session=change.session)
    except DuplicateKeyError as error:
        raise Conflict("is taken in this organization", field="slug") from error
    change.append(workspace_id, WorkspaceCreated(workspace=workspace))
    await insert_workspace_member(change, workspace, owner_id, Role.OWNER, PilotageRole.OWNER)
    return workspace


@operation("workspaceUpdate", opens=WORKSPACE, permission=policy.UPDATE, scope=ADMINISTER)
async def update_workspace(
    ctx: Context, membership: WorkspaceMemberRecord, values: WorkspaceUpdate
) -> Committed[WorkspaceRecord]:
    """Change a workspace."""
    workspace_id = membership["workspace_id"]
    given = values.given()
    check_policy(values.agent_ceiling, "agentCeiling")

    async def body(change: Change) -> WorkspaceRecord:
        if (agent_id := given.get("default_agent_id")) is not None:
            there = {"_id": agent_id, "workspace_id": workspace_id, "deleted_at": None}
            if await collection(Agent).find_one(there, {"_id": 1}, session=change.session) is None:
                raise NotFound("Agent")
        try:
            workspace, differs = await set_fields(change, Workspace, workspace_id, given)
        except DuplicateKeyError as error:
            raise Conflict("is taken in this organization", field="slug") from error
        if differs:
            change.append(workspace_id, WorkspaceUpdated(workspace=workspace))
        return workspace

    return await ctx.write(workspace_id, body)


@operation("workspaceDelete", opens=WORKSPACE, permission=policy.DELETE, scope=ADMINISTER)
async def delete_workspace(
    ctx: Context, membership: WorkspaceMemberRecord, force: Force = False
) -> Committed[ObjectId]:
    """Delete a workspace with all it holds. Raises WorktreeDirty where the work on a card is not merged."""
    workspace_id = membership["workspace_id"]
    await require_finished(ctx, {"workspace_id": workspace_id}, force=force)

    async def body(change: Change) -> ObjectId:
        workspace = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
        if workspace is None:
            raise NotFound("Workspace")
        await remove_workspace(change, workspace_id)
        return ObjectId(workspace_id)

    done = await delete(ctx, workspace_id, body, revokes=True)
    ctx.services.search.forget(workspace_id)
    return done


async def remove_workspace(change: Change, workspace_id: ObjectId) -> None:
    """Delete a workspace within a change, and all that it holds with it or after it.

    Its history ends with that: nobody is a member any more who could read on.
    """
    await collection(Workspace).delete_one({"_id": workspace_id}, session=change.session)
    change.append(workspace_id, WorkspaceDeleted(deleted_id=workspace_id))
    await bury(change, workspace_id, workspace_id)


async def viewer_workspaces(
    ctx: Context,
    organization_ids: Sequence[ObjectId],
    window: Window,
    *,
    slug: str | None = None,
    fields: Fields = None,
) -> dict[ObjectId, JoinedPage]:
    """For each organization a page of its workspaces that the caller is a member of, in one query.

    It begins at the caller's memberships, which are few, and not at the organization's workspaces.
    """
    bound = ctx.subject.workspace_id
    mine: dict[str, Any] = {"user_id": ctx.user_id, **({"workspace_id": bound} if bound is not None else {})}
    after = joined_after(window, WorkspaceMember)
    begin = {"_id": {"$gt": after}} if after is not None else {}
    ids = list(dict.fromkeys(organization_ids))
    inner: list[dict[str, Any]] = [{"$match": {"slug": slug}}] if slug is not None else []
    wanted = projection(fields, "organization_id")
    inner += [{"$project": wanted}] if wanted else []
    pipeline: list[dict[str, Any]] = [
        {"$match": {**mine, "organization_id": {"$in": ids}, **begin}},
        {"$sort": {"_id": 1}},
        *([{"$limit": window.size + 1}] if len(ids) == 1 and slug is None else []),
        {
            "$lookup": {
                "from": collection(Workspace).name,
                "localField": "workspace_id",
                "foreignField": "_id",
                "pipeline": inner,
                "as": "workspace",
            }
        },
    ]
    known = noted(ctx)
    members = await aggregate(WorkspaceMember, pipeline)
    if await note_entered(ctx, (record["workspace_id"] for record in members if record["workspace"]), known):
        members = await aggregate(WorkspaceMember, pipeline)
    nodes: dict[ObjectId, list[Record]] = {object_id: [] for object_id in ids}
    for member in members:
        for workspace in member.pop("workspace"):
            nodes[member["organization_id"]].append({**workspace, JOINED: member["_id"]})
            ctx.memberships[member["workspace_id"]] = member
    await load_gone(
        ctx, [record["_id"] for found in nodes.values() for record in found if record["_id"] not in ctx.gone]
    )
    return {
        object_id: joined_page(
            nodes[object_id],
            window,
            model=WorkspaceMember,
            parent_key="organization_id",
            parent_id=object_id,
            where=mine,
        )
        for object_id in ids
    }


@edge(scope=READ, viewer=True)
async def my_role_of(ctx: Context, workspaces: Sequence[WorkspaceRecord], fields: Fields = None) -> list[Role | None]:
    """The caller's role in each workspace; None where it has none."""
    found = await workspace_memberships(ctx, (workspace["_id"] for workspace in workspaces))
    memberships = [found[workspace["_id"]] for workspace in workspaces]
    return [None if membership is None else Role(membership["role"]) for membership in memberships]


@edge(scope=READ, viewer=True)
async def my_pilotage_role_of(
    ctx: Context, workspaces: Sequence[WorkspaceRecord], fields: Fields = None
) -> list[PilotageRole | None]:
    """The caller's pilotage role in each workspace; None where it has none."""
    found = await workspace_memberships(ctx, (workspace["_id"] for workspace in workspaces))
    memberships = [found[workspace["_id"]] for workspace in workspaces]
    return [None if membership is None else PilotageRole(membership["pilotage_role"]) for membership in memberships]


members_of = pages_by(WORKSPACE_MEMBER, "workspace_id")
"""The members of each workspace in the order of joining."""


def _with_roles(workspace: WorkspaceRecord, membership: WorkspaceMemberRecord | None) -> WorkspaceRecord:
    roles = membership or {"role": None, "pilotage_role": None}
    return with_changes(workspace, {"my_role": roles["role"], "my_pilotage_role": roles["pilotage_role"]})
