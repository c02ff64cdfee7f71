"""The files of a project's repository."""

from collections.abc import Sequence

from auth.policies import board
from models.enums import TokenScope
from models.errors import Conflict
from models.project_roots import Place
from models.records import ProjectRecord
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PROJECT
from resolvers.kit.operation import edge, operation
from resolvers.machine.beneath import AbsentError, is_repository
from resolvers.machine.git import UnreadableError, tracked_files
from resolvers.machine.reach import FIELDS, folders_of, place_of
from resolvers.machine.work import FOLDERS, with_git

READ = TokenScope.PROJECTS_READ


@operation(
    "projectFiles", opens=PROJECT.by("project_id").reading(*FIELDS), permission=board.READ, scope=READ, read_only=True
)
async def list_files(ctx: Context, project: ProjectRecord) -> list[str]:
    """The files that git tracks in a project's folder, as its index has them; at most 50,000.

    Raises NotBound without such a folder, Conflict where there is no repository.
    """
    return await _tracked(await place_of(ctx, project))


@edge(scope=READ)
async def files_of(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[list[str] | None]:
    """The files that git tracks in each project's folder; None where there is no repository that is reached."""
    found: list[list[str] | None] = []
    for place in await folders_of(ctx, projects):
        try:
            found.append(None if place is None else await _tracked(place))
        except Conflict:
            found.append(None)
    return found


@edge(scope=READ)
async def is_git_of(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[bool]:
    """Whether there is a repository in each project's folder."""
    places = await folders_of(ctx, projects)
    known = {place for place in places if place is not None}
    flags = await FOLDERS.run(lambda: {place: is_repository(place) for place in known}) if known else {}
    return [place is not None and flags[place] for place in places]


async def _tracked(place: Place) -> list[str]:
    try:
        return await with_git(tracked_files, place)
    except AbsentError as error:
        if await FOLDERS.run(is_repository, place):
            return []  # nothing was ever added
        raise Conflict("There is no repository in the folder of the project") from error
    except UnreadableError as error:
        raise Conflict("The repository of the project cannot be read") from error
