"""Brings the full-text index of a workspace up to date: the ids that the log tells of, as they are in the database now.

Reading what is there now, and not what an event carried, makes every step repeatable in any order.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.cursor import AsyncCursor

from models import (
    Agent,
    Card,
    Comment,
    Document,
    DocumentVersion,
    Project,
    Workspace,
    WorkspaceFile,
    WorkspaceFileText,
)
from models.base import AnyRecord, Record, Recorded, collection
from models.enums import SearchType
from models.ids import Kind, kind_of, portions
from models.records import (
    AgentRecord,
    CardRecord,
    CommentRecord,
    DocumentRecord,
    LoggedEventRecord,
    ProjectRecord,
    WorkspaceFileRecord,
)
from realtime.cursor import Cursor
from resolvers.kit.context import Services
from resolvers.kit.load import by_ids
from resolvers.words.index import Entry, SearchIndex

PORTION = 500
FILES_AT_ONCE = 20
"""Files whose texts, of up to 1 MiB, are in memory together."""
MAX_BEHIND = 20_000
"""Events beyond which an index is built anew instead of being brought up to date."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """A kind of object that can be found; `fields` of its record make its entry, `complete` adds what it lacks.

    One without an entry is kept for the record alone, and found by nobody.
    """

    model: type[Recorded[Any]]
    fields: tuple[str, ...]
    entry: Callable[[Any], Entry | None]
    complete: Callable[[Sequence[Any]], Awaitable[None]] | None = None
    at_once: int = PORTION

    async def entries(self, records: Sequence[AnyRecord]) -> list[Entry]:
        """What of objects can be found."""
        if self.complete is not None:
            await self.complete(records)
        return [entry for record in records if (entry := self.entry(record)) is not None]


def _card(card: CardRecord) -> Entry:
    steps = (item["title"] for item in card["checklist"])
    text = "\n".join([card["description"] or "", *steps])
    return Entry(card["_id"], SearchType.CARD, card["project_id"], card["title"], text, card["archived"])


def _comment(comment: CommentRecord) -> Entry:
    return Entry(comment["_id"], SearchType.COMMENT, comment["project_id"], "", comment["content"])


def _project(project: ProjectRecord) -> Entry:
    return Entry(project["_id"], SearchType.PROJECT, project["_id"], project["name"], project["description"] or "")


async def _with_texts(documents: Sequence[DocumentRecord]) -> None:
    for some in portions(record["content_id"] for record in documents):
        found = await by_ids(DocumentVersion, some, frozenset({"markdown"}))
        for document in documents:
            if document["content_id"] in found:
                document["text"] = found[document["content_id"]]["markdown"]


def _document(document: DocumentRecord) -> Entry:
    text = "\n".join([document.get("text", ""), *document["tags"]])
    return Entry(document["_id"], SearchType.DOCUMENT, document["project_id"], document["title"], text)


def _agent(agent: AgentRecord) -> Entry | None:
    if agent["deleted_at"] is not None:
        return None
    text = "\n".join([agent["slug"], agent["description"] or ""])
    return Entry(agent["_id"], SearchType.AGENT, None, agent["name"], text)


async def _with_contents(files: Sequence[WorkspaceFileRecord]) -> None:
    found = await by_ids(WorkspaceFileText, (file["_id"] for file in files))
    for file in files:
        if file["_id"] in found:
            file["content"] = found[file["_id"]]["content"]


def _file(file: WorkspaceFileRecord) -> Entry:
    text = "\n".join([file["path"], file.get("content", "")])
    return Entry(file["_id"], SearchType.FILE, None, file["name"], text)


SEARCHABLE: dict[Kind, Searchable] = {
    Kind.CARD: Searchable(Card, ("project_id", "title", "description", "checklist", "archived"), _card),
    Kind.COMMENT: Searchable(Comment, ("project_id", "content"), _comment),
    Kind.DOCUMENT: Searchable(Document, ("project_id", "title", "tags", "content_id"), _document, _with_texts),
    Kind.PROJECT: Searchable(Project, ("name", "description"), _project),
    Kind.AGENT: Searchable(Agent, ("name", "slug", "description", "deleted_at"), _agent),
    Kind.WORKSPACE_FILE: Searchable(WorkspaceFile, ("name", "path"), _file, _with_contents, FILES_AT_ONCE),
}


async def follow(services: Services, workspace_id: ObjectId, *, portions_of_log: int | None = None) -> bool:
    """Bring the index of a workspace to where its stream is now, so that a search finds what was just written.

    With `portions_of_log`, no further than so many reads of the log lead. Whether it is there.
    """
    index, log = services.search, services.hub.log
    head, floor = await log.bounds(workspace_id)
    if await index.position(workspace_id) == head:
        return True
    async with index.following(workspace_id):
        position = await index.position(workspace_id)
        if position is None or not _reaches(position, head, floor):
            await index.build(workspace_id, position, head, _everything(workspace_id))
            return True
        read = 0
        while position.seq < head.seq and read != portions_of_log:
            events = await log.read(workspace_id, position.seq)
            if not events or events[0]["seq"] != position.seq + 1:  # trimmed since we asked
                await index.build(workspace_id, position, head, _everything(workspace_id))
                return True
            until = Cursor(head.epoch, events[-1]["seq"])
            changed, gone = await _now(workspace_id, _named(events))
            await index.apply(workspace_id, position, until, changed, gone)
            position, read = until, read + 1
        return position.seq >= head.seq


async def sweep(index: SearchIndex) -> None:
    """Delete the indexes of workspaces that are no more."""
    known = index.known()
    for some in portions(known):
        found = await collection(Workspace).find({"_id": {"$in": some}}, {"_id": 1}).to_list()
        for gone in set(some) - {workspace["_id"] for workspace in found}:
            index.forget(gone)


def _reaches(position: Cursor, head: Cursor, floor: int) -> bool:
    return position.epoch == head.epoch and floor <= position.seq and head.seq - position.seq <= MAX_BEHIND


def _named(events: Iterable[LoggedEventRecord]) -> set[ObjectId]:
    """The ids of what events are about: of a record that they carry, or of what was deleted."""
    named: set[ObjectId] = set()
    for event in events:
        for value in event["data"].values():
            found = value.get("_id") if isinstance(value, dict) else value
            if isinstance(found, ObjectId) and kind_of(found) in SEARCHABLE:
                named.add(found)
    return named


async def _now(workspace_id: ObjectId, ids: Iterable[ObjectId]) -> tuple[list[Entry], list[ObjectId]]:
    """The entries of objects as they are now, and the ids of those that are no more."""
    wanted = set(ids)
    entries: list[Entry] = []
    for kind, searchable in SEARCHABLE.items():
        for some in portions(object_id for object_id in wanted if kind_of(object_id) is kind):
            records = await _find(searchable, {"_id": {"$in": some}}).to_list()
            inside = [record for record in records if record["workspace_id"] == workspace_id]
            entries += await searchable.entries(inside)
    return entries, list(wanted - {entry.id for entry in entries})


async def _everything(workspace_id: ObjectId) -> AsyncIterator[Sequence[Entry]]:
    """All that can be found in a workspace, in portions."""
    for searchable in SEARCHABLE.values():
        cursor = _find(searchable, {"workspace_id": workspace_id}).batch_size(searchable.at_once)
        while records := await cursor.to_list(searchable.at_once):
            yield await searchable.entries(records)


def _find(searchable: Searchable, where: dict[str, Any]) -> AsyncCursor[Record]:
    return collection(searchable.model).find(where, dict.fromkeys(("workspace_id", *searchable.fields), 1))
