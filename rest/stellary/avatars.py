"""Pictures of people."""

from starlette.responses import Response

from models.ids import Kind
from resolvers.account.avatar import MAX_BYTES, get_avatar, remove_avatar, set_avatar
from rest.routing import Call, Routes
from rest.stellary.present.base import Ok, ok

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")

routes = Routes("Account", "/auth/me", place=20)
users = Routes("Users", "/users", about="What is seen of people who share an organization.", tag_place=41)


@routes.put(
    "/avatar",
    "Set the caller's picture",
    runs=set_avatar,
    takes=(*PICTURES, "application/octet-stream"),
    max_body=MAX_BYTES,
)
async def replace(call: Call) -> Ok:
    """The body is the picture itself, at most 1 MiB; its first bytes say what it is, whatever `Content-Type` does."""
    await set_avatar(call.ctx, call.raw, field="body")
    return ok()


@routes.delete("/avatar", "Take the caller's picture away", runs=remove_avatar)
async def remove(call: Call) -> Ok:
    await remove_avatar(call.ctx)
    return ok()


@users.get("/{userId}/avatar", "Read the picture of a user", runs=get_avatar, gives=PICTURES)
async def read(call: Call) -> Response:
    """The caller's own, or that of somebody of the caller's organizations."""
    found = await get_avatar(call.ctx, call.id("userId", Kind.USER))
    etag = f'"{found["digest"]}"'
    headers = {
        "etag": etag,
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "content-disposition": "inline",
    }
    known = [part.strip().removeprefix("W/") for part in call.headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(found["content"], headers=headers, media_type=found["content_type"])
