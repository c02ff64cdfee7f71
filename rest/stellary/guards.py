"""The levels of a path: each object is reached through the one door, and belongs to the one before it in the path.

What does not is answered as what does not exist. A guard looks at membership alone: the operation that a route calls
afterwards asks for the token's scope and the permission.
"""

from bson import ObjectId

from models.base import R
from models.errors import NotFound
from models.records import (
    AgentRecord,
    AttachmentRecord,
    AutomationRecord,
    CardRecord,
    ColumnRecord,
    CommentRecord,
    CustomFieldRecord,
    DocumentRecord,
    InvitationRecord,
    LabelRecord,
    MissionRecord,
    OrganizationRecord,
    ProjectRecord,
    ProposalRecord,
    RelationRecord,
    ScopeRecord,
    TemplateRecord,
    TransferJobRecord,
    WorkspaceRecord,
)
from resolvers.kit.access import access
from resolvers.kit.noun import Noun
from resolvers.kit.nouns import (
    AGENT,
    ATTACHMENT,
    AUTOMATION,
    CARD,
    COLUMN,
    COMMENT,
    CUSTOM_FIELD,
    DOCUMENT,
    INVITATION,
    LABEL,
    MISSION,
    PROJECT,
    PROPOSAL,
    RELATION,
    SCOPE,
    TEMPLATE,
    TRANSFER_JOB,
)
from resolvers.kit.slugs import organization_by_slug, workspace_by_slugs
from rest.routing import Call

NOTHING: frozenset[str] = frozenset()
"""The ids alone: the operation reads what it needs of the object itself."""


async def organization(call: Call) -> OrganizationRecord:
    """The organization of the path."""
    found, _ = await organization_by_slug(call.ctx, call.path["orgSlug"])
    return found


async def workspace(call: Call) -> WorkspaceRecord:
    """The workspace of the path, in the organization of the path."""
    found, _ = await workspace_by_slugs(call.ctx, call.path["orgSlug"], call.path["wsSlug"])
    return found


async def project(call: Call) -> ProjectRecord:
    """The project of the path, in the workspace of the path."""
    inside = await workspace(call)
    found = await access(call.ctx, PROJECT, call.id("projectId", PROJECT.kind), PROJECT.reads, fields=NOTHING)
    return _within(found, "workspace_id", inside["_id"], "Project")


async def project_of(call: Call, project_id: ObjectId, workspace: WorkspaceRecord) -> ProjectRecord:
    """The project that a body names, in the workspace of the path."""
    found = await access(call.ctx, PROJECT, project_id, PROJECT.reads, field="projectId", fields=NOTHING)
    return _within(found, "workspace_id", workspace["_id"], "Project")


async def template(call: Call) -> TemplateRecord:
    """The template of the path, of the workspace of the path."""
    inside = await workspace(call)
    found = await access(call.ctx, TEMPLATE, call.id("templateId", TEMPLATE.kind), TEMPLATE.reads, fields=NOTHING)
    return _within(found, "workspace_id", inside["_id"], "Template")


async def transfer_job(call: Call) -> TransferJobRecord:
    """The import of the path, to the workspace of the path."""
    inside = await workspace(call)
    found = await access(
        call.ctx, TRANSFER_JOB, call.id("jobId", TRANSFER_JOB.kind), TRANSFER_JOB.reads, fields=NOTHING
    )
    return _within(found, "workspace_id", inside["_id"], "Transfer job")


async def scope(call: Call) -> ScopeRecord:
    """The scope of the path, in the project of the path."""
    return await of_project(call, SCOPE, "scopeId")


async def column(call: Call) -> ColumnRecord:
    """The column of the path, in the project of the path."""
    return await of_project(call, COLUMN, "columnId")


async def label(call: Call) -> LabelRecord:
    """The label of the path, in the project of the path."""
    return await of_project(call, LABEL, "labelId")


async def automation(call: Call) -> AutomationRecord:
    """The automation of the path, of the project of the path."""
    return await of_project(call, AUTOMATION, "ruleId")


async def custom_field(call: Call) -> CustomFieldRecord:
    """The custom field of the path, of the project of the path."""
    return await of_project(call, CUSTOM_FIELD, "fieldId")


async def relation(call: Call) -> RelationRecord:
    """The relation of the path, of a card of the project of the path."""
    inside = await project(call)
    found = await access(call.ctx, RELATION, call.id("relationId", RELATION.kind), RELATION.reads)
    if inside["_id"] not in found["project_ids"]:
        raise NotFound("Relation")
    return found


async def card(call: Call) -> CardRecord:
    """The card of the path, in the project of the path."""
    return await of_project(call, CARD, "cardId")


async def comment(call: Call) -> CommentRecord:
    """The comment of the path, on the card of the path."""
    inside = await card(call)
    found = await access(call.ctx, COMMENT, call.id("commentId", COMMENT.kind), COMMENT.reads)
    return _within(found, "card_id", inside["_id"], "Comment")


async def attachment(call: Call) -> AttachmentRecord:
    """The attachment of the path, on the card of the path."""
    inside = await card(call)
    found = await access(
        call.ctx,
        ATTACHMENT,
        call.id("attachmentId", ATTACHMENT.kind),
        ATTACHMENT.reads,
        fields=frozenset({"card_id"}),
    )
    return _within(found, "card_id", inside["_id"], "Attachment")


async def document(call: Call) -> DocumentRecord:
    """The document of the path, in the workspace of the path."""
    inside = await workspace(call)
    found = await access(
        call.ctx,
        DOCUMENT,
        call.id("documentId", DOCUMENT.kind),
        DOCUMENT.reads,
        fields=NOTHING,
    )
    return _within(found, "workspace_id", inside["_id"], "Document")


async def agent(call: Call) -> AgentRecord:
    """The agent of the path, in the workspace of the path."""
    return await of_workspace(call, AGENT, "agentId")


async def invitation(call: Call) -> InvitationRecord:
    """The invitation of the path, to the workspace of the path."""
    inside = await workspace(call)
    found = await access(
        call.ctx,
        INVITATION,
        call.id("invitationId", INVITATION.kind),
        INVITATION.reads,
        fields=NOTHING,
    )
    return _within(found, "workspace_id", inside["_id"], "Invitation")


async def mission(call: Call) -> MissionRecord:
    """The mission of the path, in the workspace of the path."""
    return await of_workspace(call, MISSION, "missionId")


async def proposal(call: Call) -> ProposalRecord:
    """The proposal of the path, in the workspace of the path."""
    return await of_workspace(call, PROPOSAL, "proposalId")


async def of_project(call: Call, noun: Noun[R], name: str) -> R:
    """What a parameter of the path names, in the project of the path."""
    inside = await project(call)
    found = await access(call.ctx, noun, call.id(name, noun.kind), noun.reads, fields=frozenset({"project_id"}))
    return _within(found, "project_id", inside["_id"], noun.title)


async def of_workspace(call: Call, noun: Noun[R], name: str) -> R:
    """What a parameter of the path names, in the workspace of the path."""
    inside = await workspace(call)
    found = await access(call.ctx, noun, call.id(name, noun.kind), noun.reads)
    return _within(found, "workspace_id", inside["_id"], noun.title)


def _within(found: R, key: str, parent_id: ObjectId, noun: str) -> R:
    if found[key] != parent_id:
        raise NotFound(noun)
    return found
