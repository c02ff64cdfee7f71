"""The documents that count at present, wherever they are kept."""

from bson import ObjectId

from auth.policies import pilotage as policy
from models.enums import TokenScope
from models.records import PilotageDocumentRecord, WorkspaceMemberRecord
from realtime.events.pilotage import PilotageDocumentCreated, PilotageDocumentDeleted, PilotageDocumentUpdated
from realtime.log import Committed
from resolvers.inputs.pilotage import PilotageDocumentCreate, PilotageDocumentUpdate
from resolvers.kit.context import Context
from resolvers.kit.nouns import PILOTAGE_DOCUMENT, WORKSPACE
from resolvers.kit.operation import operation
from resolvers.kit.page import pages_by
from resolvers.register.register import Register, create_in, delete_in, update_in

WRITE = TokenScope.PILOTAGE_WRITE

PILOTAGE_DOCUMENTS = Register(
    PILOTAGE_DOCUMENT, PilotageDocumentCreated, PilotageDocumentUpdated, PilotageDocumentDeleted, most=1_000
)

documents_of = pages_by(PILOTAGE_DOCUMENT, "workspace_id")
"""The documents that count in a workspace, oldest first."""


@operation("pilotageDocumentCreate", inside=WORKSPACE, permission=policy.WRITE, scope=WRITE)
async def create_document(
    ctx: Context, membership: WorkspaceMemberRecord, values: PilotageDocumentCreate
) -> Committed[PilotageDocumentRecord]:
    """Register a document that counts from now on."""
    return await create_in(ctx, PILOTAGE_DOCUMENTS, membership, values)


@operation("pilotageDocumentUpdate", opens=PILOTAGE_DOCUMENT, permission=policy.WRITE, scope=WRITE)
async def update_document(
    ctx: Context, door: PilotageDocumentRecord, values: PilotageDocumentUpdate
) -> Committed[PilotageDocumentRecord]:
    """Change what is registered of a document."""
    return await update_in(ctx, PILOTAGE_DOCUMENTS, door, values)


@operation("pilotageDocumentDelete", opens=PILOTAGE_DOCUMENT, permission=policy.WRITE, scope=WRITE)
async def delete_document(ctx: Context, door: PilotageDocumentRecord) -> Committed[ObjectId]:
    """Take a document off the register; the document itself is elsewhere, and stays."""
    return await delete_in(ctx, PILOTAGE_DOCUMENTS, door)
