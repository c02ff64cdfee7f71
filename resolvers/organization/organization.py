"""Organizations: what can be done with them, and what can be reached from them."""

from collections.abc import Sequence
from typing import Annotated

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import organization as policy
from models import Organization, OrganizationMember, Project, Workspace, WorkspaceMember
from models.base import Record, collection, to_record
from models.billing import Plan, terms
from models.enums import Role, SubscriptionStatus, TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, among, new_id, portions
from models.json import check_text
from models.records import OrganizationMemberRecord, OrganizationRecord
from models.text import slug_of
from models.write import find_and_delete
from realtime.events.organization import OrganizationCreated, OrganizationDeleted, OrganizationUpdated
from realtime.log import Change, Committed
from realtime.numbers import insert
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.organization import OrganizationCreate, OrganizationUpdate
from resolvers.kit.access import projection
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
from resolvers.organization.slug import with_free_slug
from resolvers.workspace.workspace import insert_workspace, remove_workspace, viewer_workspaces
from resolvers.worktree.guard import Force, require_finished

MAX_WORKSPACES = 500
"""Of an organization that is deleted: each is closed in the same change, by three documents."""
READ, ADMINISTER = TokenScope.PROJECTS_READ, TokenScope.ACCOUNT_WRITE


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

    async def body(change: Change, slug: str) -> OrganizationRecord:
        mine = {"user_id": ctx.user_id, "role": Role.OWNER.value}
        await require_room(change, OrganizationMember, mine, MAX_ORGANIZATIONS, "organizations of yours")
        made = await insert_organization(
            change, organization_id, name=values.name, slug=slug, owner_id=ctx.user_id, plan=ctx.services.billing.free
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
    change: Change, organization_id: ObjectId, *, name: str, slug: str, owner_id: ObjectId, plan: Plan | None = None
) -> OrganizationRecord:
    """Write an organization and its owner's membership within a change; raises Conflict for a taken slug."""
    organization = to_record(
        Organization(
            id=organization_id,
            name=name,
            slug=slug,
            owner_id=owner_id,
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
        if value is None:
            raise BadUserInput("must not be null", field=name)

    async def body(change: Change) -> OrganizationRecord:
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
) -> Committed[ObjectId]:
    """Delete an organization with all it holds; never one's last.

    Never the caller's last one. Raises WorktreeDirty where the work on a card is not merged.
    """
    organization_id = membership["organization_id"]
    if not only_without_projects and not force:
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
        await remove_organization(change, organization_id)
        return ObjectId(organization_id)

    return await delete(ctx, organization_id, body, revokes=True)


async def remove_organization(change: Change, organization_id: ObjectId) -> None:
    """Delete an organization with its workspaces within a change, and all that they hold with them or after them.

    Raises NotFound, and Conflict where it has more workspaces than one change can close, or is paid for.
    """
    deleted = await find_and_delete(Organization, {"_id": organization_id}, change.session)
    if deleted is None:
        raise NotFound("Organization")
    if (paid := deleted.get("subscription")) is not None and SubscriptionStatus(paid["status"]).is_live:
        raise Conflict("It is paid for: end that in the portal first")
    inside = {"organization_id": organization_id}
    found = (
        await collection(Workspace).find(inside, {"_id": 1}, session=change.session).limit(MAX_WORKSPACES + 1).to_list()
    )
    if len(found) > MAX_WORKSPACES:
        raise Conflict(f"It has more than {MAX_WORKSPACES} workspaces: delete some of them first")
    change.append(organization_id, OrganizationDeleted(deleted_id=organization_id))
    for workspace in found:
        await remove_workspace(change, workspace["_id"])
    await bury(change, organization_id, organization_id)


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
