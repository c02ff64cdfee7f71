"""Which folders of the machine somebody may see, and which a project has.

A folder below a root of an organization is for those who run that organization, one below a root of nobody's in
particular for whoever runs the installation. They bind a project to it; from then on it is its members' (decision 80).
"""

from collections.abc import Sequence

from bson import ObjectId

from auth.policies.permission import ADMINS
from models import Organization, OrganizationMember, User, Workspace
from models.base import collection
from models.enums import ServerRole
from models.errors import BadUserInput, NotBound, NotFound
from models.ids import among
from models.project_roots import Place, split_path
from models.records import ProjectRecord
from resolvers.kit.context import Context
from resolvers.machine.beneath import REPOSITORY

MAX_ORGANIZATIONS = 100
"""Of one person, whose roots are theirs to see."""
FIELDS = ("workspace_id", "path", "bound")
"""What is read of a project for its folder."""


async def places_of(ctx: Context) -> list[Place]:
    """The roots that the caller may see, in the order in which the operator names them."""
    roots = ctx.services.project_roots
    slugs: list[str] = []
    if any(not root.is_shared for root in roots):
        mine = {"user_id": ctx.user_id, "role": {"$in": sorted(ADMINS)}}
        members = collection(OrganizationMember).find(mine, {"organization_id": 1}).limit(MAX_ORGANIZATIONS)
        ids = [member["organization_id"] for member in await members.to_list()]
        found = collection(Organization).find({"_id": among(ids)}, {"slug": 1}).sort("_id", 1)
        slugs = [organization["slug"] for organization in await found.to_list()]
    sees_shared = any(root.is_shared for root in roots) and await may_see_shared(ctx)
    places: list[Place] = []
    for root in roots:
        if not root.is_shared:
            places += [root.place(slug) for slug in slugs]
        elif sees_shared:
            places.append(root.place())
    return places


def read_path(text: str, field: str = "path") -> tuple[str, ...]:
    """The names of an absolute path; raises BadUserInput."""
    try:
        return split_path(text)
    except ValueError as error:
        raise BadUserInput(str(error), field=field) from error


def within(places: Sequence[Place], names: tuple[str, ...]) -> Place | None:
    """What a path leads to, where it is a root or beneath one, and not inside a repository's own folder."""
    if any(name.casefold() == REPOSITORY for name in names):
        return None
    for place in places:
        own = split_path(place.path)
        if names[: len(own)] == own:
            return place.inside(*names[len(own) :])
    return None


async def find_place(ctx: Context, path: str, what: str) -> tuple[Place, bool]:
    """What a path leads to that the caller may see, and whether that is a root; raises NotFound for anything else."""
    names = read_path(path)
    places = await places_of(ctx)
    place = within(places, names)
    if place is None:
        raise NotFound(what)
    return place, place in places


async def binds(ctx: Context, workspace_id: ObjectId, path: str | None) -> bool:
    """Whether a project of a workspace that is given this path by the caller has that folder from then on."""
    if path is None or not ctx.services.project_roots:
        return False
    try:
        names = split_path(path)
    except ValueError:
        return False
    slugs = await _slugs_for(ctx, [workspace_id])
    own = _roots(ctx, slugs.get(workspace_id))
    return within([place for place in await places_of(ctx) if place in own], names) is not None


async def folders_of(ctx: Context, projects: Sequence[ProjectRecord]) -> list[Place | None]:
    """The folder of each project, of which FIELDS were read; None where it has none that is reached."""
    slugs = await _slugs_for(ctx, [project["workspace_id"] for project in projects if project.get("bound")])
    return [
        within(_roots(ctx, slugs.get(project["workspace_id"])), split_path(project["path"]))
        if project.get("bound") and project["path"] is not None
        else None
        for project in projects
    ]


async def place_of(ctx: Context, project: ProjectRecord) -> Place:
    """The folder of a project, of which FIELDS were read. Raises NotBound where it has none that is reached."""
    [place] = await folders_of(ctx, [project])
    if place is None:
        raise NotBound
    return place


def _roots(ctx: Context, slug: str | None) -> list[Place]:
    """The roots in which the projects of an organization may have theirs."""
    return [root.place(slug) for root in ctx.services.project_roots if root.is_shared or slug is not None]


async def _slugs_for(ctx: Context, workspace_ids: Sequence[ObjectId]) -> dict[ObjectId, str]:
    """The slugs of the organizations of workspaces, where any root is an organization's."""
    if not workspace_ids or all(root.is_shared for root in ctx.services.project_roots):
        return {}
    return await slugs_of(workspace_ids)


async def slugs_of(workspace_ids: Sequence[ObjectId]) -> dict[ObjectId, str]:
    """The slugs of the organizations of workspaces."""
    ids = list(dict.fromkeys(workspace_ids))
    workspaces = await collection(Workspace).find({"_id": among(ids)}, {"organization_id": 1}).to_list()
    owners = list(dict.fromkeys(workspace["organization_id"] for workspace in workspaces))
    organizations = await collection(Organization).find({"_id": among(owners)}, {"slug": 1}).to_list()
    slugs = {organization["_id"]: organization["slug"] for organization in organizations}
    return {
        workspace["_id"]: slugs[workspace["organization_id"]]
        for workspace in workspaces
        if workspace["organization_id"] in slugs
    }


async def may_see_shared(ctx: Context) -> bool:
    """Whether the caller may see what is nobody's in particular."""
    found = await collection(User).find_one({"_id": ctx.user_id}, {"server_role": 1})
    return found is not None and found.get("server_role") == ServerRole.SUPER_ADMIN
