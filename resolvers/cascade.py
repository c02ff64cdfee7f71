"""Deleting a parent deletes what is below it, and says so in events, all in the parent's own change.

What remains on purpose: the history (events; activities of a card that is gone, until its project goes) and missions,
which are the workspace's, without the card or the project that they were about.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from models import (
    Activity,
    Agent,
    ApiToken,
    Attachment,
    Card,
    Column,
    Comment,
    CustomField,
    Document,
    DocumentLink,
    DocumentVersion,
    Invitation,
    Label,
    Lane,
    LaneBlock,
    Mail,
    Mission,
    MissionActivity,
    Notification,
    Project,
    ProjectMember,
    Relation,
    Scope,
    StorageAccount,
    Template,
    TransferJob,
    Workspace,
    WorkspaceMember,
)
from models.base import Record, Stored, collection
from models.card import KEPT_FIELDS
from models.enums import RelationType, StorageKind
from models.ids import portions
from realtime.events import (
    AgentDeleted,
    AttachmentDeleted,
    CardDeleted,
    ColumnDeleted,
    CommentDeleted,
    CustomFieldDeleted,
    DocumentDeleted,
    DocumentUnlinked,
    Event,
    LabelDeleted,
    ProjectDeleted,
    ProjectMemberRemoved,
    RelationDeleted,
    ScopeDeleted,
    TemplateDeleted,
    WorkspaceDeleted,
    WorkspaceMemberRemoved,
)
from realtime.log import Change
from resolvers.card_kept import keep
from resolvers.file_store import leave_files
from resolvers.notification_store import drop_notifications
from resolvers.storage_account import release

Where = Mapping[str, Any]

_TOLD = (
    "workspace_id",
    "project_id",
    "card_id",
    "document_id",
    "user_id",
    "source_id",
    "target_id",
    "type",
    "project_ids",
    "size",
)
"""What events of deletions are made of."""


async def delete_cards(change: Change, where: Where) -> None:
    """Delete cards with their comments, files, relations and links to documents."""
    cards = await collection(Card).find(where, dict.fromkeys(KEPT_FIELDS, 1), session=change.session).to_list()
    if cards:
        ids = [card["_id"] for card in cards]
        await _delete(change, Comment, {"card_id": {"$in": ids}}, _comment_deleted)
        await _delete_attachments(change, {"card_id": {"$in": ids}})
        await _delete(change, DocumentLink, {"card_id": {"$in": ids}}, _unlinked)
        await _delete(change, Relation, {"card_ids": {"$in": ids}}, relation_deleted)
        await _delete(change, Card, where, _card_deleted)
        await keep(change, [(card, None) for card in cards])


async def delete_lanes(change: Change, inside: Where) -> None:
    """Delete the lanes of a column, a scope, a project or a workspace that goes; their cards are gone before."""
    for model in (Lane, LaneBlock):
        await collection(model).delete_many(inside, session=change.session)


async def delete_documents(change: Change, where: Where) -> None:
    """Delete documents with their versions and links; what stands below them has to be among them."""
    documents = await collection(Document).find(where, {"_id": 1}, session=change.session).to_list()
    for ids in portions(document["_id"] for document in documents):
        await _delete(change, DocumentLink, {"document_id": {"$in": ids}}, _unlinked)
        await _delete_versions(change, {"document_id": {"$in": ids}})
    await _delete(change, Document, where, _document_deleted)


async def _delete_versions(change: Change, where: Where) -> None:
    versions = collection(DocumentVersion)
    found = await versions.find(where, {"workspace_id": 1, "size": 1}, session=change.session).to_list()
    if found:
        await versions.delete_many(where, session=change.session)
        freed = sum(one["size"] for one in found)
        await release(change, found[0]["workspace_id"], StorageKind.DOCUMENTS, freed)


async def delete_scope_contents(change: Change, scope_id: ObjectId) -> None:
    """Delete the cards, columns and documents of a scope."""
    await delete_cards(change, {"scope_id": scope_id})
    await delete_lanes(change, {"scope_id": scope_id})
    await delete_documents(change, {"scope_id": scope_id})
    await _delete(change, Column, {"scope_id": scope_id}, _deleted(ColumnDeleted))


async def delete_project_contents(change: Change, project: Record) -> None:
    """Delete all that a project holds."""
    await _delete(change, Relation, {"project_ids": project["_id"]}, relation_deleted)
    await _delete_delivery(change, {"project_id": project["_id"]})


async def delete_workspace_contents(change: Change, workspace: Record) -> None:
    """Delete a workspace with all that it holds, and say so in its own history, which stays."""
    inside = {"workspace_id": workspace["_id"]}
    await _delete(change, Relation, inside, relation_deleted)
    await _delete_delivery(change, inside)
    await _delete(change, Project, inside, lambda one: ProjectDeleted(deleted_id=one["_id"], project_id=one["_id"]))
    await _delete(change, Template, inside, lambda one: TemplateDeleted(deleted_id=one["_id"]))
    await _delete(change, Agent, inside, lambda one: AgentDeleted(deleted_id=one["_id"]))
    await _delete(change, WorkspaceMember, inside, lambda one: WorkspaceMemberRemoved(user_id=one["user_id"]))
    jobs = (
        await collection(TransferJob).find({**inside, "expires_at": None}, {"_id": 1}, session=change.session).to_list()
    )
    await leave_files(change, [job["_id"] for job in jobs])
    for model in (ApiToken, Mission, MissionActivity, Invitation, Mail, TransferJob):
        await collection(model).delete_many(inside, session=change.session)
    await collection(StorageAccount).delete_one({"_id": workspace["_id"]}, session=change.session)
    await collection(Workspace).delete_one({"_id": workspace["_id"]}, session=change.session)
    change.append(workspace["_id"], WorkspaceDeleted(deleted_id=workspace["_id"]))


async def _delete_delivery(change: Change, inside: Where) -> None:
    """Delete what stands below the projects of a workspace, or below one of them."""
    await _delete(change, Comment, inside, _comment_deleted)
    await _delete_attachments(change, inside)
    await _delete(change, DocumentLink, inside, _unlinked)
    await delete_documents(change, inside)
    await _delete(change, Card, inside, _card_deleted)
    await delete_lanes(change, inside)
    await _delete(change, Column, inside, _deleted(ColumnDeleted))
    await _delete(change, Scope, inside, _deleted(ScopeDeleted))
    await _delete(change, Label, inside, _deleted(LabelDeleted))
    await _delete(change, CustomField, inside, _deleted(CustomFieldDeleted))
    await _delete(change, ProjectMember, inside, _member_removed)
    await collection(Activity).delete_many(inside, session=change.session)
    await delete_notifications(change, inside)


async def delete_notifications(change: Change, inside: Where) -> None:
    """Delete notifications, and say so in the history of everyone whom they were for."""
    doomed: dict[ObjectId, list[ObjectId]] = {}
    for one in await collection(Notification).find(inside, {"user_id": 1}, session=change.session).to_list():
        doomed.setdefault(one["user_id"], []).append(one["_id"])
    for user_id, ids in doomed.items():
        await drop_notifications(change, user_id, ids)


async def release_files(change: Change, attachments: Sequence[Record]) -> None:
    """Give up the bytes of attachments of one workspace that are deleted in the same change."""
    if attachments:
        freed = sum(one["size"] for one in attachments)
        await release(change, attachments[0]["workspace_id"], StorageKind.ATTACHMENTS, freed)
        await leave_files(change, [one["_id"] for one in attachments])


async def _delete_attachments(change: Change, where: Where) -> None:
    await release_files(change, await _delete(change, Attachment, where, _attachment_deleted))


async def _delete(
    change: Change, model: type[Stored], where: Where, event: Callable[[Record], Event]
) -> Sequence[Record]:
    """Delete records and tell of each; what they were."""
    doomed = await collection(model).find(where, dict.fromkeys(_TOLD, 1), session=change.session).to_list()
    if doomed:
        await collection(model).delete_many(where, session=change.session)
        change.append(doomed[0]["workspace_id"], *map(event, doomed))
    return doomed


def _deleted(
    event: type[ColumnDeleted | CustomFieldDeleted | ScopeDeleted | LabelDeleted],
) -> Callable[[Record], Event]:
    return lambda one: event(deleted_id=one["_id"], project_id=one["project_id"])


def _card_deleted(card: Record) -> Event:
    return CardDeleted(deleted_id=card["_id"], project_id=card["project_id"], card_id=card["_id"])


def _comment_deleted(comment: Record) -> Event:
    return CommentDeleted(
        deleted_id=comment["_id"],
        comment_count=0,
        project_id=comment["project_id"],
        card_id=comment["card_id"],
    )


def _attachment_deleted(attachment: Record) -> Event:
    return AttachmentDeleted(
        deleted_id=attachment["_id"],
        attachment_count=0,
        project_id=attachment["project_id"],
        card_id=attachment["card_id"],
    )


def _document_deleted(document: Record) -> Event:
    return DocumentDeleted(deleted_id=document["_id"], project_id=document["project_id"])


def _unlinked(link: Record) -> Event:
    return DocumentUnlinked(
        deleted_id=link["_id"],
        document_id=link["document_id"],
        project_id=link["project_id"],
        card_id=link["card_id"],
    )


def _member_removed(member: Record) -> Event:
    return ProjectMemberRemoved(user_id=member["user_id"], project_id=member["project_id"])


def relation_deleted(relation: Record) -> RelationDeleted:
    """The event that tells of a relation's end."""
    return RelationDeleted(
        deleted_id=relation["_id"],
        source_id=relation["source_id"],
        target_id=relation["target_id"],
        relation_type=RelationType(relation["type"]),
        project_ids=relation["project_ids"],
        project_id=relation["project_ids"][0],
    )
