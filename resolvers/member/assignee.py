"""Whom a word names that somebody writes for who works on something."""

from collections.abc import Iterable

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import Agent, User, WorkspaceMember
from models.base import Record, collection
from models.errors import BadUserInput
from models.ids import Kind, among, kind_of
from models.records import ProjectRecord, UserRecord
from realtime.log import Change
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids
from resolvers.member.project_member import add_member, is_member

ME = "me"
Session = AsyncClientSession | None
MOST_DIGITS = 10
HEX_DIGITS = 24


async def assignee_called(
    ctx: Context, workspace_id: ObjectId, word: str | None, session: Session = None
) -> ObjectId | None:
    """The user that a word names, a member of the workspace: `me`, the slug or the name of an agent, a username, a
    number or an id. None is nobody; raises BadUserInput for what names none."""
    if word is None:
        return None
    user_id = ctx.user_id if word == ME else await _called(workspace_id, word, session)
    membership = {"workspace_id": workspace_id, "user_id": user_id}
    if user_id is None or not await collection(WorkspaceMember).find_one(membership, {"_id": 1}, session=session):
        raise BadUserInput("names no agent and no member of the workspace", field="assignee")
    return user_id


async def _called(workspace_id: ObjectId, word: str, session: Session) -> ObjectId | None:
    here: Record = {"workspace_id": workspace_id, "deleted_at": None}
    if len(word) == HEX_DIGITS and ObjectId.is_valid(word):
        named = ObjectId(word)
        return await _agent({**here, "_id": named}, session) if kind_of(named) is Kind.AGENT else named
    if word.isascii() and word.isdigit():
        return await _user({"number": int(word)}, session) if len(word) <= MOST_DIGITS else None
    return (
        await _agent({**here, "slug": word}, session)
        or await _user({"username": word}, session)
        or await _agent({**here, "name": word}, session)
    )


async def _agent(query: Record, session: Session) -> ObjectId | None:
    found = await collection(Agent).find_one(query, {"user_id": 1}, session=session)
    return None if found is None else found["user_id"]


async def _user(query: Record, session: Session) -> ObjectId | None:
    found = await collection(User).find_one(query, {"_id": 1}, session=session)
    return None if found is None else found["_id"]


async def words_for(user_ids: Iterable[ObjectId | None]) -> dict[ObjectId, str]:
    """The words that name users: the slugs of agents, and the usernames of people, or their numbers."""
    users = await by_ids(User, user_ids)
    agents = [user["_id"] for user in users.values() if user["is_agent"]]
    found = collection(Agent).find({"user_id": among(agents)}, {"user_id": 1, "slug": 1}) if agents else None
    slugs = {} if found is None else {agent["user_id"]: agent["slug"] for agent in await found.to_list()}
    return {user["_id"]: slugs.get(user["_id"]) or _word(user) for user in users.values()}


def _word(user: UserRecord) -> str:
    return str(user.get("username") or user.get("number") or user["_id"])


async def make_assignable(change: Change, project: ProjectRecord, user_id: ObjectId | None) -> None:
    """Make somebody a member of a project who is to be assigned a card of it, and is none yet."""
    if user_id is not None and not await is_member(project["_id"], user_id, change):
        await add_member(change, project, user_id)
