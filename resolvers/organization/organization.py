"""Organizations: what can be done with them, and what can be reached from them."""

from collections.abc import Sequence
from typing import Annotated

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import organization as policy
from auth.policies import workspace as workspace_policy
from models import Organization, OrganizationMember, Project, Workspace, WorkspaceMember
from models.base import Record, collection, to_record
from models.billing import Plan, terms
from models.enums import Role, TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, among, new_id, portions
from models.json import check_text
from models.records import OrganizationMemberRecord, OrganizationRecord, WorkspaceRecord
from models.text import slug_of
from models.write import find_and_delete
from realtime.events.organization import OrganizationCreated, OrganizationDeleted, OrganizationUpdated
from realtime.log import Change, Committed
from realtime.numbers import insert
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.organization import OrganizationCreate, OrganizationUpdate
from resolvers.kit.access import check_workspace, projection, workspace_memberships
from resolvers.kit.ceilings import MAX_ORGANIZATIONS, require_room
from resolvers.kit.ceilings import MAX_WORKSPACES as MAX_OWN_WORKSPACES
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.joined import EVERYTHING, JOINED, JoinedPage
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ORGANIZATION, ORGANIZATION_MEMBER
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import Page, Window, pages, pages_by
from resolvers.kit.slugs import organization_by_slug
from resolvers.member.organization_member import insert_organization_member, organization_memberships
from resolvers.organization.closing import MAX_WORKSPACES, require_closable
from resolvers.organization.kept import keep_organization
from resolvers.organization.slug import with_free_slug
from resolvers.workspace.workspace import insert_workspace, remove_workspace, viewer_workspaces
from resolvers.worktree.guard import Force, require_finished

READ, ADMINISTER = TokenScope.PROJECTS_READ, TokenScope.ACCOUNT_WRITE
_CLEARED = frozenset({"avatar_url", "default_workspace_id"})
"""What an update may set to null."""


@operation("organizations", scope=READ, read_only=True)
async def list_organizations(
    ctx: Context, window: Window = EVERYTHING, fields: Fields = None
) -> Page[OrganizationRecord]:
    """The caller's organizations in the order of joining, each with `my_role`."""
    found = (await pages(OrganizationMember, "user_id", [ctx.user_id], window))[ctx.user_id]
    ctx.memberships.update({member["organization_id"]: member for member in found.nodes})
    organizations = await by_ids(Organization, (member["organization_id"] for member in found.nodes), fields)
    return JoinedPage(
        nodes=[
            {**organizations[member["organization_id"]], "my_role": member["role"], JOINED: member["_id"]}
            for member in found.nodes
            if member["organization_id"] in organizations
        ],
        has_next=found.has_next,
        has_previous=found.has_previous,
        sort=(),
        model=OrganizationMember,
        parent_key="user_id",
        parent_id=ctx.user_id,
        where={},
    )


@operation("organization", scope=READ, permission=policy.READ, read_only=True)
async def get_organization(
    ctx: Context, slug: Annotated[str, "The slug of the organization."], fields: Fields = None
) -> OrganizationRecord:
    """The organization with a slug, with `my_role`."""
    found, membership = await organization_by_slug(ctx, check_text(slug, field="slug"), fields)
    return {**found, "my_role": membership["role"]}


@operation(
    "organizationById", opens=ORGANIZATION.by("organization_id"), permission=policy.READ, scope=READ, read_only=True
)
async def get_organization_by_id(ctx: Context, membership: OrganizationMemberRecord, fields: Fields = None) -> Record:
    """One organization, with `my_role`."""
    organization_id = membership["organization_id"]
    found = await collection(Organization).find_one({"_id": organization_id}, projection(fields))
    if found is None:
        raise NotFound("Organization")
    return {**found, "my_role": membership["role"]}


@operation("organizationCreate", scope=ADMINISTER, also={"workspace": ("workspaceCreate",)})
async def create_organization(ctx: Context, values: OrganizationCreate) -> Committed[OrganizationRecord]:
    """Create an organization.

    A new organization, owned by the caller, who may own 25.
    """
    organization_id, workspace_id = new_id(Kind.ORGANIZATION), new_id(Kind.WORKSPACE)
    if values.members_join and values.workspace is None:
        raise BadUserInput("is required: they join it", field="workspace")

    async def body(change: Change, slug: str) -> OrganizationRecord:
        mine = {"user_id": ctx.user_id, "role": Role.OWNER.value}
        await require_room(change, OrganizationMember, mine, MAX_ORGANIZATIONS, "organizations of yours")
        made = await insert_organization(
            change,
            organization_id,
            name=values.name,
            slug=slug,
            owner_id=ctx.user_id,
            plan=ctx.services.billing.free,
            default_workspace_id=workspace_id if values.members_join else None,
        )
        if (name := values.workspace) is not None:
            await require_room(change, WorkspaceMember, mine, MAX_OWN_WORKSPACES, "workspaces of yours")
            await insert_workspace(
                change,
                workspace_id,
                organization_id=organization_id,
                name=name,
                slug=slug_of(name),
                owner_id=ctx.user_id,
            )
        return made

    async def attempt(slug: str) -> Committed[OrganizationRecord]:
        return await ctx.write(organization_id, lambda change: body(change, slug))

    return await (with_free_slug(values.name, attempt) if values.slug is None else attempt(values.slug))


async def insert_organization(
    change: Change,
    organization_id: ObjectId,
    *,
    name: str,
    slug: str,
    owner_id: ObjectId,
    plan: Plan | None = None,
    default_workspace_id: ObjectId | None = None,
) -> OrganizationRecord:
    """Write an organization and its owner's membership within a change; raises Conflict for a taken slug."""
    organization = to_record(
        Organization(
            id=organization_id,
            name=name,
            slug=slug,
            owner_id=owner_id,
            default_workspace_id=default_workspace_id,
            **terms(plan),
            created_at=change.at,
            updated_at=change.at,
        )
    )
    try:
        await insert(change, Organization, organization)
    except DuplicateKeyError as error:
        raise Conflict("is taken", field="slug") from error
    change.append(organization_id, OrganizationCreated(organization=organization))
    await insert_organization_member(change, organization_id, owner_id, Role.OWNER)
    return organization


@operation("organizationUpdate", opens=ORGANIZATION, permission=policy.UPDATE, scope=ADMINISTER)
async def update_organization(
    ctx: Context, membership: OrganizationMemberRecord, values: OrganizationUpdate
) -> Committed[OrganizationRecord]:
    """Change an organization."""
    organization_id = membership["organization_id"]
    given = values.given()
    for name, value in given.items():
        if value is None and name not in _CLEARED:
            raise BadUserInput("must not be null", field=name)
    if values.default_workspace_id is not None:
        await check_workspace(ctx, values.default_workspace_id, workspace_policy.MANAGE_MEMBERS)

    async def body(change: Change) -> OrganizationRecord:
        if values.default_workspace_id is not None:
            await _require_inside(change, organization_id, values.default_workspace_id)
        try:
            organization, differs = await set_fields(change, Organization, organization_id, given)
        except DuplicateKeyError as error:
            raise Conflict("is taken", field="slug") from error
        if differs:
            change.append(organization_id, OrganizationUpdated(organization=organization))
        return organization

    return await ctx.write(organization_id, body)


@operation("organizationDelete", opens=ORGANIZATION, permission=policy.DELETE, scope=ADMINISTER)
async def delete_organization(
    ctx: Context,
    membership: OrganizationMemberRecord,
    only_without_projects: Annotated[bool, "Refuse with CONFLICT where it has projects."] = False,
    force: Force = False,
    recoverable: Annotated[bool, "Keep it for 30 days, in which whoever owns it may restore it."] = False,
) -> Committed[ObjectId]:
    """Delete an organization with all it holds; never one's last.

    Never the caller's last one. Raises WorktreeDirty where the work on a card is not merged, unless it is recoverable.
    """
    organization_id = membership["organization_id"]
    if not only_without_projects and not force and not recoverable:
        inside = collection(Workspace).find({"organization_id": organization_id}, {"_id": 1}).limit(MAX_WORKSPACES)
        ids = [workspace["_id"] for workspace in await inside.to_list()]
        await require_finished(ctx, {"workspace_id": among(ids)}, force=force)

    async def body(change: Change) -> ObjectId:
        if only_without_projects:
            await _require_no_projects(change, organization_id)
        others = {"user_id": ctx.user_id, "organization_id": {"$ne": organization_id}}
        if await collection(OrganizationMember).find_one(others, {"_id": 1}, session=change.session) is None:
            await _require(change, organization_id)
            raise Conflict("This is your last organization: create another one first")
        await (keep_organization if recoverable else remove_organization)(change, organization_id)
        return ObjectId(organization_id)

    return await delete(ctx, organization_id, body, revokes=True)


async def remove_organization(change: Change, organization_id: ObjectId) -> None:
    """Delete an organization with its workspaces within a change, and all that they hold with them or after them.

    Raises NotFound, and Conflict where it has more workspaces than one change can close, or is paid for.
    """
    deleted = await find_and_delete(Organization, {"_id": organization_id}, change.session)
    if deleted is None:
        raise NotFound("Organization")
    workspaces = await require_closable(change, deleted)
    change.append(organization_id, OrganizationDeleted(deleted_id=organization_id))
    for workspace_id in workspaces:
        await remove_workspace(change, workspace_id)
    await bury(change, organization_id, organization_id)


async def _require_inside(change: Change, organization_id: ObjectId, workspace_id: ObjectId) -> None:
    inside = {"_id": workspace_id, "organization_id": organization_id}
    if await collection(Workspace).find_one(inside, {"_id": 1}, session=change.session) is None:
        raise BadUserInput("is not a workspace of the organization", field="defaultWorkspaceId")


async def _require_no_projects(change: Change, organization_id: ObjectId) -> None:
    inside = {"organization_id": organization_id}
    workspaces = await collection(Workspace).find(inside, {"_id": 1}, session=change.session).to_list()
    for ids in portions(workspace["_id"] for workspace in workspaces):
        query = {"workspace_id": {"$in": ids}}
        if await collection(Project).find_one(query, {"_id": 1}, session=change.session) is not None:
            raise Conflict("The organization has projects: delete them first")


async def _require(change: Change, organization_id: ObjectId) -> None:
    if await collection(Organization).find_one({"_id": organization_id}, {"_id": 1}, session=change.session) is None:
        raise NotFound("Organization")


@edge(scope=READ, viewer=True)
async def my_role_of(
    ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields = None
) -> list[Role | None]:
    """The caller's role in each organization; None where it has none."""
    found = await organization_memberships(ctx, (organization["_id"] for organization in organizations))
    memberships = [found[organization["_id"]] for organization in organizations]
    return [None if membership is None else Role(membership["role"]) for membership in memberships]


@edge(scope=READ, viewer=True)
async def default_workspace_of(
    ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields
) -> list[WorkspaceRecord | None]:
    """The default workspace of each organization; None for none, and for whoever is not in it."""
    named = [organization.get("default_workspace_id") for organization in organizations]
    memberships = await workspace_memberships(ctx, (workspace_id for workspace_id in named if workspace_id is not None))
    found = await by_ids(Workspace, [object_id for object_id, member in memberships.items() if member], fields)
    return [found.get(workspace_id) for workspace_id in named]


members_of = pages_by(ORGANIZATION_MEMBER, "organization_id")
"""The members of each organization in the order of joining."""


@edge(scope=READ, viewer=True)
async def workspaces_of(
    ctx: Context,
    organizations: Sequence[OrganizationRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
) -> list[JoinedPage]:
    """The workspaces of each organization that the caller is a member of, in the order of joining."""
    ids = [organization["_id"] for organization in organizations]
    found = await viewer_workspaces(ctx, ids, Window.read(first, after), fields=fields)
    return [found[object_id] for object_id in ids]


@edge(scope=READ, viewer=True)
async def workspace_of(
    ctx: Context, organizations: Sequence[OrganizationRecord], fields: Fields, *, slug: str
) -> list[Record | None]:
    """The workspace of each organization with a slug; None where there is none that the caller is a member of."""
    ids = [organization["_id"] for organization in organizations]
    found = await viewer_workspaces(ctx, ids, EVERYTHING, slug=check_text(slug, field="slug"), fields=fields)
    return [next(iter(found[object_id].nodes), None) for object_id in ids]
