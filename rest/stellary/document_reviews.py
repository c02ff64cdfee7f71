"""The review of a document."""

from resolvers.document.review import review_document, submit_document
from resolvers.inputs.document import DocumentReview
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import DOCUMENTS
from rest.stellary.present.document import ListedDocument, listed

routes = Routes(
    "Document reviews", DOCUMENTS + "/{documentId}", about="From a draft to an approved document.", place=320
)


@routes.post("/submit-review", "Submit a document for review", runs=submit_document)
async def submit(call: Call) -> ListedDocument:
    """A draft, or one that changes were asked for."""
    found = await guards.document(call)
    return (await listed([(await submit_document(call.ctx, found["_id"])).value]))[0]


@routes.post("/review", "Approve a document, or ask for changes", runs=review_document)
async def review(call: Call) -> ListedDocument:
    """For workspace owners and admins, and for the pilotage roles owner and reviewer; not for who submitted it."""
    found = await guards.document(call)
    return (await listed([(await review_document(call.ctx, found["_id"], call.body(DocumentReview))).value]))[0]
