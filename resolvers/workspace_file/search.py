"""Finding files of a workspace by their words, and by where they stand."""

from collections.abc import AsyncIterator, Sequence

from bson import ObjectId

from auth.policies import board
from models import WorkspaceFile
from models.base import Record, collection
from models.enums import SearchType, TokenScope
from models.records import WorkspaceFileRecord, WorkspaceMemberRecord
from resolvers.inputs.workspace_file import WorkspaceFileSearch
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import operation
from resolvers.search.follow import follow
from resolvers.words.index import Terms
from resolvers.words.query import read_query

MOST = 200
"""Files that one search finds."""
_AT_ONCE = 100


@operation(
    "workspaceFileSearch",
    opens=WORKSPACE.by("workspace_id"),
    permission=board.READ,
    scope=TokenScope.PROJECTS_READ,
    read_only=True,
    tool="search_files",
)
async def search_files(
    ctx: Context, membership: WorkspaceMemberRecord, values: WorkspaceFileSearch
) -> list[WorkspaceFileRecord]:
    """Files of a workspace without their texts, at most 200: those with the words of a query, the best first, or by
    path where there is none."""
    workspace_id = membership["workspace_id"]
    candidates = _by_path(workspace_id) if values.query is None else _by_words(ctx, workspace_id, values.query)
    found: list[WorkspaceFileRecord] = []
    async for files in candidates:
        found += [file for file in files if file["workspace_id"] == workspace_id and _fits(file, values)]
        if len(found) >= MOST:
            break
    return found[:MOST]


async def _by_path(workspace_id: ObjectId) -> AsyncIterator[Sequence[WorkspaceFileRecord]]:
    where: Record = {"workspace_id": workspace_id}
    cursor = collection(WorkspaceFile).find(where).sort("path", 1)
    while files := await cursor.to_list(_AT_ONCE):
        yield files


async def _by_words(ctx: Context, workspace_id: ObjectId, query: str) -> AsyncIterator[Sequence[WorkspaceFileRecord]]:
    terms, after = Terms(read_query(query), [SearchType.FILE]), None
    await follow(ctx.services, workspace_id)
    while hits := await ctx.services.search.find(workspace_id, terms, _AT_ONCE, after):
        files = await by_ids(WorkspaceFile, (hit.id for hit in hits))
        yield [files[hit.id] for hit in hits if hit.id in files]
        if len(hits) < _AT_ONCE:
            return
        after = (hits[-1].rank, hits[-1].place)


def _fits(file: WorkspaceFileRecord, values: WorkspaceFileSearch) -> bool:
    path = file["path"]
    return (
        (values.category is None or file["category"] == values.category)
        and (values.folder is None or path.startswith(f"{values.folder}/"))
        and (values.ending is None or path.lower().endswith(f".{values.ending.lower().removeprefix('.')}"))
    )
