"""Comments on a card."""

from resolvers.card.comment import create_comment, delete_comment, list_comments
from resolvers.card.graph import author_of
from resolvers.inputs.card import CommentCreate
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import CARD
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.card import Comment, comment

routes = Routes("Comments", CARD + "/comments", about="What people and agents say on a card.", place=240)


@routes.get("", "List the comments on a card, oldest first", runs=list_comments)
async def find(call: Call) -> list[Comment]:
    card = await guards.card(call)
    return [comment(record, record["author"]) for record in await list_comments(call.ctx, card["_id"])]


@routes.post("", "Comment on a card", runs=create_comment, given=["cardId"])
async def create(call: Call) -> Comment:
    card = await guards.card(call)
    record = (await create_comment(call.ctx, call.body(CommentCreate, cardId=card["_id"]))).value
    return comment(record, (await author_of(call.ctx, [record], None))[0])


@routes.delete("/{commentId}", "Delete a comment", runs=delete_comment)
async def delete(call: Call) -> Ok:
    """Its author may, and the workspace's admins."""
    found = await guards.comment(call)
    await delete_comment(call.ctx, found["_id"])
    return ok()
