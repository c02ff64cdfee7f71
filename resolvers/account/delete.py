"""Deleting one's account: what others rely on stays, without a name; all else goes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import (
    Activity,
    ApiToken,
    Avatar,
    IdempotencyKey,
    Identity,
    Inbox,
    Invitation,
    LedgerEntry,
    Mail,
    MailLink,
    Message,
    Notification,
    OAuthCode,
    OAuthGrant,
    Organization,
    OrganizationMember,
    PanelState,
    Preferences,
    ReadMark,
    SeenMark,
    Session,
    TeamMember,
    User,
    Wallet,
    Workspace,
    WorkspaceMember,
)
from models.base import Recorded, collection, to_record, utc_now
from models.enums import MailTemplate, Role, ServerRole
from models.errors import BadUserInput, Conflict, Unauthenticated
from models.ids import Kind, among, portions
from models.records import TombstoneRecord, UserRecord, WorkspaceMemberRecord
from realtime.events.account import UserDeleted
from realtime.events.workspace import WorkspaceMemberUpdated
from realtime.log import Change, Committed
from resolvers.account.password import require_password
from resolvers.account.super_admin import step_down
from resolvers.account.two_factor import count_code, use_code
from resolvers.deletion.cascade import Step, rows
from resolvers.deletion.cascade_parts import conversations
from resolvers.deletion.deletion import bury, delete
from resolvers.deletion.plan import PLANS
from resolvers.inputs.account import AccountDelete
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.mail.mail import insert_mail
from resolvers.member.organization_member import delete_organization_member, hand_over_workspaces
from resolvers.member.workspace_member import take_off_workspace
from resolvers.notification.store import drop_notifications
from resolvers.organization.organization import remove_organization
from resolvers.worktree.guard import require_finished

DELETED_NAME = "Deleted user"
FRESH = timedelta(minutes=15)
"""How long a sign-in proves who asks."""


@operation("accountDelete", caller=Caller.PERSON)
async def delete_account(ctx: Context, values: AccountDelete) -> Committed[ObjectId]:
    """Delete the viewer's account; what others rely on stays, without a name.

    Delete the caller's account; takes the password, and a code where there are two factors, or else a sign-in of a
    moment ago.

    Raises Conflict as long as the caller owns an organization with other people in it, and for the last
    super-administrator; WorktreeDirty, unless it is forced, where the work on a card is not merged that goes with an
    organization. Comments and cards stay, by a user without name and address; organizations that nobody else is
    in go with all they hold. Workspaces are left in this change or, where those are many, one after the other.
    """
    if values.password is None:
        user = await _require_fresh(ctx)
    else:
        user = await require_password(ctx, values.password)
    if values.password is not None and user.get("two_factor") is not None:
        if values.code is None:
            raise BadUserInput("is required: the account has two factors", field="code")
        await count_code(ctx.user_id, str(ctx.subject.credential_id))
    if not values.force:
        await require_finished(ctx, {"workspace_id": among(await _going_with(ctx.user_id))}, force=False)

    async def body(change: Change) -> ObjectId:
        still = await collection(User).find_one({"_id": ctx.user_id}, session=change.session)
        if still is None or still["password_hash"] != user["password_hash"]:
            raise Unauthenticated("The password was changed in the meantime")
        has_factor = values.password is not None and still.get("two_factor") is not None
        if has_factor and not await use_code(ctx, change, ctx.user_id, values.code or ""):
            raise BadUserInput("is wrong, or was used already", field="code")
        if still.get("server_role") == ServerRole.SUPER_ADMIN:
            await step_down(change, ctx.user_id)
        for organization_id in await _owned(change, ctx.user_id):
            await remove_organization(change, organization_id)
        await close_account(change, still)
        return ctx.user_id

    try:
        return await delete(ctx, ctx.user_id, body, revokes=True)
    finally:
        ctx.services.mail_due.set()


async def _require_fresh(ctx: Context) -> UserRecord:
    """The record of a caller who has just signed in. Raises BadUserInput for any other."""
    mine = {"_id": ctx.subject.credential_id, "user_id": ctx.user_id, "created_at": {"$gt": utc_now() - FRESH}}
    user = await collection(User).find_one({"_id": ctx.user_id})
    if user is None or await collection(Session).find_one(mine, {"_id": 1}) is None:
        minutes = FRESH // timedelta(minutes=1)
        raise BadUserInput(f"is required, as the sign-in is more than {minutes} minutes old", field="password")
    return user


async def close_account(change: Change, user: UserRecord) -> None:
    """Delete an account that owns nothing any more, within a change: what others rely on stays, without a name.

    Nobody could restore the organizations any more that it has deleted, so they go for good.
    """
    user_id = user["_id"]
    kept = {"owner_id": user_id, "deleted_at": {"$ne": None}}
    for organization in await collection(Organization).find(kept, {"_id": 1}, session=change.session).to_list():
        await remove_organization(change, organization["_id"])
    await _forget(change, user)
    change.append(user_id, UserDeleted(deleted_id=user_id))
    await bury(change, user_id, user_id, user_id=user_id)
    await insert_mail(change, user["email"], MailTemplate.ACCOUNT_DELETED)


async def _going_with(user_id: ObjectId) -> list[ObjectId]:
    """The workspaces of organizations that a user owns and nobody else is in."""
    owned = await _owns(user_id)
    alone = [organization_id for organization_id in owned if not await _has_others(organization_id, user_id)]
    inside = await collection(Workspace).find({"organization_id": among(alone)}, {"_id": 1}).to_list()
    return [workspace["_id"] for workspace in inside]


async def _owned(change: Change, user_id: ObjectId) -> list[ObjectId]:
    """The organizations that a user owns and nobody else is in; raises Conflict where others rely on one."""
    owned = await _owns(user_id, change.session)
    shared = [found_id for found_id in owned if await _has_others(found_id, user_id, change.session)]
    if shared:
        slugs = await _slugs(change, shared)
        names = ", ".join(slugs)
        raise Conflict(f"You own organizations with other members: {names}. Remove them first", organizations=slugs)
    return owned


async def _owns(user_id: ObjectId, session: AsyncClientSession | None = None) -> list[ObjectId]:
    mine = {"user_id": user_id, "role": Role.OWNER.value}
    found = await collection(OrganizationMember).find(mine, {"organization_id": 1}, session=session).to_list()
    return [organization_member["organization_id"] for organization_member in found]


async def _has_others(organization_id: ObjectId, user_id: ObjectId, session: AsyncClientSession | None = None) -> bool:
    others = {"organization_id": organization_id, "user_id": {"$ne": user_id}}
    members = await collection(OrganizationMember).find(others, {"user_id": 1}, session=session).to_list()
    for ids in portions(member["user_id"] for member in members):
        people = {"_id": {"$in": ids}, "is_agent": False}
        if await collection(User).find_one(people, {"_id": 1}, session=session) is not None:
            return True
    return False


async def _slugs(change: Change, organization_ids: Sequence[ObjectId]) -> list[str]:
    query = {"_id": {"$in": list(organization_ids)}}
    found = await collection(Organization).find(query, {"slug": 1}, session=change.session).to_list()
    return sorted(organization["slug"] for organization in found)


async def _forget(change: Change, user: UserRecord) -> None:
    """Close the account at once: nobody signs in, and name and address are out of what stays.

    Sessions, tokens and mails have bounds of their own: a person's tokens are at most a hundred, a session and a mail
    are kept for some days, and how many there may be in an hour is limited.
    """
    session, user_id = change.session, user["_id"]
    owned: tuple[type[Recorded[Any]], ...] = (Session, ApiToken, OAuthGrant, OAuthCode, MailLink, Identity)
    for model in owned:
        await collection(model).delete_many({"user_id": user_id}, session=session)
    await drop_notifications(change, user_id, [])
    if user.get("email_verified_at") is not None:
        await collection(Mail).delete_many({"to": user["email"]}, session=session)
        accepted = {"email": user["email"], "accepted_at": {"$ne": None}}
        await collection(Invitation).delete_many(accepted, session=session)
    else:  # whoever has the address may be somebody else
        await collection(Mail).delete_many({"to": user["email"], "about_id": user_id}, session=session)
    nobody = User(
        id=user_id,
        email=f"deleted-{user_id}@deleted.invalid",
        name=DELETED_NAME,
        number=user.get("number"),
        created_at=user["created_at"],
        deleted_at=change.at,
    )
    await collection(User).replace_one({"_id": user_id}, to_record(nobody), session=session)


async def _leave_one(change: Change, tombstone: TombstoneRecord, most: int) -> int:
    """Leave one workspace or, where none is left, one organization."""
    user_id = tombstone["_id"]
    mine = {"user_id": user_id}
    member = await collection(WorkspaceMember).find_one(mine, session=change.session)
    if member is not None:
        return await _leave_workspace(change, member, most)
    of_others = {**mine, "role": {"$ne": Role.OWNER.value}}
    left = await collection(OrganizationMember).find_one(of_others, session=change.session)
    if left is not None:
        await delete_organization_member(change, left["organization_id"], user_id)
        return 1
    owned = await collection(OrganizationMember).find_one(mine, session=change.session)
    if owned is None or await _has_others(owned["organization_id"], user_id, change.session):
        return 0
    await remove_organization(change, owned["organization_id"])
    return most


async def _leave_workspace(change: Change, member: WorkspaceMemberRecord, most: int) -> int:
    """Leave a workspace; those who stay are told of the name that the user has now, before and in what they read."""
    workspace_id, user_id = member["workspace_id"], member["user_id"]
    named = {"workspace_id": workspace_id, "meta.userId": str(user_id), "meta.name": {"$ne": DELETED_NAME}}
    found = await collection(Activity).find(named, {"_id": 1}, session=change.session).limit(most).to_list()
    for ids in portions(activity["_id"] for activity in found):
        nameless = {"$set": {"meta.name": DELETED_NAME}}
        await collection(Activity).update_many({"_id": {"$in": ids}}, nameless, session=change.session)
    if len(found) >= most:
        return len(found)
    if await collection(Workspace).find_one({"_id": workspace_id}, {"_id": 1}, session=change.session) is None:
        await collection(WorkspaceMember).delete_one({"_id": member["_id"]}, session=change.session)
        return len(found) + 1
    change.append(workspace_id, WorkspaceMemberUpdated(member=member))
    await hand_over_workspaces(change, member["organization_id"], user_id)
    await take_off_workspace(change, workspace_id, user_id)
    return len(found) + 1


PLANS[Kind.USER] = (
    Step((WorkspaceMember, OrganizationMember), _leave_one),
    rows(Notification, "user_id"),
    rows(Message, "created_by"),
    conversations("created_by"),
    rows(TeamMember, "user_id"),
    rows(ReadMark, "user_id"),
    rows(SeenMark, "user_id"),
    rows(Preferences, "user_id"),
    rows(PanelState, "user_id"),
    rows(Inbox, "_id"),
    rows(LedgerEntry, "user_id"),
    rows(Wallet, "user_id"),
    rows(Avatar, "user_id"),
    rows(IdempotencyKey, "user_id"),
)
