"""Users as others see them: every read of a user goes through here, and the password's hash never comes along.

Whoever shares no organization with the reader any more is shown by name alone, wherever what they did is told.
"""

import functools
from collections.abc import Sequence
from datetime import datetime

from bson import ObjectId

from models import OrganizationMember, User, Workspace
from models.base import AnyRecord, Record, collection, with_changes, without
from models.enums import ServerRole, TokenScope
from models.errors import NotFound
from models.facts import GRAPH, declared
from models.ids import Kind, parse_id, portions
from models.installation_enums import AuthProvider
from models.records import UserRecord
from resolvers.kit.access import projection
from resolvers.kit.context import Context, Services
from resolvers.kit.load import OneEdge, to_one
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge, operation

READ = TokenScope.PROJECTS_READ

PUBLIC = frozenset(declared(User, GRAPH)) | {"avatar"}
"""All that a user's record ever shows: what the graph shows of it, and the picture."""
PROFILE = frozenset({"email", "username", "job_title", "avatar"})
"""What of it is for those who share an organization with the user."""


_OWN = ("email_verified_at", "two_factor", "server_role", "auth_provider", "must_change_password")
"""What of it `own` is made of."""


def visible(fields: Fields) -> frozenset[str]:
    """The fields of a user to read: those that are asked for, or all but the secret."""
    return PUBLIC if fields is None else fields & PUBLIC


def avatar_path(services: Services, user: UserRecord) -> str | None:
    """Where the picture of a user is served, another address for each picture; None without one."""
    digest = user.get("avatar")
    return None if digest is None else services.path(f"/users/{user['_id']}/avatar?v={digest[:16]}")


def own(user: UserRecord) -> UserRecord:
    """A user's record as its owner sees it."""
    return {
        **without_secrets(user),
        "email_verified_at": user.get("email_verified_at"),
        "two_factor_enabled": user.get("two_factor") is not None,
        "server_role": user.get("server_role", ServerRole.USER),
        "auth_provider": user.get("auth_provider", AuthProvider.LOCAL),
        "must_change_password": user.get("must_change_password", False),
    }


def without_secrets(user: UserRecord) -> UserRecord:
    """A user's record as it may leave the operations."""
    return without(user, user.keys() - PUBLIC - {"_id"})


@functools.cache
def users_by(key: str) -> OneEdge:
    """The edge from records to the user whose id they carry under `key`; None where the id is null or unknown."""

    @edge(scope=READ)
    async def user_of(ctx: Context, parents: Sequence[AnyRecord], fields: Fields) -> list[UserRecord | None]:
        return await people(ctx, parents, key, fields)

    return user_of


async def people(ctx: Context, parents: Sequence[AnyRecord], key: str, fields: Fields) -> list[UserRecord | None]:
    """The user whose id each record carries under `key`, as the caller sees them: the door to users by what they did.

    In a stream that many follow, it is as every member of its workspace does.
    """
    wanted = visible(fields)
    found = await to_one(User, parents, key, wanted)
    if not wanted & PROFILE:
        return found
    near = await _colleagues(ctx, {record["_id"] for record in found if record is not None})
    return [record if record is None or record["_id"] in near else _name_alone(record) for record in found]


def _name_alone(user: UserRecord) -> UserRecord:
    # An address of nobody's says nothing, such as that of a deleted account.
    hidden: Record = {name: None for name in PROFILE if name in user}
    if "email" in user:
        nobodys = user["email"].endswith(".invalid")
        hidden["email"] = user["email"] if nobodys else f"former-{user['_id']}@former.invalid"
    return with_changes(user, hidden)


async def _colleagues(ctx: Context, user_ids: set[ObjectId]) -> set[ObjectId]:
    """Those of some users who share an organization with the caller, or with the workspace of a stream."""
    unknown = user_ids - ctx.colleagues - {ctx.subject.user_id}
    if unknown:
        organizations = set(await _organizations(ctx))
        for ids in portions(unknown):
            # Read by the users: each is in few organizations, which may have many members.
            query, shown = {"user_id": {"$in": ids}}, {"user_id": 1, "organization_id": 1}
            for member in await collection(OrganizationMember).find(query, shown).to_list():
                if member["organization_id"] in organizations:
                    ctx.colleagues.add(member["user_id"])
    return user_ids & (ctx.colleagues | {ctx.subject.user_id})


async def _organizations(ctx: Context) -> list[ObjectId]:
    mine = ctx.subject.user_id
    if mine is not None:
        members = collection(OrganizationMember).find({"user_id": mine}, {"organization_id": 1})
        return [member["organization_id"] for member in await members.to_list()]
    here = await collection(Workspace).find_one({"_id": ctx.subject.workspace_id}, {"organization_id": 1})
    return [] if here is None else [here["organization_id"]]


user_of_member = users_by("user_id")


@edge(scope=TokenScope.ACCOUNT_READ, viewer=True)
async def email_verified_at_of(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[datetime | None]:
    """When the caller's address was confirmed; None for anybody else."""
    return [None if record is None else record["email_verified_at"] for record in await _own(ctx, users)]


@edge(scope=TokenScope.ACCOUNT_READ, viewer=True)
async def two_factor_enabled_of(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[bool | None]:
    """Whether the caller signs in with two factors; None for anybody else."""
    return [None if record is None else record["two_factor_enabled"] for record in await _own(ctx, users)]


@edge(scope=TokenScope.ACCOUNT_READ, viewer=True)
async def server_role_of(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[ServerRole | None]:
    """What the caller may do with the installation; None for anybody else."""
    found = await _own(ctx, users)
    return [None if record is None else ServerRole(record["server_role"]) for record in found]


@edge(scope=TokenScope.ACCOUNT_READ, viewer=True)
async def auth_provider_of(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[AuthProvider | None]:
    """What says who the caller is; None for anybody else."""
    found = await _own(ctx, users)
    return [None if record is None else AuthProvider(record["auth_provider"]) for record in found]


@edge(scope=TokenScope.ACCOUNT_READ, viewer=True)
async def must_change_password_of(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[bool | None]:
    """Whether somebody else has chosen the caller's password; None for anybody else."""
    return [None if record is None else record["must_change_password"] for record in await _own(ctx, users)]


@edge()
async def avatar_urls_of(ctx: Context, users: Sequence[UserRecord], fields: Fields) -> list[str | None]:
    """Where the pictures are."""
    return [avatar_path(ctx.services, user) for user in users]


async def _own(ctx: Context, users: Sequence[UserRecord]) -> list[UserRecord | None]:
    mine = None
    if any(user["_id"] == ctx.user_id for user in users):
        mine = await collection(User).find_one({"_id": ctx.user_id}, dict.fromkeys(_OWN, 1))
    return [None if mine is None or user["_id"] != ctx.user_id else own(mine) for user in users]


@operation("user", scope=READ, read_only=True)
async def get_user(ctx: Context, user_id: ObjectId | str, fields: Fields = None) -> UserRecord:
    """A user: the caller, or somebody of the caller's organizations; anybody else does not exist."""
    wanted = parse_id(user_id, Kind.USER)
    if wanted != ctx.user_id and not await share_an_organization(ctx.user_id, wanted):
        raise NotFound("User")
    found = await collection(User).find_one({"_id": wanted}, projection(visible(fields)))
    if found is None:
        raise NotFound("User")
    return found


async def share_an_organization(one: ObjectId, other: ObjectId) -> bool:
    """Whether two users are members of the same organization."""
    members = collection(OrganizationMember)
    mine = await members.distinct("organization_id", {"user_id": one})
    return await members.find_one({"organization_id": {"$in": mine}, "user_id": other}, {"_id": 1}) is not None
