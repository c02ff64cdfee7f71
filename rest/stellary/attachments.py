"""Files on cards: sent as a form, answered as they are."""

from bson import ObjectId
from starlette.responses import Response
from typing_extensions import TypedDict

import models
from models.ids import Kind
from models.records import AttachmentRecord
from resolvers.attachment.attachment import (
    create_attachment,
    delete_attachment,
    get_attachment,
    get_linked_attachment,
    list_attachments,
)
from resolvers.inputs.attachment import AttachmentCreate
from resolvers.kit.input import Input
from rest.present import presents, shown
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import CARD
from rest.stellary.present.base import Ok, ok
from serving.download import download

FIELD = "file"
ANY = ("*/*",)

routes = Routes("Attachments", CARD + "/attachments", about="Files on cards.", place=250)
links = Routes("Attachments", "/attachments")


class Link(Input):
    """What `url` of an attachment carries."""

    expires: str | None = None
    signature: str | None = None


@presents(models.Attachment)
class Attachment(TypedDict):
    """A file on a card. `mimeType` is what it is served as."""

    originalName: str


def attachment(record: AttachmentRecord) -> Attachment:
    return {**shown(Attachment, record), "originalName": record["name"]}


@routes.get("", "List the files on a card, oldest first", runs=list_attachments)
async def find(call: Call) -> list[Attachment]:
    card = await guards.card(call)
    return [attachment(record) for record in await list_attachments(call.ctx, card["_id"])]


@routes.post("", "Attach a file to a card", runs=create_attachment, file=FIELD, guard=guards.card, body=None)
async def create(call: Call) -> Attachment:
    """At most 10 MB, as the one part of the form."""
    card = await guards.card(call)
    values = AttachmentCreate(card_id=card["_id"], file=await call.file())
    return attachment((await create_attachment(call.ctx, values)).value)


@routes.get("/{attachmentId}", "Download a file", runs=get_attachment, gives=ANY, ranges=True)
async def get(call: Call) -> Response:
    """What a browser would run is served to be saved, never to be shown. One range is answered with 206."""
    found = await _of_card(call)
    return download(call.request, await get_attachment(call.ctx, found))


@routes.delete("/{attachmentId}", "Take a file off a card", runs=delete_attachment)
async def delete(call: Call) -> Ok:
    await delete_attachment(call.ctx, await _of_card(call))
    return ok()


@links.get(
    "/{attachmentId}", "Download a file by its link", runs=get_linked_attachment, query=Link, gives=ANY, ranges=True
)
async def get_linked(call: Call) -> Response:
    """With `expires` and `signature`, as `url` in the graph has them, for whoever holds the link; otherwise for members
    of the workspace."""
    return download(call.request, await _linked(call))


async def _linked(call: Call) -> AttachmentRecord:
    wanted, link = call.id("attachmentId", Kind.ATTACHMENT), call.query(Link)
    if link.expires is None and link.signature is None:
        return await get_attachment(call.ctx, wanted)
    return await get_linked_attachment(call.ctx, wanted, link.expires or "", link.signature or "")


async def _of_card(call: Call) -> ObjectId:
    return ObjectId((await guards.attachment(call))["_id"])
