"""Documents, their versions, their reviews, and the cards that they are linked to."""

from models import Document
from models.base import collection
from models.enums import DocumentContext, DocumentStatus
from resolvers.document.document import create_document
from resolvers.document.link import link_document, unlink_document
from resolvers.document.review import submit_document
from resolvers.document.update import update_document
from resolvers.inputs.document import DocumentBatch, DocumentCreate, DocumentMove, DocumentReview, DocumentUpdate
from tests.gateway.replay.state import JSON, State, below, put_under, take
from tests.resolvers.lab import again
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import CARD, WORKSPACE
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World

DOCUMENTS = WORKSPACE + "/documents"
DOCUMENT = DOCUMENTS + "/{documentId}"


async def make(world: World) -> None:
    ids = world.ids
    written = DocumentCreate.of(workspace_id=ids["workspace"], title="Plan", content="# Plan")
    made = await world.made(create_document, written)
    ids["document"], ids["version"] = made["_id"], made["content_id"]
    await world.made(link_document, ids["document"], ids["card"])


async def unlink(world: World) -> None:
    """A document that is not linked."""
    await unlink_document(again(world.owner), world.ids["document"], world.ids["card"])


async def add_document(world: World) -> None:
    """A document that the other can be moved below."""
    values = DocumentCreate.of(workspace_id=world.ids["workspace"], title="Above")
    context = await collection(Document).find_one({"_id": world.ids["document"]})
    assert context is not None
    values = values.model_copy(
        update={"context_type": DocumentContext(context["context_type"]), "context_id": context["context_id"]}
    )
    world.ids["above"] = (await create_document(again(world.owner), values)).value["_id"]


async def retitle(world: World) -> None:
    """A document that differs from its first version."""
    author = await world.context("admin")  # whose change is a version of its own
    await update_document(author, world.ids["document"], DocumentUpdate.of(title="Later", content="Later"))


async def submit(world: World) -> None:
    """A document that waits for its review."""
    await submit_document(await world.context("admin"), world.ids["document"])


def document_gone(state: State, document: str) -> None:
    """So is what is below it."""
    take(state, "Document", document)
    for child in below(state, "Document", "parent", document):
        document_gone(state, child)


def _deleted(state: State, event: JSON) -> None:
    document_gone(state, event["documentId"])


def _linked(state: State, event: JSON) -> None:
    if event["linkedDocument"] is None or event["linkedCard"] is None:
        return  # one of them is gone since, which a later event tells
    if document := state.get("Document", {}).get(event["linkedDocument"]["id"]):
        document["linkedCards"] = sorted({*document["linkedCards"], event["linkedCard"]["id"]})


def _unlinked(state: State, event: JSON) -> None:
    if document := state.get("Document", {}).get(event["documentId"]):
        document["linkedCards"] = [one for one in document["linkedCards"] if one != event["cardId"]]


async def story(cast: Cast) -> None:
    documents = f"{cast.workspace}/documents"
    top = await made(cast.ann, documents, title="Top", content="# Top")
    created = await made(cast.ann, documents, title="Plan", content="One", parentId=top["id"])
    document = f"{documents}/{created['id']}"
    assert (await changed(cast.ann, document, content="Two"))["content"] == "Two"
    assert (await read(cast.ann, document))["title"] == "Plan"
    assert len(await read(cast.ann, documents)) == len(await read(cast.ann, f"{documents}/summaries")) == 2
    assert await read(cast.ann, f"{documents}/count?docType=document") == {"count": 2}
    assert await read(cast.ann, f"{documents}/all") == await read(cast.ann, f"{documents}/tree")
    assert (await made(cast.ann, f"{document}/move", parentId=None))["order"] == 1
    bulk = await made(cast.ann, f"{documents}/bulk", ids=[top["id"]], delete=True)
    assert [one["error"] for one in bulk["results"]] == [None]
    assert (await made(cast.ann, f"{document}/submit-review"))["status"] == "pending_review"
    assert (await made(cast.bob, f"{document}/review", status="approved"))["status"] == "approved"
    await changed(cast.ann, document, content="Three")
    versions = await read(cast.ann, f"{document}/versions")
    assert (await read(cast.ann, f"{document}/versions/{versions[-1]['id']}"))["content"] == "Two"
    assert "+Three" in (await read(cast.ann, f"{document}/diff"))["diff"]
    assert (await made(cast.ann, f"{document}/versions/{versions[-1]['id']}/restore"))["content"] == "Two"
    card = await made(cast.ann, f"{cast.path}/cards", title="Linked")
    links = f"{cast.path}/cards/{card['id']}/documents"
    await made(cast.ann, f"{links}/{created['id']}/link")
    assert len(await read(cast.ann, links)) == len(await read(cast.ann, f"{document}/cards")) == 1
    await deleted(cast.ann, f"{links}/{created['id']}/link")
    await deleted(cast.ann, f"{cast.path}/cards/{card['id']}")
    await deleted(cast.ann, document)


SAMPLE = Sample(
    after=("relation", "workspace_member"),
    make=make,
    places={"versionId": "version"},
    calls={
        "document": lambda ids: (ids["document"],),
        "documentText": lambda ids: (ids["document"],),
        "documents": lambda ids: (ids["workspace"],),
        "documentCount": lambda ids: (ids["workspace"],),
        "documentTree": lambda ids: (ids["workspace"],),
        "documentVersion": lambda ids: (ids["version"],),
        "documentCreate": lambda ids: (DocumentCreate.of(workspace_id=ids["workspace"], title="More"),),
        "documentUpdate": lambda ids: (ids["document"], DocumentUpdate.of(title="Other")),
        "documentMove": lambda ids: (ids["document"], DocumentMove(order=0)),
        "documentDelete": lambda ids: (ids["document"],),
        "documentBatchUpdate": lambda ids: ([ids["document"]], DocumentBatch(add_tags=["more"])),
        "documentRestoreVersion": lambda ids: (ids["document"], ids["version"]),
        "documentSubmitReview": lambda ids: (ids["document"],),
        "documentReview": lambda ids: (ids["document"], DocumentReview(status=DocumentStatus.APPROVED)),
        "documentLink": lambda ids: (ids["document"], ids["card"]),
        "documentUnlink": lambda ids: (ids["document"], ids["card"]),
        "cardDocuments": lambda ids: (ids["card"],),
        "documentCards": lambda ids: (ids["document"],),
    },
    makes_another={"documentCreate"},
    refused_there={"documentReview"},
    routes={
        ("GET", DOCUMENTS): None,
        ("POST", DOCUMENTS): sent(title="More"),
        ("GET", DOCUMENTS + "/all"): None,
        ("GET", DOCUMENTS + "/tree"): None,
        ("GET", DOCUMENTS + "/count"): None,
        ("GET", DOCUMENTS + "/summaries"): None,
        ("POST", DOCUMENTS + "/bulk"): lambda ids: {"ids": [str(ids["document"])], "addTags": ["more"]},
        ("GET", DOCUMENT): None,
        ("PATCH", DOCUMENT): sent(title="Other"),
        ("DELETE", DOCUMENT): None,
        ("POST", DOCUMENT + "/move"): sent(order=0),
        ("GET", DOCUMENT + "/cards"): None,
        ("GET", DOCUMENT + "/versions"): None,
        ("GET", DOCUMENT + "/versions/{versionId}"): None,
        ("POST", DOCUMENT + "/versions/{versionId}/restore"): None,
        ("GET", DOCUMENT + "/diff"): None,
        ("POST", DOCUMENT + "/submit-review"): None,
        ("POST", DOCUMENT + "/review"): sent(status="approved"),
        ("GET", CARD + "/documents"): None,
        ("POST", CARD + "/documents/{documentId}/link"): None,
        ("DELETE", CARD + "/documents/{documentId}/link"): None,
    },
    cases={
        "documentMove": Case(
            arguments=lambda ids: (ids["document"], DocumentMove(parent_id=ids["above"])), prepare=add_document
        ),
        "documentRestoreVersion": Case(prepare=retitle),
        "documentReview": Case(prepare=submit),
        "documentLink": Case(prepare=unlink),
    },
    kept={
        "Document": Kept(
            """
                content linkedCards(first: 50) { nodes { id } } project { id } scope { id } parent { id }
                submittedBy { id } reviewedBy { id } author { id } updatedBy { id }
            """,
            {"Workspace": "documents(first: 20) { nodes { ...DocumentFields } }"},
        )
    },
    rules={
        "DocumentUpdated": put_under("document", "Document"),
        "DocumentMoved": put_under("document", "Document"),
        "DocumentDeleted": ("documentId", _deleted),
        "DocumentLinked": ("linkedDocument { id } linkedCard { id }", _linked),
        "DocumentUnlinked": ("documentId cardId", _unlinked),
    },
    story=story,
)
