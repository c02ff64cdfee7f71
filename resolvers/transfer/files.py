"""The files of an import: which of its archive go to which cards, and what brings them there."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from zipfile import ZipInfo

from bson import ObjectId

from models import Attachment, Card
from models.base import insert_all
from models.enums import StorageKind
from models.errors import BadUserInput
from models.ids import Kind, new_id
from models.records import AttachmentRecord, ProjectRecord
from models.write import update_and_read
from realtime.events.attachment import AttachmentAdded
from realtime.log import Change
from resolvers.attachment.attachment import new_attachment
from resolvers.files.storage_account import charge, check_room
from resolvers.files.store import Written, discard_file, keep_file, write_file
from resolvers.inputs.transfer import ImportedAttachment
from resolvers.kit.context import Context
from resolvers.kit.upload import MAX_FILE, Upload, file_name
from resolvers.transfer.archive import Source
from resolvers.transfer.plan import Plan
from resolvers.transfer.write import Part

AT_ONCE = 20
BYTES_AT_ONCE = 20_000_000


@dataclass(frozen=True, slots=True)
class Planned:
    """A file of the archive, for the card at a place."""

    card: int
    given: ImportedAttachment
    info: ZipInfo


async def plan_files(ctx: Context, plan: Plan, source: Source, *, is_new: bool = True) -> list[Planned]:
    """The files that there are; those that are named and not there are warned of.

    Raises BadUserInput for one that is too large, and PayloadTooLarge where the workspace's quota does not hold them
    all, which is asked of an import `is_new`.
    """
    found: list[Planned] = []
    for place, card in enumerate(plan.values.cards):
        for number, given in enumerate(card.attachments):
            where = f"cards.{place}.attachments.{number}"
            info = source.members.get(given.file)
            if info is None:
                plan.warn([f"{where}: {given.file} did not come with the file"])
            elif info.file_size > MAX_FILE:
                raise BadUserInput(f"is larger than {MAX_FILE} bytes", field=where, index=place)
            else:
                found.append(Planned(place, given, info))
    if found and is_new:
        await check_room(ctx, plan.workspace_id, sum(planned_file.info.file_size for planned_file in found))
    return found


@dataclass(slots=True)
class Files:
    """Some files on their way: `ready` stores their bytes, `write` attaches them. What fails leaves nothing behind."""

    ctx: Context
    plan: Plan
    source: Source
    planned: Sequence[Planned]
    stored: list[tuple[ObjectId, Written]] = field(default_factory=list)

    @asynccontextmanager
    async def ready(self) -> AsyncIterator[None]:
        self.stored.clear()
        try:
            for planned_file in self.planned:
                file_id = new_id(Kind.ATTACHMENT)
                self.stored.append((file_id, Written(0, "", b"")))
                name = file_name(planned_file.given.name)
                upload = Upload(name, planned_file.given.mime_type, partial(self.source.chunks, planned_file.info))
                self.stored[-1] = (file_id, await write_file(file_id, self.plan.workspace_id, name, upload))
            yield
        except BaseException:
            for file_id, _ in self.stored:
                await discard_file(file_id)
            raise

    async def write(self, change: Change, project: ProjectRecord) -> None:
        attachments: list[AttachmentRecord] = []
        for planned_file, (file_id, written) in zip(self.planned, self.stored, strict=True):
            card_id = self.plan.card_ids[planned_file.card]
            card = await update_and_read(Card, {"_id": card_id}, {"$inc": {"attachment_count": 1}}, change.session)
            if card is None or not await keep_file(change, file_id):
                continue  # the card was deleted meanwhile; the bytes go as those of any upload that came to nothing
            attachment = new_attachment(
                change,
                card,
                file_id,
                file_name(planned_file.given.name),
                planned_file.given.mime_type,
                written,
                self.ctx.user_id,
            )
            attachments.append(attachment)
            change.append(
                self.plan.workspace_id,
                AttachmentAdded(
                    attachment=attachment,
                    attachment_count=card["attachment_count"],
                    project_id=project["_id"],
                    card_id=card_id,
                ),
            )
        if not attachments:
            return
        more = sum(record["size"] for record in attachments)
        await charge(self.ctx, change, self.plan.workspace_id, StorageKind.ATTACHMENTS, more)
        await insert_all(Attachment, attachments, change)


def file_parts(ctx: Context, plan: Plan, source: Source, planned: Sequence[Planned]) -> Iterator[Part]:
    """The files in portions of a transaction each."""
    start = size = 0
    for end, planned_file in enumerate(planned, 1):
        size += planned_file.info.file_size
        if end == len(planned) or end - start >= AT_ONCE or size >= BYTES_AT_ONCE:
            files = Files(ctx, plan, source, planned[start:end])
            yield Part(end - start, files.write, ready=files.ready)
            start, size = end, 0
