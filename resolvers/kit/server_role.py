"""What the caller may do with the installation; asked of the account each time, so that it ends where it is taken away.

It opens no tenant: no door of one asks for it (decision 72).
"""

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import User
from models.base import collection
from models.enums import ServerRole
from models.errors import Forbidden
from resolvers.kit.context import Context


async def server_role(user_id: ObjectId, session: AsyncClientSession | None = None) -> ServerRole:
    """What a person may do with the installation, as the database has it."""
    account = {"_id": user_id, "deleted_at": None}
    found = await collection(User).find_one(account, {"server_role": 1}, session=session)
    return ServerRole.USER if found is None else ServerRole(found.get("server_role", ServerRole.USER))


async def require_server_role(
    user_id: ObjectId, least: ServerRole, what: str, session: AsyncClientSession | None = None
) -> ServerRole:
    """The role of a person; raises Forbidden for one who may do less with the installation than `what` takes."""
    role = await server_role(user_id, session)
    if not role.covers(least):
        raise Forbidden(f"{what} is for whoever runs the installation", role=least.value)
    return role


async def runs_installation(ctx: Context) -> bool:
    """Whether the caller is a person, and no token, who runs the installation."""
    mine = ctx.subject.user_id
    return mine is not None and ctx.subject.is_person and (await server_role(mine)).covers(ServerRole.ADMIN)
