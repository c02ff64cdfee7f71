"""Comments on cards."""

from bson import ObjectId

from auth.policies import board
from models import Card, Comment
from models.base import collection, to_record
from models.enums import ActivityType, TokenScope
from models.errors import Forbidden, NotFound
from models.records import CardRecord, CommentRecord
from models.write import update_and_read
from realtime.events.comment import CommentAdded, CommentDeleted
from realtime.log import Change, Committed
from resolvers.activity.activity import record_activity
from resolvers.inputs.card import CommentCreate
from resolvers.kit.access import check_workspace
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD, COMMENT
from resolvers.kit.operation import operation, reader
from resolvers.user.user import people

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
LIST_LIMIT = 5000
EXCERPT = 140


get_comment = reader("comment", COMMENT)


@operation("comments", opens=CARD.by("card_id"), permission=board.READ, scope=READ, read_only=True)
async def list_comments(ctx: Context, card: CardRecord) -> list[CommentRecord]:
    """A card's comments, oldest first, each with its `author` (None once that is gone); at most 5,000."""
    found = await collection(Comment).find({"card_id": card["_id"]}).sort("_id", 1).limit(LIST_LIMIT).to_list()
    authors = await people(ctx, found, "author_id", frozenset({"name", "email"}))
    return [{**comment, "author": author} for comment, author in zip(found, authors, strict=True)]


@operation(
    "commentCreate", inside=CARD.reading("project_id", "title"), permission=board.WRITE, scope=WRITE, tool="comment"
)
async def create_comment(ctx: Context, card: CardRecord, values: CommentCreate) -> Committed[CommentRecord]:
    """Comment on a card.

    Say something on a card. The card's version stays: a comment is no change of its fields.
    """

    async def body(change: Change) -> CommentRecord:
        comment = to_record(
            Comment(
                workspace_id=card["workspace_id"],
                project_id=card["project_id"],
                card_id=card["_id"],
                author_id=ctx.user_id,
                content=values.content,
                created_at=change.at,
            )
        )
        count = await _count(change, card["_id"], 1)
        await collection(Comment).insert_one(comment, session=change.session)
        event = CommentAdded(comment=comment, comment_count=count, project_id=card["project_id"], card_id=card["_id"])
        change.append(card["workspace_id"], event)
        meta = {"title": card["title"], "commentId": str(comment["_id"]), "excerpt": values.content[:EXCERPT]}
        await record_activity(change, card, ActivityType.COMMENT_ADDED, meta)
        return comment

    return await ctx.write(card["workspace_id"], body)


@operation("commentDelete", opens=COMMENT.whole, permission=board.WRITE, scope=WRITE)
async def delete_comment(ctx: Context, comment: CommentRecord) -> Committed[ObjectId]:
    """Delete a comment: its author may, and the workspace's admins."""
    membership = await check_workspace(ctx, comment["workspace_id"], board.WRITE, noun="Comment")
    if comment["author_id"] != ctx.user_id and not board.MODERATE.allows(membership["role"]):
        raise Forbidden("Only a comment's author and the workspace's admins may delete it")

    async def body(change: Change) -> ObjectId:
        deleted = await collection(Comment).delete_one({"_id": comment["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Comment")
        count = await _count(change, comment["card_id"], -1)
        event = CommentDeleted(
            deleted_id=comment["_id"],
            comment_count=count,
            project_id=comment["project_id"],
            card_id=comment["card_id"],
        )
        change.append(comment["workspace_id"], event)
        return ObjectId(comment["_id"])

    return await ctx.write(comment["workspace_id"], body)


async def _count(change: Change, card_id: ObjectId, by: int) -> int:
    card = await update_and_read(Card, {"_id": card_id}, {"$inc": {"comment_count": by}}, change.session)
    if card is None:
        raise NotFound("Card")
    return int(card["comment_count"])
