"""Setting the installation up, once and while nobody is there; and who runs it from then on.

Whoever runs it is in no organization for that: every door of a tenant asks for a membership alone (decision 72).
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.counting import count_attempt
from auth.open_session import LIFETIME, open_session
from auth.sessions import start_session
from models import Installation, User
from models.base import Record, collection, to_record
from models.enums import ServerRole
from models.errors import Conflict, NotFound
from models.installation import INSTALLATION_ID
from models.records import UserRecord
from realtime.events.account import InstallationSetUp, ServerRoleChanged, SessionStarted
from realtime.events.installation import InstallationAuthChanged
from realtime.log import Change, Committed
from resolvers.account.registration import account_of, create_account
from resolvers.account.sign_in import SignIn
from resolvers.account.super_admin import end_open_session, step_down, touch_installation
from resolvers.inputs.account import AuthRegister
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.kit.server_role import require_server_role

SET_UP = "The installation is set up already: register, or have `orrery admin grant` make an account its administrator"

ALWAYS_ON = "Authentication cannot be turned off here: its operator has not set ORRERY_AGENT_BOARD_AUTH=optional"


@operation("installation", caller=Caller.ANYONE, read_only=True)
async def get_installation(ctx: Context) -> Record:
    """What everybody may know of the installation: whether it `has_people`, and how they sign in."""
    found = await collection(Installation).find_one({"_id": INSTALLATION_ID}, {"oidc": 1})
    return {
        "has_people": await _has_people(),
        "auth_enabled": not ctx.services.auth_optional or await open_session() is None,
        "oidc_enabled": found is not None and found.get("oidc") is not None,
    }


@dataclass(frozen=True, slots=True)
class ChangedInstallation:
    """What everybody may know of the installation, as it is now."""

    installation: Record


@operation("installationAuthSet", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN)
async def set_auth(
    ctx: Context,
    enabled: Annotated[
        bool, "False lets in whoever comes from this machine, at the agent board's interface, as the caller."
    ],
) -> Committed[ChangedInstallation]:
    """Turn authentication at the agent board's interface off, or on again.

    Raises Conflict where the operator does not let it be off (`ORRERY_AGENT_BOARD_AUTH=optional`).
    """
    if not enabled and not ctx.services.auth_optional:
        raise Conflict(ALWAYS_ON)

    async def body(change: Change) -> None:
        await require_server_role(ctx.user_id, ServerRole.SUPER_ADMIN, "installationAuthSet", change.session)
        is_open = await open_session() is not None
        if is_open is not enabled:
            return
        await end_open_session(change)
        if not enabled:
            session, _ = await start_session(ctx.user_id, LIFETIME, change.session, user_agent="Authentication is off")
            await touch_installation(change, {"open_session_id": session["_id"]})
            change.append(ctx.user_id, SessionStarted(session_id=session["_id"]))
        change.append(INSTALLATION_ID, InstallationAuthChanged(enabled=enabled))

    done = await ctx.write(INSTALLATION_ID, body, revokes=True)
    return Committed(ChangedInstallation(await get_installation(ctx)), done.cursor)


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

    account = replace(account_of(values), server_role=ServerRole.SUPER_ADMIN)
    return await create_account(ctx, account, also=also)


async def grant_server_role(ctx: Context, user_id: ObjectId, role: ServerRole) -> Committed[ServerRole]:
    """Say what a person may do with the installation: for whoever holds its data folder.

    Raises NotFound, and Conflict where nobody would run it any more.
    """

    async def body(change: Change) -> ServerRole:
        person = {"_id": user_id, "is_agent": False, "deleted_at": None}
        found = await collection(User).find_one(person, {"server_role": 1}, session=change.session)
        if found is None:
            raise NotFound("User")
        before = ServerRole(found.get("server_role", ServerRole.USER))
        if before is not role:
            if before is ServerRole.SUPER_ADMIN:
                await step_down(change, user_id)
            await collection(User).update_one(person, {"$set": {"server_role": role.value}}, session=change.session)
            change.append(user_id, ServerRoleChanged(role=role))
        return role

    return await ctx.write(user_id, body, revokes=True)


async def _has_people() -> bool:
    return await collection(User).estimated_document_count() > 0
