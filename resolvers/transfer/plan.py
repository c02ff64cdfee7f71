"""What an import is going to write, decided before anything is written: ids, people, texts, and what is left out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from bson import ObjectId

from auth.policies import document as policy
from models import Label, User, WorkspaceMember
from models.base import Record, collection
from models.enums import DocumentFormat, DocumentStatus, ImportNoteCode
from models.errors import BadUserInput, OrreryError, PayloadTooLarge
from models.facts import TRANSFER
from models.ids import Kind, new_id
from models.pool import Pool
from models.records import DocumentVersionRecord
from resolvers.content import Content, read_content
from resolvers.files.storage_account import check_room
from resolvers.inputs.transfer import ImportedRelation, ProjectImport
from resolvers.kit.access import check_workspace
from resolvers.kit.context import Context
from resolvers.kit.fields import values_of
from resolvers.transfer.check import MakeId, check, custom_values, field_records, possible
from resolvers.transfer.notes import Notes

MAX_WARNINGS = 500
IMPORTS = Pool("imports being read", threads=2, at_once=1, of_one=4, in_all=32)
PALETTE = ("#ef4444", "#f59e0b", "#10b981", "#3b82f6", "#8b5cf6", "#ec4899", "#14b8a6", "#6b7280")


@dataclass(slots=True)
class Plan:
    """A checked import. Ids are fixed, so that a transaction that runs again writes the same.

    `labels` are ids and values by name, `people` the members of the workspace by e-mail address. `gone` is what others
    deleted of what was written before the part that is being written, among that which it points to. `notes` tell of
    what was mended, where that was wished. What `is_hidden` is seen once it is whole (`resolvers.transfer.hidden`).
    """

    workspace_id: ObjectId
    values: ProjectImport
    scope_ids: list[ObjectId]
    column_ids: list[ObjectId]
    card_ids: list[ObjectId]
    document_ids: list[ObjectId]
    labels: dict[str, tuple[ObjectId, Record]]
    fields: dict[str, Any]
    card_values: list[dict[str, Any]]
    relations: list[ImportedRelation]
    warnings: list[str]
    notes: Notes | None = None
    people: dict[str, ObjectId] = field(default_factory=dict)
    contents: list[Content] = field(default_factory=list)
    statuses: list[DocumentStatus] = field(default_factory=list)
    gone: set[ObjectId] = field(default_factory=set)
    is_hidden: bool = False

    def number(self, name: str, index: int) -> int:
        """The place in the file of an entry of a list."""
        return index if self.notes is None else self.notes.number(name, index)

    def warn(self, sentences: Iterable[str]) -> None:
        """Keep the first 500."""
        self.warnings.extend(list(sentences)[: MAX_WARNINGS - len(self.warnings)])


def draw(workspace_id: ObjectId, values: ProjectImport, make_id: MakeId = new_id, notes: Notes | None = None) -> Plan:
    """What can be told without the database, in one go: a thread's work for a large file. Raises BadUserInput.

    All that one part of the import says of another goes by ids of `make_id`. `notes` are those of values that were
    mended.
    """
    check(values)
    fields = field_records(values, make_id)
    relations, refused = possible(values.relations)
    plan = Plan(
        workspace_id=workspace_id,
        values=values,
        scope_ids=[make_id(Kind.SCOPE) for _ in values.scopes],
        column_ids=[make_id(Kind.COLUMN) for _ in values.columns],
        card_ids=[make_id(Kind.CARD) for _ in values.cards],
        document_ids=[make_id(Kind.DOCUMENT) for _ in values.documents],
        labels=_labels(values, make_id),
        fields=fields,
        card_values=[custom_values(card, index, fields) for index, card in enumerate(values.cards)],
        relations=relations,
        warnings=[],
        notes=notes,
    )
    plan.warn(f"relations.{plan.number('relations', index)}: {reason}" for index, reason in refused)
    return plan


async def complete(ctx: Context, plan: Plan, *, is_new: bool = True) -> None:
    """Add what the database and the texts tell: who is a member, and how documents read.

    Raises PayloadTooLarge where the workspace's quota does not hold the texts of an import `is_new`.
    """
    await _people(plan)
    await _documents(ctx, plan)
    if is_new and plan.contents:
        await check_room(ctx, plan.workspace_id, sum(content.size for content in plan.contents))


def _labels(values: ProjectImport, make_id: MakeId) -> dict[str, tuple[ObjectId, Record]]:
    """Those that are described keep their colours; those that cards alone name take the next of the palette."""
    found = {label.name: values_of(label, Label, TRANSFER) for label in values.labels}
    for name in (name for card in values.cards for name in card.labels):
        found.setdefault(name, {"name": name, "color": PALETTE[len(found) % len(PALETTE)]})
    return {name: (make_id(Kind.LABEL), label) for name, label in found.items()}


async def _people(plan: Plan) -> None:
    """Find the members of the workspace among those whom the file names; tell of the others."""
    members_named = enumerate(plan.values.members)
    wanted: dict[str, str] = {email: f"members.{plan.number('members', n)}" for n, email in members_named}
    for n, card in enumerate(plan.values.cards):
        if card.assignee is not None:
            wanted.setdefault(card.assignee, f"cards.{n}.assignee")
    if not wanted:
        return
    members = collection(WorkspaceMember).find({"workspace_id": plan.workspace_id}, {"user_id": 1})
    ids = {member["user_id"] async for member in members}
    emails = list(wanted)
    for start in range(0, len(emails), 100):
        some = {"email": {"$in": emails[start : start + 100]}}
        for user in await collection(User).find(some, {"email": 1}).to_list():
            if user["_id"] in ids:
                plan.people[user["email"]] = user["_id"]
    plan.warn(
        f"{where}: {email} is not a member of the workspace"
        for email, where in wanted.items()
        if email not in plan.people
    )


async def _documents(ctx: Context, plan: Plan) -> None:
    decided = {DocumentStatus.APPROVED, DocumentStatus.CHANGES_REQUESTED}
    membership = await check_workspace(ctx, plan.workspace_id, policy.WRITE)
    may_review = policy.REVIEW.refusal(membership, "workspace") is None
    for index, document in enumerate(plan.values.documents):
        try:
            plan.contents.append(await read_content(document.content, document.content_format, admitted=True))
        except OrreryError as error:
            where, reason = f"documents.{index}.content", error.message.removeprefix(f"{error.field}: ")
            if plan.notes is None or not isinstance(error, BadUserInput | PayloadTooLarge):
                raise type(error)(reason, field=where, index=index) from error
            plan.notes.tell(where, ImportNoteCode.LEFT_OUT, f"is left out: {reason}")
            plan.contents.append(await read_content("", DocumentFormat.MARKDOWN, admitted=True))
        lowered = document.status in decided and not may_review
        plan.statuses.append(DocumentStatus.DRAFT if lowered else document.status)
        if lowered:
            plan.warn([f"documents.{index}: is a draft now, as only who may review can import it as {document.status}"])


def exported_content(format: DocumentFormat, version: DocumentVersionRecord) -> Any:
    """A text as the file holds it: Markdown, or a TipTap document as an object."""
    return version["markdown"] if format is DocumentFormat.MARKDOWN else orjson.loads(version["tiptap"])
