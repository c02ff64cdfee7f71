"""Deleting one's account: what others rely on stays, without a name; all else goes."""

from collections.abc import Sequence

from bson import ObjectId

from models import (
    Activity,
    ApiToken,
    Avatar,
    IdempotencyKey,
    Invitation,
    LoggedEvent,
    Mail,
    MailLink,
    Organization,
    OrganizationMember,
    Session,
    User,
    WorkspaceMember,
)
from models.base import Record, collection, to_record
from models.enums import MailTemplate, Role
from models.errors import BadUserInput, Conflict, Unauthenticated
from models.ids import portions
from realtime.events import UserDeleted
from realtime.log import Change, Committed
from resolvers.context import Context
from resolvers.inputs.account import AccountDelete
from resolvers.mail import insert_mail
from resolvers.notification_store import forget_notifications
from resolvers.operation import Caller, operation
from resolvers.organization import remove_organization
from resolvers.organization_member import take_off_organization
from resolvers.password import require_password
from resolvers.two_factor import count_code, use_code
from resolvers.workspace_member import tell_name

DELETED_NAME = "Deleted user"


@operation("accountDelete", caller=Caller.PERSON)
async def delete_account(ctx: Context, values: AccountDelete) -> Committed[ObjectId]:
    """Delete the caller's account; takes the password, and a code where there are two factors.

    Raises Conflict as long as the caller owns an organization with other people in it. Comments and cards stay, by a
    user without name and address; organizations that nobody else is in go with all they hold.
    """
    user = await require_password(ctx, values.password)
    if user.get("two_factor") is not None:
        if values.code is None:
            raise BadUserInput("is required: the account has two factors", field="code")
        await count_code(ctx.user_id)

    async def body(change: Change) -> ObjectId:
        still = await collection(User).find_one({"_id": ctx.user_id}, session=change.session)
        if still is None or still["password_hash"] != user["password_hash"]:
            raise Unauthenticated("The password was changed in the meantime")
        if still.get("two_factor") is not None and not await use_code(ctx, change, ctx.user_id, values.code or ""):
            raise BadUserInput("is wrong, or was used already", field="code")
        workspace_ids = await _leave(change, ctx.user_id)
        await _forget(change, still, workspace_ids)
        change.append(ctx.user_id, UserDeleted(deleted_id=ctx.user_id))
        await insert_mail(change, still["email"], MailTemplate.ACCOUNT_DELETED)
        return ctx.user_id

    committed = await ctx.write(ctx.user_id, body, revokes=True, mails=True)
    await _leave_what_was_joined_meanwhile(ctx, committed.value)
    return committed


async def _leave(change: Change, user_id: ObjectId) -> list[ObjectId]:
    """Leave every organization, or delete it where nobody else is in it; the workspaces that the user was in."""
    mine = {"user_id": user_id}
    memberships = await collection(OrganizationMember).find(mine, session=change.session).to_list()
    owned = [one["organization_id"] for one in memberships if one["role"] == Role.OWNER]
    if shared := [one for one in owned if await _has_others(change, one, user_id)]:
        slugs = await _slugs(change, shared)
        names = ", ".join(slugs)
        raise Conflict(f"You own organizations with other members: {names}. Remove them first", organizations=slugs)
    below = await collection(WorkspaceMember).find(mine, {"workspace_id": 1}, session=change.session).to_list()
    await tell_name(change, user_id)
    for membership in memberships:
        if membership["organization_id"] in owned:
            await remove_organization(change, membership["organization_id"])
        else:
            await take_off_organization(change, membership["organization_id"], user_id)
    return [member["workspace_id"] for member in below]


async def _has_others(change: Change, organization_id: ObjectId, user_id: ObjectId) -> bool:
    others = {"organization_id": organization_id, "user_id": {"$ne": user_id}}
    members = await collection(OrganizationMember).find(others, {"user_id": 1}, session=change.session).to_list()
    for ids in portions(one["user_id"] for one in members):
        people = {"_id": {"$in": ids}, "is_agent": False}
        if await collection(User).find_one(people, {"_id": 1}, session=change.session) is not None:
            return True
    return False


async def _slugs(change: Change, organization_ids: Sequence[ObjectId]) -> list[str]:
    query = {"_id": {"$in": list(organization_ids)}}
    found = await collection(Organization).find(query, {"slug": 1}, session=change.session).to_list()
    return sorted(one["slug"] for one in found)


async def _forget(change: Change, user: Record, workspace_ids: Sequence[ObjectId]) -> None:
    """Delete what is the user's alone, and take name and address out of what stays."""
    session, user_id = change.session, user["_id"]
    for model in (Session, ApiToken, MailLink, Avatar, IdempotencyKey):
        await collection(model).delete_many({"user_id": user_id}, session=session)
    await forget_notifications(change, user_id)
    if user.get("email_verified_at") is not None:
        await collection(Mail).delete_many({"to": user["email"]}, session=session)
        accepted = {"email": user["email"], "accepted_at": {"$ne": None}}
        await collection(Invitation).delete_many(accepted, session=session)
    else:  # whoever has the address may be somebody else
        await collection(Mail).delete_many({"to": user["email"], "about_id": user_id}, session=session)
    for workspace_id in workspace_ids:
        told = {"workspace_id": workspace_id, "meta.userId": str(user_id)}
        nameless = {"$set": {"meta.name": DELETED_NAME}}
        await collection(Activity).update_many(told, nameless, session=session)
    # Nobody reads this history any more; its numbers stay, so that it has no holes.
    await collection(LoggedEvent).update_many({"stream_id": user_id}, {"$set": {"data": {}}}, session=session)
    nobody = User(
        id=user_id,
        email=f"deleted-{user_id}@deleted.invalid",
        name=DELETED_NAME,
        created_at=user["created_at"],
        deleted_at=change.at,
    )
    await collection(User).replace_one({"_id": user_id}, to_record(nobody), session=session)


async def _leave_what_was_joined_meanwhile(ctx: Context, user_id: ObjectId) -> None:
    # An invitation that was accepted at the same moment conflicts with nothing that the deletion wrote.
    async def body(change: Change) -> None:
        await _leave(change, user_id)

    if await collection(OrganizationMember).find_one({"user_id": user_id}, {"_id": 1}) is not None:
        await ctx.write_as(user_id, user_id, body)
        ctx.services.guard.look()
