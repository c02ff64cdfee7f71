"""Files on cards."""

from starlette.responses import Response
from typing_extensions import TypedDict

import models
from models.ids import Kind
from models.records import AttachmentRecord
from resolvers.attachment.attachment import create_attachment, get_attachment, list_attachments
from resolvers.inputs.attachment import AttachmentCreate
from rest.agent_board import guards
from rest.agent_board.dialect import AGENT_BOARD, board_routes
from rest.present import presents, shown
from rest.routing import Call
from serving.download import download

FIELD = "file"
ANY = ("*/*",)

routes = board_routes("attachments", guards.CARD_PATH + "/attachments", about="Files on cards.", place=140)
files = board_routes("attachments", "/attachments")


@presents(models.Attachment, only=("card_id", "size", "created_at"))
class AttachmentData(TypedDict):
    """A file on a card. `contentType` is what it is served as."""

    filename: str
    contentType: str


@routes.get("", "List the files on a card, oldest first", runs=list_attachments)
async def find(call: Call) -> list[AttachmentData]:
    card = await guards.card(call)
    return [attachment(record) for record in await list_attachments(call.ctx, card["_id"])]


@routes.post("", "Attach a file to a card", runs=create_attachment, file=FIELD, guard=guards.card, body=None)
async def create(call: Call) -> AttachmentData:
    """At most 10 MB, as the one part of the form."""
    card = await guards.card(call)
    values = AttachmentCreate(card_id=card["_id"], file=await call.file())
    return attachment((await create_attachment(call.ctx, values)).value)


@files.get("/{attachmentId}", "Download a file", runs=get_attachment, gives=ANY, ranges=True)
async def get(call: Call) -> Response:
    """What a browser would run is served to be saved, never to be shown. One range is answered with 206."""
    found = await get_attachment(call.ctx, call.id("attachmentId", Kind.ATTACHMENT))
    return download(call.request, found, AGENT_BOARD.render)


def attachment(record: AttachmentRecord) -> AttachmentData:
    return {**shown(AttachmentData, record), "filename": record["name"], "contentType": record["mime_type"]}
