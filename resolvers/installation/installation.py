"""Setting the installation up, once and while nobody is there; and who runs it from then on.

Whoever runs it is in no organization for that: every door of a tenant asks for a membership alone (decision 72).
"""

from datetime import timedelta

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.counting import count_attempt
from models import Installation, User
from models.base import Record, collection, to_record
from models.enums import ServerRole
from models.errors import Conflict, NotFound
from models.records import UserRecord
from realtime.events.account import InstallationSetUp, ServerRoleChanged
from realtime.log import Change, Committed
from resolvers.account.registration import NewAccount, create_account
from resolvers.account.sign_in import SignIn
from resolvers.inputs.account import AuthRegister
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation

SET_UP = "The installation is set up already: register, or have `orrery admin grant` make an account its administrator"


@operation("installation", caller=Caller.ANYONE, read_only=True)
async def get_installation(ctx: Context) -> Record:
    """What everybody may know of the installation: whether it `has_people`."""
    return {"has_people": await _has_people()}


@operation("installationSetup", caller=Caller.ANYONE, reveals=True)
async def set_up_installation(ctx: Context, values: AuthRegister) -> SignIn:
    """Create the first account, which runs the installation, and sign in; only while there is none.

    Of several at once one succeeds. Raises Conflict for the others, and RateLimited for too many of one source.
    """
    if await _has_people():
        raise Conflict(SET_UP)
    if ctx.source is not None:
        limit = ctx.services.registrations_per_hour
        await count_attempt("register-source", ctx.source, limit=limit, window=timedelta(hours=1))

    async def also(change: Change, user: UserRecord) -> None:
        installation = to_record(Installation(set_up_by=user["_id"], created_at=change.at))
        try:
            await collection(Installation).insert_one(installation, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict(SET_UP) from error
        change.append(user["_id"], InstallationSetUp(), ServerRoleChanged(role=ServerRole.SUPER_ADMIN))

    account = NewAccount(values.email, values.password, values.name, server_role=ServerRole.SUPER_ADMIN)
    return await create_account(ctx, account, also=also)


async def grant_server_role(ctx: Context, user_id: ObjectId, role: ServerRole) -> Committed[ServerRole]:
    """Say what a person may do with the installation: for whoever holds its data folder. Raises NotFound."""

    async def body(change: Change) -> ServerRole:
        person = {"_id": user_id, "is_agent": False, "deleted_at": None}
        found = await collection(User).find_one(person, {"server_role": 1}, session=change.session)
        if found is None:
            raise NotFound("User")
        if found.get("server_role", ServerRole.USER) != role:
            await collection(User).update_one(person, {"$set": {"server_role": role.value}}, session=change.session)
            change.append(user_id, ServerRoleChanged(role=role))
        return role

    return await ctx.write(user_id, body)


async def _has_people() -> bool:
    return await collection(User).estimated_document_count() > 0
