"""Pictures of people: set by themselves, seen by those who share an organization with them."""

import hashlib

from bson import ObjectId

from models import Avatar, User
from models.base import collection, to_record, without
from models.enums import TokenScope
from models.errors import BadUserInput, NotFound, PayloadTooLarge
from models.ids import Kind, parse_id
from models.records import AvatarRecord, UserRecord
from realtime.log import Change, Committed
from resolvers.account.account import announce_user, get_viewer
from resolvers.kit.context import Context
from resolvers.kit.operation import operation
from resolvers.user.user import get_user

MAX_BYTES = 1024 * 1024
_WRITE = TokenScope.ACCOUNT_WRITE


def image_type(content: bytes) -> str | None:
    """What the first bytes of a picture say that it is; None for anything but PNG, JPEG, GIF and WebP.

    What a client calls it is never looked at: a page that names itself a picture would be one to a browser.
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


@operation("userAvatarSet", scope=_WRITE)
async def set_avatar(ctx: Context, content: bytes, *, field: str = "image") -> Committed[UserRecord]:
    """Set the picture; up to 1 MiB with `PUT /auth/me/avatar`, up to 700 KB here.

    Give the caller a picture, at most 1 MiB of PNG, JPEG, GIF or WebP; the user as it is then.
    """
    if len(content) > MAX_BYTES:
        raise PayloadTooLarge(f"The picture is larger than {MAX_BYTES} bytes")
    content_type = image_type(content)
    if content_type is None:
        raise BadUserInput("must be a PNG, JPEG, GIF or WebP picture", field=field)
    digest = hashlib.sha256(content).hexdigest()

    async def body(change: Change) -> UserRecord:
        user_id = ctx.user_id
        if await _shows(change, user_id, digest):
            return await get_viewer(ctx)
        await collection(Avatar).delete_many({"user_id": user_id}, session=change.session)
        avatar = Avatar(user_id=user_id, content=content, content_type=content_type, digest=digest)
        avatar.created_at = change.at
        await collection(Avatar).insert_one(without(to_record(avatar), {"_id"}), session=change.session)
        return await _note(change, user_id, digest)

    return await ctx.write(ctx.user_id, body)


@operation("userAvatarRemove", scope=_WRITE, no_tool="the account is its owner's")
async def remove_avatar(ctx: Context) -> Committed[UserRecord]:
    """Take the picture away.

    The user as it is then.
    """

    async def body(change: Change) -> UserRecord:
        if await _shows(change, ctx.user_id, None):
            return await get_viewer(ctx)
        await collection(Avatar).delete_many({"user_id": ctx.user_id}, session=change.session)
        return await _note(change, ctx.user_id, None)

    return await ctx.write(ctx.user_id, body)


@operation("userAvatar", scope=TokenScope.PROJECTS_READ, read_only=True)
async def get_avatar(ctx: Context, user_id: ObjectId | str) -> AvatarRecord:
    """The picture of the caller, or of somebody of the caller's organizations: `content`, `content_type`, `digest`."""
    wanted = parse_id(user_id, Kind.USER)
    await get_user(ctx, wanted, frozenset())
    found = await collection(Avatar).find_one({"user_id": wanted})
    if found is None:
        raise NotFound("Picture")
    return found


async def _shows(change: Change, user_id: ObjectId, digest: str | None) -> bool:
    user = await collection(User).find_one({"_id": user_id}, {"avatar": 1}, session=change.session)
    return user is not None and user.get("avatar") == digest


async def _note(change: Change, user_id: ObjectId, digest: str | None) -> UserRecord:
    await collection(User).update_one({"_id": user_id}, {"$set": {"avatar": digest}}, session=change.session)
    return await announce_user(change, user_id)
