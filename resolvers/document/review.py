"""The review of documents: draft → pending_review → approved or changes_requested.

A new text of a document that waits for a review, or was approved, makes it a draft again (`document_update`).
"""

from typing import Any

from bson import ObjectId

from auth.policies import document as policy
from models import Agent, Document, DocumentVersion, WorkspaceMember
from models.base import Record, collection, with_changes
from models.enums import ActivityType, DocumentStatus, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden
from models.fanout import Audience
from models.records import DocumentRecord
from realtime.events.document import DocumentReviewed, DocumentReviewRequested
from realtime.log import Change, Committed
from resolvers.activity.activity import document_activity, record_activities
from resolvers.document.place import current
from resolvers.inputs.document import DocumentReview
from resolvers.kit.context import Context
from resolvers.kit.nouns import DOCUMENT
from resolvers.kit.operation import operation

WRITE = TokenScope.PROJECTS_WRITE
EXCERPT = 140
SUBMITTABLE = frozenset({DocumentStatus.DRAFT, DocumentStatus.CHANGES_REQUESTED})


@operation("documentSubmitReview", opens=DOCUMENT, permission=policy.SUBMIT, scope=WRITE, tool="submit_document_review")
async def submit_document(ctx: Context, door: DocumentRecord) -> Committed[DocumentRecord]:
    """Submit a document for review; those who may review are notified.

    Ask for a review; those who may review are notified. Raises Conflict unless it is a draft, or was sent back.
    """

    async def body(change: Change) -> DocumentRecord:
        document = await current(change, door["_id"])
        if document["status"] not in SUBMITTABLE:
            raise Conflict(
                f"The document is {document['status']}: only a draft is submitted", status=document["status"]
            )
        values = {"status": DocumentStatus.PENDING_REVIEW.value, "submitted_by": ctx.user_id, "submitted_at": change.at}
        after = await _set(change, document, values)
        change.append(after["workspace_id"], DocumentReviewRequested(document=after))
        activity = document_activity(change, after, ActivityType.DOCUMENT_REVIEW_REQUESTED)
        await record_activities(change, [activity], Audience.REVIEWERS)
        return after

    return await ctx.write(door["workspace_id"], body)


@operation("documentReview", opens=DOCUMENT, permission=policy.REVIEW, scope=WRITE, in_project=False)
async def review_document(ctx: Context, door: DocumentRecord, values: DocumentReview) -> Committed[DocumentRecord]:
    """Approve a document that was submitted, or ask for changes.

    Its author and who submitted it are notified.

    Raises Conflict unless a review was asked for; Forbidden for whoever wrote some of it since it was approved last,
    or submitted it, by themselves or by an agent that they made, unless nobody else could, and for an agent that
    approves.
    """
    if ctx.subject.agent_id is not None and values.status is DocumentStatus.APPROVED:
        raise Forbidden("A document is approved by a person: an agent may ask for changes")

    async def body(change: Change) -> DocumentRecord:
        document = await current(change, door["_id"])
        if document["status"] != DocumentStatus.PENDING_REVIEW:
            raise Conflict(f"The document is {document['status']}: no review was asked for", status=document["status"])
        _check_seen(document, values.expected_version)
        await _check_independent(change, document, ctx.user_id)
        decided: Record = {
            "status": values.status.value,
            "review_notes": values.notes,
            "reviewed_by": ctx.user_id,
        }
        if values.status is DocumentStatus.APPROVED:
            decided["approved_at"] = change.at
        after = await _set(change, document, {**decided, "reviewed_at": change.at})
        change.append(after["workspace_id"], DocumentReviewed(document=after))
        meta = {"status": values.status.value, "notes": (values.notes or "")[:EXCERPT]}
        activity = document_activity(change, after, ActivityType.DOCUMENT_REVIEWED, meta)
        told = [object_id for object_id in (after["author_id"], after["submitted_by"]) if object_id is not None]
        await record_activities(change, [activity], Audience.NAMED, told)
        return after

    return await ctx.write(door["workspace_id"], body)


def _check_seen(document: DocumentRecord, expected: int | None) -> None:
    if expected is None or expected == document["version"]:
        return
    if expected > document["version"]:
        raise BadUserInput(f"is newer than the document, which is at {document['version']}", field="expectedVersion")
    raise Conflict(f"The document changed since version {expected}", currentVersion=document["version"])


async def _check_independent(change: Change, document: DocumentRecord, user_id: ObjectId) -> None:
    authors = await _authors(change, document)
    if user_id not in authors:
        return
    # Other agents do not count: they approve nothing.
    others = set(await _reviewers(change, document["workspace_id"])) - authors
    agents = collection(Agent).find({"user_id": {"$in": list(others)}}, {"user_id": 1}, session=change.session)
    if others - {agent["user_id"] for agent in await agents.to_list()}:
        raise Forbidden("Who wrote or submitted a document does not review it, as long as somebody else can")


async def _authors(change: Change, document: DocumentRecord) -> set[ObjectId]:
    """Who wrote what is under review or submitted it, with those who made the agents among them."""
    wrote: Record = {"document_id": document["_id"]}
    if (approved_at := document.get("approved_at")) is not None:
        wrote["updated_at"] = {"$gte": approved_at}
    versions = collection(DocumentVersion).find(wrote, {"author_id": 1}, session=change.session)
    found = {version["author_id"] for version in await versions.to_list()} | {document["submitted_by"]}
    agents = collection(Agent).find({"user_id": {"$in": list(found)}}, {"created_by": 1}, session=change.session)
    found |= {agent.get("created_by") for agent in await agents.to_list()}
    return {reviewer_id for reviewer_id in found if reviewer_id is not None}


async def _set(change: Change, document: DocumentRecord, values: dict[str, Any]) -> DocumentRecord:
    version = document["version"] + 1
    marks = {**document["field_versions"], "status": version}
    stored = {**values, "version": version, "field_versions": marks, "updated_at": change.at}
    await collection(Document).update_one({"_id": document["_id"]}, {"$set": stored}, session=change.session)
    return with_changes(document, stored)


async def _reviewers(change: Change, workspace_id: ObjectId) -> list[ObjectId]:
    """Who may review in a workspace."""
    wanted = {"user_id": 1, "role": 1, "pilotage_role": 1}
    members = collection(WorkspaceMember).find({"workspace_id": workspace_id}, wanted, session=change.session)
    return [
        member["user_id"]
        for member in await members.to_list()
        if policy.REVIEW.allows(member["role"], member["pilotage_role"])
    ]
