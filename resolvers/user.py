"""Users as others see them: every read of a user goes through here, and the password's hash never comes along."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bson import ObjectId

from models import OrganizationMember, User
from models.base import Record, collection
from models.enums import TokenScope
from models.errors import NotFound
from models.ids import Kind, parse_id
from resolvers.access import Fields, projection
from resolvers.context import Context
from resolvers.load import to_one
from resolvers.operation import edge, operation

READ = TokenScope.PROJECTS_READ

PUBLIC = frozenset({"email", "name", "job_title", "avatar", "is_agent", "created_at"})
"""All that a user's record ever shows."""

UserEdge = Callable[[Context, Sequence[Record], Fields], Awaitable[list[Record | None]]]


def visible(fields: Fields) -> frozenset[str]:
    """The fields of a user to read: those that are asked for, or all but the secret."""
    return PUBLIC if fields is None else fields & PUBLIC


def avatar_path(user: Record) -> str | None:
    """Where the picture of a user is served, another address for each picture; None without one."""
    digest = user.get("avatar")
    return None if digest is None else f"/users/{user['_id']}/avatar?v={digest[:16]}"


def own(user: Record) -> Record:
    """A user's record as its owner sees it."""
    return {
        **without_secrets(user),
        "email_verified_at": user.get("email_verified_at"),
        "two_factor_enabled": user.get("two_factor") is not None,
    }


def without_secrets(user: Record) -> Record:
    """A user's record as it may leave the operations."""
    return {name: value for name, value in user.items() if name == "_id" or name in PUBLIC}


def users_by(key: str) -> UserEdge:
    """The edge from records to the user whose id they carry under `key`; None where the id is null or unknown."""

    @edge(scope=READ)
    async def user_of(ctx: Context, parents: Sequence[Record], fields: Fields) -> list[Record | None]:
        return await to_one(User, parents, key, visible(fields))

    return user_of


user_of_member = users_by("user_id")


@edge(scope=TokenScope.ACCOUNT_READ, viewer=True)
async def email_verified_at_of(ctx: Context, users: Sequence[Record], fields: Fields) -> list[datetime | None]:
    """When the caller's address was confirmed; None for anybody else."""
    return [None if one is None else one["email_verified_at"] for one in await _own(ctx, users)]


@edge(scope=TokenScope.ACCOUNT_READ, viewer=True)
async def two_factor_enabled_of(ctx: Context, users: Sequence[Record], fields: Fields) -> list[bool | None]:
    """Whether the caller signs in with two factors; None for anybody else."""
    return [None if one is None else one["two_factor_enabled"] for one in await _own(ctx, users)]


async def _own(ctx: Context, users: Sequence[Record]) -> list[Record | None]:
    mine = None
    if any(one["_id"] == ctx.user_id for one in users):
        mine = await collection(User).find_one({"_id": ctx.user_id}, {"email_verified_at": 1, "two_factor": 1})
    return [None if mine is None or one["_id"] != ctx.user_id else own(mine) for one in users]


@operation("user", scope=READ, read_only=True)
async def get_user(ctx: Context, user_id: ObjectId | str, fields: Fields = None) -> Record:
    """A user: the caller, or somebody of the caller's organizations; anybody else does not exist."""
    wanted = parse_id(user_id, Kind.USER)
    if wanted != ctx.user_id and not await _share_an_organization(ctx.user_id, wanted):
        raise NotFound("User")
    found = await collection(User).find_one({"_id": wanted}, projection(visible(fields)))
    if found is None:
        raise NotFound("User")
    return found


async def _share_an_organization(one: ObjectId, other: ObjectId) -> bool:
    members = collection(OrganizationMember)
    mine = await members.distinct("organization_id", {"user_id": one})
    return await members.find_one({"organization_id": {"$in": mine}, "user_id": other}, {"_id": 1}) is not None
