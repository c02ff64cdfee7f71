"""What projects are called in addresses: unique in their workspace, and made of the name where nobody says."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import Project
from models.base import collection
from models.errors import BadUserInput, Conflict
from models.records import ProjectRecord
from models.text import slug_of
from realtime.log import Change
from resolvers.kit.migration_step import MigrationStep, Work, over_all
from resolvers.kit.slugs import INBOX

TAKEN = "is taken by another project of the workspace"


async def require_free(change: Change, workspace_id: ObjectId, slug: str, project_id: ObjectId | None = None) -> None:
    """Raise BadUserInput for a slug that is reserved, Conflict for that of another project than this one."""
    owner = await _owner(workspace_id, slug, change.session)
    if owner is not None and owner == project_id:
        return
    if slug == INBOX:
        raise BadUserInput("is reserved for cards without a project", field="slug")
    if owner is not None:
        raise Conflict(TAKEN, field="slug")


async def made_slug(workspace_id: ObjectId, project_id: ObjectId, name: str, session: AsyncClientSession | None) -> str:
    """The slug of a name; where another project has that, with the end of the id."""
    slug = slug_of(name, "project")
    if slug == INBOX or await _owner(workspace_id, slug, session) is not None:
        return f"{slug}-{str(project_id)[-6:]}"
    return slug


async def _owner(workspace_id: ObjectId, slug: str, session: AsyncClientSession | None) -> ObjectId | None:
    query = {"workspace_id": workspace_id, "slug": slug}
    found = await collection(Project).find_one(query, {"_id": 1}, session=session)
    return None if found is None else found["_id"]


async def _run(work: Work) -> None:
    await over_all(Project, work, _give, ["workspace_id", "name", "slug"])


async def _give(projects: Sequence[ProjectRecord]) -> None:
    for project in projects:
        if project.get("slug") is None:
            slug = await made_slug(project["workspace_id"], project["_id"], project["name"], None)
            without = {"_id": project["_id"], "slug": None}
            await collection(Project).update_one(without, {"$set": {"slug": slug}})


SLUG_STEP = MigrationStep("projects-slugs", "What projects are called in addresses", _run)
