"""What tests of documents are written with: a shelf to put them on."""

from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models import Document, DocumentVersion
from models.base import collection
from models.records import DocumentRecord, DocumentVersionRecord
from resolvers.document.document import create_document, read_document_tree
from resolvers.document.update import move_document, update_document
from resolvers.inputs.document import DocumentCreate, DocumentMove, DocumentUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import again


@dataclass(slots=True)
class Shelf:
    """The documents of a workspace, and the one who writes them. Every call is a request of its own."""

    caller: Context
    workspace_id: ObjectId

    @property
    def ctx(self) -> Context:
        return again(self.caller)

    def of(self, caller: Context) -> "Shelf":
        """The same workspace for somebody else."""
        return Shelf(caller, self.workspace_id)

    async def document(self, title: str = "Plan", **values: Any) -> DocumentRecord:
        """A new document; `values` as clients write them."""
        given = {"workspaceId": self.workspace_id, "title": title, **values}
        return (await create_document(self.ctx, read_input(DocumentCreate, given))).value

    async def update(self, document: DocumentRecord, **values: Any) -> DocumentRecord:
        return (await update_document(self.ctx, document["_id"], read_input(DocumentUpdate, values))).value

    async def move(self, document: DocumentRecord, **values: Any) -> DocumentRecord:
        return (await move_document(self.ctx, document["_id"], read_input(DocumentMove, values))).value

    async def stored(self, document: DocumentRecord) -> DocumentRecord:
        """The document as the database holds it now."""
        found = await collection(Document).find_one({"_id": document["_id"]})
        assert found is not None
        return found

    async def versions(self, document: DocumentRecord) -> list[DocumentVersionRecord]:
        """The versions of a document, the oldest first."""
        return await collection(DocumentVersion).find({"document_id": document["_id"]}).sort("number", 1).to_list()

    async def outline(self, context_id: ObjectId | None = None) -> list[tuple[int, str]]:
        """The depths and titles of the tree."""
        found = await read_document_tree(self.ctx, self.workspace_id, context_id)
        return [(one["depth"], one["title"]) for one in found]
