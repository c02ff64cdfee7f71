"""What a path of the agent board names: reached through the one door, and inside what the path names before it.

What is not there, or not inside, is answered as what does not exist. The operation that a route calls afterwards asks
for the token's scope and the permission.
"""

from bson import ObjectId

from models.base import R
from models.errors import NotFound
from models.ids import Kind
from models.records import CardRecord, ColumnRecord, ProjectRecord
from resolvers.kit.access import access
from resolvers.kit.noun import Fields, Noun
from resolvers.kit.nouns import CARD, COLUMN, PROJECT
from rest.routing import Call

PROJECT_PATH = "/projects/{projectId}"
CARD_PATH = PROJECT_PATH + "/cards/{cardId}"


async def project(call: Call, fields: Fields = frozenset()) -> ProjectRecord:
    """The project of the path."""
    return await access(call.ctx, PROJECT, call.id("projectId", Kind.PROJECT), PROJECT.reads, fields=fields)


async def column(call: Call) -> ColumnRecord:
    """The column of the path, in the project of the path."""
    return await inside(call, COLUMN, "columnId")


async def card(call: Call, fields: Fields = frozenset({"project_id"})) -> CardRecord:
    """The card of the path, in the project of the path."""
    return await inside(call, CARD, "cardId", fields)


async def inside(call: Call, noun: Noun[R], name: str, fields: Fields = frozenset({"project_id"})) -> R:
    """What a parameter of the path names, in the project of the path."""
    project_id = call.id("projectId", Kind.PROJECT)
    return within(await access(call.ctx, noun, call.id(name, noun.kind), noun.reads, fields=fields), project_id, noun)


def within(found: R, project_id: ObjectId, noun: Noun[R]) -> R:
    """What was found, if it is a project's; raises NotFound."""
    if found["project_id"] != project_id:
        raise NotFound(noun.title)
    return found
