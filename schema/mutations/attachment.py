"""Mutations on attachments."""

from typing import Annotated

import strawberry

from resolvers import attachment
from resolvers.inputs.attachment import AttachmentCreate
from schema.arguments import VALUES, AttachmentId
from schema.attachment import Attachment
from schema.context import Info
from schema.inputs.attachment import AttachmentCreateInput
from schema.inputs.base import read
from schema.loading import mutation
from schema.payload import DeletePayload, committed, cursor_field, deleted
from schema.scalars import Cursor


@strawberry.type(description="What a new attachment returns.")
class AttachmentPayload:
    attachment: Attachment = strawberry.field(description="The attachment.")
    cursor: Cursor = cursor_field()


@strawberry.type
class AttachmentMutation:
    @mutation("Attach a file to a card: at most 10 MB a file, and 100 files a card.")
    async def attachment_create(self, info: Info, input: Annotated[AttachmentCreateInput, VALUES]) -> AttachmentPayload:
        done = await attachment.create_attachment(info.context.ctx, read(AttachmentCreate, input))
        return committed(AttachmentPayload, "attachment", done)

    @mutation("Take a file off its card, for good.")
    async def attachment_delete(self, info: Info, id: AttachmentId) -> DeletePayload:
        return deleted(await attachment.delete_attachment(info.context.ctx, id))
