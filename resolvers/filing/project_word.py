"""Which project of a workspace a word names."""

import re

from bson import ObjectId

from auth.policies import board
from models import Project
from models.base import collection
from models.errors import BadUserInput, NotFound
from models.records import ProjectRecord
from resolvers.kit.access import access
from resolvers.kit.context import Context
from resolvers.kit.nouns import PROJECT

HEX_DIGITS = 24
_NUMBER = re.compile("#([1-9][0-9]{0,9})")


async def project_called(ctx: Context, workspace_id: ObjectId, word: str) -> ProjectRecord:
    """The project of a workspace, whose door was passed, by its slug, its number (`#7`) or its id; raises BadUserInput
    where none is."""
    try:
        return await find_project(ctx, workspace_id, word)
    except NotFound as error:
        raise BadUserInput("names no project of the workspace", field="project") from error


async def find_project(ctx: Context, workspace_id: ObjectId, word: str) -> ProjectRecord:
    """The same; raises NotFound where none is."""
    by_number = _NUMBER.fullmatch(word)
    named = {"slug": word} if by_number is None else {"number": int(by_number[1])}
    found = await collection(Project).find_one({"workspace_id": workspace_id, **named}, {"_id": 1})
    if found is None and (len(word) != HEX_DIGITS or not ObjectId.is_valid(word)):
        raise NotFound(PROJECT.title)
    try:
        project = await access(ctx, PROJECT, word if found is None else found["_id"], board.READ)
    except BadUserInput as error:  # the id of something else
        raise NotFound(PROJECT.title) from error
    if project["workspace_id"] != workspace_id:
        raise NotFound(PROJECT.title)
    return project
