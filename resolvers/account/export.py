"""All that is about the signed-in person, as one JSON object."""

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from models import (
    Activity,
    ApiToken,
    Attachment,
    Avatar,
    Card,
    Comment,
    Invitation,
    LedgerEntry,
    LoggedEvent,
    Mail,
    Mission,
    Notification,
    OAuthGrant,
    Organization,
    OrganizationMember,
    ProjectMember,
    Session,
    User,
    Wallet,
    Workspace,
    WorkspaceMember,
)
from models import Document as WrittenDocument
from models.base import AnyRecord, Record, Recorded, collection, utc_now
from models.errors import Unauthenticated
from models.ids import portions
from models.records import NotificationRecord, UserRecord
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.notification.store import with_marks
from resolvers.user.user import own

VERSION = 1
_SECRETS = ("secret_hash", "previous_hash", "csrf_token")


@operation("accountExport", caller=Caller.PERSON, read_only=True)
async def export_account(ctx: Context) -> Record:
    """The profile, and what the person has, wrote, was told and agreed to. No secret, and nothing about others."""
    user = await collection(User).find_one({"_id": ctx.user_id})
    if user is None:
        raise Unauthenticated
    organizations = await _all(OrganizationMember, {"user_id": ctx.user_id})
    workspaces = await _all(WorkspaceMember, {"user_id": ctx.user_id})
    workspace_ids = [workspace["workspace_id"] for workspace in workspaces]
    exported: Record = {
        "format": "orrery-account",
        "version": VERSION,
        "exported_at": utc_now(),
        "profile": {**own(user), "consents": user.get("consents", [])},
        "organizations": await _named(organizations, Organization, "organization_id"),
        "workspaces": await _named(workspaces, Workspace, "workspace_id"),
    }
    for name, read in _SECTIONS.items():
        exported[name] = await read(user, workspace_ids)
    shown: Record = _shown(exported)
    return shown


async def _all(model: type[Recorded[Any]], where: Mapping[str, Any]) -> list[Any]:
    return await collection(model).find(where).sort("_id", 1).to_list()


async def _named(memberships: Sequence[AnyRecord], model: type[Recorded[Any]], key: str) -> list[Record]:
    """The memberships with the name and the slug of what they are of."""
    known: dict[ObjectId, Record] = {}
    for ids in portions(membership[key] for membership in memberships):
        found = collection(model).find({"_id": {"$in": ids}}, {"name": 1, "slug": 1})
        known |= {record["_id"]: record for record in await found.to_list()}
    return [
        {**membership, "name": known[membership[key]]["name"], "slug": known[membership[key]]["slug"]}
        for membership in memberships
        if membership[key] in known
    ]


Section = Callable[[UserRecord, list[ObjectId]], Awaitable[Sequence[AnyRecord]]]


def _of_user(model: type[Recorded[Any]], key: str = "user_id") -> Section:
    async def read(user: UserRecord, _: list[ObjectId]) -> list[Record]:
        return await _all(model, {key: user["_id"]})

    return read


def _to_address(model: type[Recorded[Any]], key: str) -> Section:
    async def read(user: UserRecord, _: list[ObjectId]) -> list[Record]:
        if user.get("email_verified_at") is not None:
            return await _all(model, {key: user["email"]})
        # Whoever has the address may be somebody else: what it was sent for this account is shown alone.
        about = {key: user["email"], "about_id": user["_id"]}
        return await _all(model, about) if "about_id" in model.model_fields else []

    return read


def _in_workspaces(model: type[Recorded[Any]], key: str) -> Section:
    """What the user is in under `key`, in the workspaces that they are a member of."""

    async def read(user: UserRecord, workspace_ids: list[ObjectId]) -> list[Record]:
        found: list[Record] = []
        for workspace_id in workspace_ids:
            found += await _all(model, {"workspace_id": workspace_id, key: user["_id"]})
        return found

    return read


async def _notifications(user: UserRecord, _: list[ObjectId]) -> list[NotificationRecord]:
    return await with_marks(user["_id"], await _all(Notification, {"user_id": user["_id"]}))


_SECTIONS: Mapping[str, Section] = {
    "project_memberships": _in_workspaces(ProjectMember, "user_id"),
    "comments": _of_user(Comment, "author_id"),
    "attachments": _of_user(Attachment, "uploaded_by"),
    "documents": _in_workspaces(WrittenDocument, "author_id"),
    "avatars": _of_user(Avatar),
    "cards_created": _in_workspaces(Card, "created_by"),
    "cards_assigned": _in_workspaces(Card, "assignee_id"),
    "activities": _in_workspaces(Activity, "actor_id"),
    "missions": _in_workspaces(Mission, "created_by"),
    "notifications": _notifications,
    "invitations": _to_address(Invitation, "email"),
    "mails": _to_address(Mail, "to"),
    "sessions": _of_user(Session),
    "api_tokens": _of_user(ApiToken),
    "oauth_grants": _of_user(OAuthGrant),
    "wallets": _of_user(Wallet),
    "ledger_entries": _of_user(LedgerEntry),
    "history": _of_user(LoggedEvent, "stream_id"),
}
"""What a noun that is about people adds to the export: its name, and how its records of a user are read."""


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            ("id" if name == "_id" else name): _shown(content)
            for name, content in value.items()
            if name not in _SECRETS
        }
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return [_shown(element) for element in value] if isinstance(value, list) else value
