"""Attachments: files on cards. `resolvers.files` keeps the bytes and says what they are."""

from bson import ObjectId

from auth.policies import board
from models import Attachment, Card
from models.base import collection, to_record
from models.enums import ActivityType, StorageKind, TokenScope
from models.errors import Conflict, NotFound
from models.ids import Kind, new_id
from models.records import AttachmentRecord, CardRecord
from models.write import update_and_read
from realtime.events.attachment import AttachmentAdded, AttachmentDeleted
from realtime.log import Change, Committed
from resolvers.activity.activity import record_activity
from resolvers.deletion.cascade import release_files
from resolvers.files.attachment_link import check_link
from resolvers.files.media_type import media_of
from resolvers.files.storage_account import charge, check_room
from resolvers.files.store import Written, discard_file, keep_file, write_file
from resolvers.inputs.attachment import AttachmentCreate
from resolvers.kit.context import Context
from resolvers.kit.nouns import ATTACHMENT, CARD
from resolvers.kit.operation import Caller, operation, reader
from resolvers.kit.tombstone import shut
from resolvers.kit.upload import file_name

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
MAX_PER_CARD = 100


get_attachment = reader("attachment", ATTACHMENT)


@operation("attachmentLinked", caller=Caller.ANYONE, read_only=True)
async def get_linked_attachment(
    ctx: Context, attachment_id: ObjectId | str, expires: str, signature: str
) -> AttachmentRecord:
    """The same for whoever holds a link to it; raises Forbidden for one that is not valid, or has expired."""
    wanted = check_link(ctx.services, attachment_id, expires, signature)
    found = await collection(Attachment).find_one({"_id": wanted})
    if found is None or await shut(ctx, [found]):
        raise NotFound("Attachment")
    return found


@operation("attachments", opens=CARD.by("card_id"), permission=board.READ, scope=READ, read_only=True)
async def list_attachments(ctx: Context, card: CardRecord) -> list[AttachmentRecord]:
    """A card's files, oldest first; at most 100."""
    return await collection(Attachment).find({"card_id": card["_id"]}).sort("_id", 1).to_list()


@operation(
    "attachmentCreate",
    inside=CARD.reading("project_id", "title", "attachment_count"),
    permission=board.WRITE,
    scope=WRITE,
)
async def create_attachment(ctx: Context, card: CardRecord, values: AttachmentCreate) -> Committed[AttachmentRecord]:
    """Attach a file to a card: at most 10 MB a file, and 100 files a card.

    Its bytes come while it is stored; what fails leaves nothing behind.

    Raises PayloadTooLarge beyond 10 MB and beyond the workspace's quota, Conflict for more than 100 files on a card.
    """
    name = file_name(values.file.name)
    # Both are looked at again in the change, which alone decides: here they spare the transfer.
    _check_count(card["attachment_count"] + 1)
    await check_room(ctx, card["workspace_id"], 1)
    attachment_id = new_id(Kind.ATTACHMENT)
    try:
        written = await write_file(attachment_id, card["workspace_id"], name, values.file)

        async def body(change: Change) -> AttachmentRecord:
            attachment = new_attachment(change, card, attachment_id, name, values.file.mime_type, written, ctx.user_id)
            await _add(ctx, change, card, attachment)
            return attachment

        return await ctx.write(card["workspace_id"], body)
    except BaseException:
        await discard_file(attachment_id)
        raise


def new_attachment(
    change: Change,
    card: CardRecord,
    attachment_id: ObjectId,
    name: str,
    declared: str | None,
    written: Written,
    uploader_id: ObjectId,
) -> AttachmentRecord:
    """The record of a file that is stored already, not yet written."""
    media = media_of(written.head, declared, name)
    return to_record(
        Attachment(
            id=attachment_id,
            workspace_id=card["workspace_id"],
            project_id=card["project_id"],
            card_id=card["_id"],
            uploaded_by=uploader_id,
            name=name,
            mime_type=media.served,
            declared_mime_type=media.declared,
            detected_mime_type=media.detected,
            size=written.size,
            sha256=written.sha256,
            created_at=change.at,
        )
    )


async def _add(ctx: Context, change: Change, card: CardRecord, attachment: AttachmentRecord) -> None:
    if not await keep_file(change, attachment["_id"]):
        raise Conflict("took too long to come: send it again", field="file")
    count = await _count(change, card["_id"], 1)
    _check_count(count)
    await charge(ctx, change, card["workspace_id"], StorageKind.ATTACHMENTS, attachment["size"])
    await collection(Attachment).insert_one(attachment, session=change.session)
    event = AttachmentAdded(
        attachment=attachment, attachment_count=count, project_id=card["project_id"], card_id=card["_id"]
    )
    change.append(card["workspace_id"], event)
    meta = {"title": card["title"], "attachmentId": str(attachment["_id"]), "name": attachment["name"]}
    await record_activity(change, card, ActivityType.ATTACHMENT_ADDED, meta)


@operation("attachmentDelete", opens=ATTACHMENT.whole, permission=board.WRITE, scope=WRITE)
async def delete_attachment(ctx: Context, attachment: AttachmentRecord) -> Committed[ObjectId]:
    """Take a file off its card, for good."""

    async def body(change: Change) -> ObjectId:
        deleted = await collection(Attachment).delete_one({"_id": attachment["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Attachment")
        count = await _count(change, attachment["card_id"], -1)
        await release_files(change, [attachment])
        event = AttachmentDeleted(
            deleted_id=attachment["_id"],
            attachment_count=count,
            project_id=attachment["project_id"],
            card_id=attachment["card_id"],
        )
        change.append(attachment["workspace_id"], event)
        return ObjectId(attachment["_id"])

    done = await ctx.write(attachment["workspace_id"], body)
    ctx.services.files_due.set()
    return done


async def _count(change: Change, card_id: ObjectId, by: int) -> int:
    card = await update_and_read(Card, {"_id": card_id}, {"$inc": {"attachment_count": by}}, change.session)
    if card is None:
        raise NotFound("Card")
    return int(card["attachment_count"])


def _check_count(count: int) -> None:
    if count > MAX_PER_CARD:
        raise Conflict(f"has {MAX_PER_CARD} attachments, which is the most", field="cardId")
