"""Links between documents and cards of the same workspace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from auth.policies import board
from auth.policies import document as policy
from models import Card, DocumentLink
from models.base import AnyRecord, Record, collection, to_record
from models.enums import ActivityType, TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.records import CardRecord, DocumentLinkRecord, DocumentRecord
from realtime.events.document import DocumentLinked, DocumentUnlinked
from realtime.log import Change, Committed
from resolvers.activity.activity import document_activity, record_activities
from resolvers.document.place import current
from resolvers.kit.access import access, is_within
from resolvers.kit.context import Context
from resolvers.kit.joined import JOINED, JoinedPage
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields, Noun
from resolvers.kit.nouns import CARD, DOCUMENT
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import Page, Window, pages

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
MAX_LINKS = 500


@dataclass(frozen=True, slots=True)
class Linked:
    """Both ends of a link."""

    document: DocumentRecord
    card: CardRecord


@operation("documentLink", opens=DOCUMENT, permission=policy.WRITE, scope=WRITE)
async def link_document(ctx: Context, document: DocumentRecord, card_id: ObjectId | str) -> Committed[Linked]:
    """Link a document to a card of its workspace.

    What is linked stays linked.
    """
    ids = await _ids(ctx, document, card_id)

    async def body(change: Change) -> Linked:
        ends = await _ends(change, *ids)
        if await _find(change, *ids) is not None:
            return ends
        await _check_room(change, {"document_id": ids[0]}, "document")
        await _check_room(change, {"card_id": ids[1]}, "card")
        link = to_record(
            DocumentLink(
                workspace_id=ends.document["workspace_id"],
                project_id=ends.card["project_id"],
                document_id=ids[0],
                card_id=ids[1],
                created_by=change.actor_id,
                created_at=change.at,
            )
        )
        await collection(DocumentLink).insert_one(link, session=change.session)
        change.append(
            link["workspace_id"], DocumentLinked(link=link, project_id=link["project_id"], card_id=link["card_id"])
        )
        meta = {"cardTitle": ends.card["title"]}
        activity = document_activity(change, ends.document, ActivityType.DOCUMENT_LINKED, meta, ends.card)
        await record_activities(change, [activity])
        return ends

    return await ctx.write(ids[2], body)


@operation("documentUnlink", opens=DOCUMENT, permission=policy.WRITE, scope=WRITE)
async def unlink_document(ctx: Context, document: DocumentRecord, card_id: ObjectId | str) -> Committed[Linked]:
    """Take a document off a card.

    What is not linked stays so.
    """
    ids = await _ids(ctx, document, card_id)

    async def body(change: Change) -> Linked:
        ends = await _ends(change, *ids)
        link = await _find(change, *ids)
        if link is not None:
            await collection(DocumentLink).delete_one({"_id": link["_id"]}, session=change.session)
            event = DocumentUnlinked(
                deleted_id=link["_id"], document_id=ids[0], project_id=link["project_id"], card_id=ids[1]
            )
            change.append(ids[2], event)
        return ends

    return await ctx.write(ids[2], body)


@operation("cardDocuments", opens=CARD.by("card_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_card_documents(ctx: Context, card: CardRecord) -> list[DocumentRecord]:
    """The documents that are linked to a card, without their texts, in the order of linking."""
    return (await documents_of_card(ctx, [card], None, first=MAX_LINKS))[0].nodes


@operation("documentCards", opens=DOCUMENT.by("document_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_document_cards(ctx: Context, document: DocumentRecord) -> list[CardRecord]:
    """The cards that a document is linked to, in the order of linking."""
    return (await cards_of_document(ctx, [document], None, first=MAX_LINKS))[0].nodes


async def _ids(ctx: Context, document: DocumentRecord, card_id: ObjectId | str) -> tuple[ObjectId, ObjectId, ObjectId]:
    card = await access(ctx, CARD, card_id, board.WRITE, field="cardId", fields=frozenset())
    if card["workspace_id"] != document["workspace_id"]:
        raise BadUserInput("is a card of another workspace than the document", field="cardId")
    return document["_id"], card["_id"], document["workspace_id"]


async def _ends(change: Change, document_id: ObjectId, card_id: ObjectId, _workspace_id: ObjectId) -> Linked:
    document = await current(change, document_id)
    card = await collection(Card).find_one({"_id": card_id}, session=change.session)
    if card is None:
        raise NotFound("Card")
    return Linked(document, card)


async def _find(
    change: Change, document_id: ObjectId, card_id: ObjectId, _workspace_id: ObjectId
) -> DocumentLinkRecord | None:
    query = {"document_id": document_id, "card_id": card_id}
    found: DocumentLinkRecord | None = await collection(DocumentLink).find_one(query, session=change.session)
    return found


async def _check_room(change: Change, where: Record, noun: str) -> None:
    links = collection(DocumentLink).find(where, {"_id": 1}, session=change.session)
    if len(await links.to_list()) >= MAX_LINKS:
        raise Conflict(f"A {noun} has at most {MAX_LINKS} links")


@edge(scope=READ)
async def cards_of_document(
    ctx: Context,
    documents: Sequence[DocumentRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
) -> list[Page]:
    """The cards that each document is linked to, in the order of linking."""
    return await _joined(ctx, CARD, documents, ("document_id", "card_id"), fields, Window.read(first, after))


@edge(scope=READ)
async def documents_of_card(
    ctx: Context, cards: Sequence[CardRecord], fields: Fields, *, first: int | None = None, after: str | None = None
) -> list[Page]:
    """The documents that are linked to each card, in the order of linking."""
    return await _joined(ctx, DOCUMENT, cards, ("card_id", "document_id"), fields, Window.read(first, after))


async def _joined(
    ctx: Context,
    noun: Noun[Any],
    parents: Sequence[AnyRecord],
    keys: tuple[str, str],
    fields: Fields,
    window: Window,
) -> list[Page]:
    """Pages over the links of each parent, whose nodes are what is at the other end, as far as the caller reaches."""
    near, far = keys
    ids = [parent["_id"] for parent in parents]
    links: Mapping[Any, Page] = await pages(DocumentLink, near, ids, window, fields=frozenset({far}))
    wanted = None if fields is None else fields | {"project_id"}
    linked = await by_ids(noun.model, (node[far] for page in links.values() for node in page.nodes), wanted)
    found: dict[Any, Record] = {key: record for key, record in linked.items() if is_within(ctx, noun, record)}

    def page(parent_id: ObjectId) -> JoinedPage:
        over = links[parent_id]
        return JoinedPage(
            nodes=[{**found[node[far]], JOINED: node["_id"]} for node in over.nodes if node[far] in found],
            has_next=over.has_next,
            has_previous=over.has_previous,
            sort=(),
            model=DocumentLink,
            parent_key=near,
            parent_id=parent_id,
            where={},
        )

    return [page(object_id) for object_id in ids]
