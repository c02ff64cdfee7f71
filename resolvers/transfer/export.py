"""Export, piece by piece: lists are read through cursors, so that what is in memory does not grow with the texts.

What does grow is one number for each card, by which relations and documents point to it.
"""

from collections.abc import AsyncIterator, Sequence
from itertools import chain
from typing import Any, TypeVar

from bson import ObjectId
from pydantic.alias_generators import to_camel

from models import (
    Attachment,
    Card,
    Column,
    Comment,
    CustomField,
    Document,
    DocumentLink,
    DocumentVersion,
    Label,
    Project,
    ProjectMember,
    Relation,
    Scope,
    User,
    WorkspaceMember,
)
from models.base import AnyRecord, Record, Recorded, collection
from models.enums import DocumentFormat, FieldType, Priority, RelationType
from models.facts import TRANSFER, declared
from models.ids import among, portions
from models.records import (
    AttachmentRecord,
    CardRecord,
    ColumnRecord,
    CommentRecord,
    CustomFieldRecord,
    DocumentRecord,
    DocumentVersionRecord,
    ProjectRecord,
)
from resolvers.inputs.custom_value import known
from resolvers.inputs.transfer import FORMAT, VERSION
from resolvers.kit.load import by_name
from resolvers.kit.tombstone import Gone
from resolvers.lane.card_place import BY_RANK
from resolvers.transfer.archive import Stored, member_of
from resolvers.transfer.plan import exported_content

T = TypeVar("T")

CARDS_AT_ONCE = 200
COMMENTS_AT_ONCE = 1_000
KEYS_AT_ONCE = 5_000
TEXTS_AT_ONCE = 10

SECTIONS = ("members", "scopes", "columns", "labels", "customFields", "cards", "relations", "documents")
"""The lists of the format, in the order that they are read in."""

Piece = tuple[str, Any]
"""The name of a list and an entry of it; or the name of a single value and that."""


async def pieces(project: ProjectRecord, files: Stored | None, gone: Gone) -> AsyncIterator[Piece]:
    """All that a project's file holds, in order; dates as datetimes. With `files` also what its cards have of those.

    What was deleted, and is not `gone` from the database yet, is left out.
    """
    yield "format", FORMAT
    yield "version", VERSION
    yield "project", _declared(Project, project)
    inside = {"project_id": project["_id"]}
    for email in await _members(inside):
        yield "members", email
    scopes = gone.without(await collection(Scope).find(inside).sort(BY_RANK).to_list())
    for scope in scopes:
        yield "scopes", _declared(Scope, scope)
    columns = gone.without(await collection(Column).find(inside).sort([("scope_id", 1), *BY_RANK]).to_list())
    scope_places: dict[ObjectId | None, int] = {scope["_id"]: place for place, scope in enumerate(scopes)}
    for column in columns:
        own = column["scope_id"] not in scope_places
        yield "columns", _declared(Column, column) | ({} if own else {"scopeIndex": scope_places[column["scope_id"]]})
    labels = sorted(await collection(Label).find(inside).to_list(), key=by_name)
    for label in labels:
        yield "labels", _declared(Label, label)
    fields = await collection(CustomField).find(inside).sort(BY_RANK).to_list()
    for field in fields:
        yield "customFields", _field(field)
    places: dict[ObjectId, int] = {}
    names = {label["_id"]: label["name"] for label in labels}
    async for card in _cards(inside, gone, columns, names, fields, places, files):
        yield "cards", card
    for relation in await _relations(inside, places):
        yield "relations", relation
    async for document in _documents(inside, gone, scope_places, places):
        yield "documents", document


async def _members(inside: Record) -> list[str]:
    shown = {"user_id": 1, "workspace_id": 1}
    members = await collection(ProjectMember).find(inside, shown).sort("_id", 1).to_list()
    emails, _ = await _people(members, "user_id")
    return sorted(emails.values())


async def _people(about: Sequence[AnyRecord], key: str) -> tuple[dict[ObjectId, str], dict[ObjectId, str | None]]:
    """The addresses of the people whose ids some records of a workspace carry; of those who have left it, the names."""
    emails: dict[ObjectId, str] = {}
    names: dict[ObjectId, str | None] = {}
    for ids in portions(dict.fromkeys(record[key] for record in about if record[key])):
        here = {"workspace_id": about[0]["workspace_id"], "user_id": {"$in": ids}}
        members = {
            workspace_member["user_id"]
            async for workspace_member in collection(WorkspaceMember).find(here, {"user_id": 1})
        }
        query = {"_id": {"$in": ids}, "is_agent": {"$ne": True}}
        async for user in collection(User).find(query, {"email": 1, "name": 1}):
            if user["_id"] in members:
                emails[user["_id"]] = user["email"]
            else:
                names[user["_id"]] = user["name"]
    return emails, names


def _declared(model: type[Recorded[Any]], record: AnyRecord) -> Record:
    """What the file has of a record because its model says so."""
    fields = declared(model, TRANSFER)
    values = {key: record.get(key, field.default) for key, field in fields.items()}
    return {
        to_camel(key): Priority(value).word if fields[key].type is Priority and value else value
        for key, value in values.items()
    }


def _field(field: CustomFieldRecord) -> Record:
    options = [{"label": option["label"], "color": option["color"]} for option in field["options"]]
    return _declared(CustomField, field) | {"options": options}


async def _cards(
    inside: Record,
    gone: Gone,
    columns: Sequence[ColumnRecord],
    labels: dict[ObjectId, str],
    fields: Sequence[CustomFieldRecord],
    places: dict[ObjectId, int],
    files: Stored | None,
) -> AsyncIterator[Record]:
    """The cards of each column in order, then those of none; `places` gets the place of each, `files` their files."""
    index: dict[ObjectId | None, int] = {column["_id"]: place for place, column in enumerate(columns)}
    async for some in _batches(inside, gone, columns):
        said = await _comments([card["_id"] for card in some if card["comment_count"]])
        people, _ = await _people(some, "assignee_id")
        attached = {} if files is None else await _attached(some, files)
        for card in some:
            places[card["_id"]] = len(places)
            yield _card(card, index, labels, fields) | {
                "assignee": people.get(card["assignee_id"]) if card["assignee_id"] else None,
                "comments": said.get(card["_id"], []),
                **({} if files is None else {"attachments": attached.get(card["_id"], [])}),
            }


async def _batches(inside: Record, gone: Gone, columns: Sequence[ColumnRecord]) -> AsyncIterator[list[CardRecord]]:
    """Cards in portions that one query each reads the comments of."""
    some: list[CardRecord] = []
    weight = 0
    async for card in _in_order(inside, columns):
        if gone.hides(card):
            continue
        some.append(card)
        weight += card["comment_count"]
        if len(some) >= CARDS_AT_ONCE or weight >= COMMENTS_AT_ONCE:
            yield some
            some, weight = [], 0
    if some:
        yield some


async def _in_order(inside: Record, columns: Sequence[ColumnRecord]) -> AsyncIterator[CardRecord]:
    """One read of all keys, on the project's index, tells where each card stands; the cards follow by their ids.

    So neither database sorts whole cards, and a card that is moved meanwhile comes once.
    """
    lanes: dict[ObjectId | None, list[ObjectId]] = {column["_id"]: [] for column in columns}
    of_none = lanes[None] = []
    keys = collection(Card).find(inside, {"column_id": 1}).sort(BY_RANK).batch_size(KEYS_AT_ONCE)
    async for card in keys:
        lanes.get(card["column_id"], of_none).append(card["_id"])
    for ids in portions(chain.from_iterable(lanes.values())):
        found = {card["_id"]: card async for card in collection(Card).find({"_id": among(ids)})}
        for card_id in ids:
            if card_id in found:
                yield found[card_id]


async def _attached(cards: Sequence[CardRecord], files: Stored) -> dict[ObjectId, list[Record]]:
    """The files of each card; `files` gets them in the order of the cards, so that it does not follow from ids."""
    found: dict[ObjectId, list[AttachmentRecord]] = {}
    for ids in portions(card["_id"] for card in cards if card["attachment_count"]):
        query = {"card_id": {"$in": ids}}
        async for attachment in collection(Attachment).find(query).sort([("card_id", 1), ("_id", 1)]):
            found.setdefault(attachment["card_id"], []).append(attachment)
    for card in cards:
        for record in found.get(card["_id"], ()):
            files.setdefault(member_of(record), (record["_id"], record["size"]))
    return {
        card_id: [
            {"name": item["name"], "mimeType": item["declared_mime_type"], "file": member_of(item)}
            for item in attachments
        ]
        for card_id, attachments in found.items()
    }


async def _comments(card_ids: Sequence[ObjectId]) -> dict[ObjectId, list[Record]]:
    found: dict[ObjectId, list[Record]] = {}
    said: list[CommentRecord] = []
    for ids in portions(card_ids):
        said += await collection(Comment).find({"card_id": {"$in": ids}}).sort([("card_id", 1), ("_id", 1)]).to_list()
    emails, names = await _people(
        [object_id for object_id in said if not object_id.get("original_author")], "author_id"
    )
    authors = {**names, **emails}
    for record in said:
        comment = {
            "content": record["content"],
            "author": record.get("original_author") or authors.get(record["author_id"]),
            "createdAt": record.get("original_at") or record["created_at"],
        }
        found.setdefault(record["card_id"], []).append(comment)
    return found


def _card(
    card: CardRecord,
    index: dict[ObjectId | None, int],
    labels: dict[ObjectId, str],
    fields: Sequence[CustomFieldRecord],
) -> dict[str, Any]:
    return _declared(Card, card) | {
        "columnIndex": index.get(card["column_id"]),
        "pipeline": _pipeline(card, index),
        "checklist": [{"title": item["title"], "done": item["done"]} for item in card["checklist"]],
        "labels": [labels[label_id] for label_id in card["label_ids"] if label_id in labels],
        "customFields": [
            {"field": field["name"], "value": _value(field, value)}
            for field, value in known(card.get("custom_values"), fields)
        ],
    }


def _pipeline(card: CardRecord, index: dict[ObjectId | None, int]) -> list[Record] | None:
    steps = card.get("pipeline")
    if steps is None:
        return None
    return [
        {"columnIndex": index[step["column_id"]], "enabled": step["enabled"], "prompt": step["prompt"]}
        for step in steps
        if step["column_id"] in index
    ]


def _value(field: CustomFieldRecord, value: Any) -> Any:
    """A value as the file holds it: options by their labels."""
    labels = {option["id"]: option["label"] for option in field["options"]}
    match FieldType(field["type"]):
        case FieldType.SELECT:
            return labels.get(value)
        case FieldType.MULTI_SELECT:
            return [labels[element] for element in value if element in labels]
        case _:
            return value


async def _relations(inside: Record, places: dict[ObjectId, int]) -> list[Record]:
    """Those with both ends in the project, in the order of the cards."""
    found: list[tuple[int, int, str]] = []
    async for relation in collection(Relation).find({"project_ids": inside["project_id"]}):
        source, target = places.get(relation["source_id"]), places.get(relation["target_id"])
        if source is not None and target is not None:
            ends = (source, target)
            if relation["type"] == RelationType.RELATED_TO:  # which end is which depends on ids alone
                ends = (min(ends), max(ends))
            found.append((*ends, relation["type"]))
    return [{"type": type, "source": source, "target": target} for source, target, type in sorted(found)]


async def _documents(
    inside: Record, gone: Gone, scopes: dict[ObjectId | None, int], cards: dict[ObjectId, int]
) -> AsyncIterator[Record]:
    """The documents of the project, then those of its scopes; each behind its parent and what precedes it there."""
    found = gone.without(await collection(Document).find(inside).sort(BY_RANK).to_list())
    linked: dict[ObjectId, list[int]] = {}
    async for link in collection(DocumentLink).find(inside):
        if link["card_id"] in cards:
            linked.setdefault(link["document_id"], []).append(cards[link["card_id"]])
    found.sort(key=lambda record: scopes.get(record["scope_id"], -1))
    ordered = _depth_first(found)
    places: dict[ObjectId | None, int] = {document["_id"]: place for place, document in enumerate(ordered)}
    for some in (ordered[at : at + TEXTS_AT_ONCE] for at in range(0, len(ordered), TEXTS_AT_ONCE)):
        query = {"_id": {"$in": [document["content_id"] for document in some]}}
        texts = {
            document_version["_id"]: document_version
            async for document_version in collection(DocumentVersion).find(query)
        }
        for document in some:
            if document["content_id"] in texts:
                scope = scopes.get(document["scope_id"]) if document["parent_id"] is None else None
                yield _document(document, texts[document["content_id"]]) | {
                    "scopeIndex": scope,
                    "parentIndex": places.get(document["parent_id"]),
                    "cardIndexes": sorted(linked.get(document["_id"], ())),
                }


def _depth_first(documents: Sequence[DocumentRecord]) -> list[DocumentRecord]:
    ids = {record["_id"] for record in documents}
    children: dict[ObjectId | None, list[DocumentRecord]] = {}
    for document in documents:
        children.setdefault(document["parent_id"] if document["parent_id"] in ids else None, []).append(document)
    found: list[DocumentRecord] = []
    pending = list(reversed(children.get(None, ())))
    while pending:
        found.append(pending.pop())
        pending += reversed(children.get(found[-1]["_id"], ()))
    return found


def _document(document: DocumentRecord, version: DocumentVersionRecord) -> Record:
    format = DocumentFormat(document["content_format"])
    text = {"content": exported_content(format, version), "contentFormat": format.value}
    return _declared(Document, document) | text
