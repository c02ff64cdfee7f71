"""Contracts of documents: their trees, versions, reviews and links to cards."""

from tests.nouns.document import DOCUMENT, DOCUMENTS
from tests.rest.contract.contract import (
    COLLEAGUE,
    MEMBER,
    OK,
    STRANGER,
    Contract,
    Ref,
    Refused,
    Then,
    bad,
    bad_id,
    without,
)
from tests.rest.contract.shape import COUNT, ID, LIST, TIME, containing, maybe, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import CARD

TYPE = one_of("document", "spec", "brief", "adr", "note", "reference", "template", "spreadsheet")
STATUS = one_of("draft", "pending_review", "approved", "changes_requested")
SUMMARY = {
    "id": Ref("document"),
    "title": "Plan",
    "docType": TYPE,
    "status": STATUS,
    "contextType": one_of("organization", "workspace", "project", "scope"),
    "contextId": ID,
    "parentId": maybe(ID),
    "tags": LIST,
    "updatedAt": TIME,
}
LISTED = {**SUMMARY, "contentFormat": one_of("markdown", "tiptap_json"), "createdAt": TIME}
PLAN = {**LISTED, "content": "# Plan", "contentFormat": "markdown", "status": "draft"}
POLICY = {
    "title": "Payment retry policy",
    "content": "# Payment retry policy",
    "contentFormat": "markdown",
    "docType": "spec",
    "contextType": "project",
    "contextId": Ref("project"),
    "tags": ["payments", "resilience"],
}
POLICY_SHAPE = {**POLICY, "tags": ("payments", "resilience")}
VERSION = {
    "id": ID,
    "documentId": Ref("document"),
    "number": COUNT,
    "title": "Plan",
    "authorId": Ref("user"),
    "authorName": "owner",
    "createdAt": TIME,
}
TREE = ({**SUMMARY, "children": ()},)
ABOUT = {"docType": "document", "contextType": "workspace", "contextId": Ref("workspace"), "parentId": "root"}


async def _others_written(stage: Stage) -> None:
    """Each differs from the one that is asked for in one thing."""
    await stage.made(DOCUMENTS, title="Of another type", docType="spec")
    await stage.made(DOCUMENTS, title="Below it", parentId=str(stage.ids["document"]))
    about = {"contextType": "project", "contextId": str(stage.ids["project"])}
    await stage.made(DOCUMENTS, title="About something else", **about)


async def _changed_by_another(stage: Stage) -> None:
    await stage.send("PATCH", DOCUMENT, by="member", json={"content": "# Another plan"})


async def _submitted(stage: Stage) -> None:
    await stage.made(DOCUMENT + "/submit-review", by="member")


async def _unlinked(stage: Stage) -> None:
    await stage.send("DELETE", CARD + "/documents/{documentId}/link")


CONTRACTS = [
    Contract(
        method="GET",
        route=DOCUMENTS,
        given=_others_written,
        params=ABOUT,
        answers=(LISTED,),
        bad=bad("docType", params={"docType": "poem"}),
        denied=COLLEAGUE,
    ),
    Contract(
        method="POST",
        route=DOCUMENTS,
        sent=POLICY,
        answers={**LISTED, **POLICY_SHAPE, "id": ID, "status": "draft", "parentId": None},
        bad=bad("docType", sent={**POLICY, "docType": "poem"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DOCUMENTS + "/all",
        answers=TREE,
        bad=Refused(status=404, code="NOT_FOUND", path={"wsSlug": "no-such-workspace"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DOCUMENTS + "/tree",
        given=_others_written,
        params={"contextId": Ref("workspace")},
        answers=(
            {**SUMMARY, "children": ({"title": "Below it", "parentId": Ref("document"), "children": ()},)},
            {"title": "Of another type"},
        ),
        bad=bad("contextId", params={"contextId": "nonsense"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DOCUMENTS + "/count",
        given=_others_written,
        params=ABOUT,
        answers={"count": 1},
        bad=bad("status", params={"status": "burnt"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DOCUMENTS + "/summaries",
        given=_others_written,
        params=ABOUT,
        answers=({**SUMMARY, "excerpt": "Plan"},),
        bad=bad("limit", params={"limit": "0"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=DOCUMENTS + "/bulk",
        sent={"ids": [Ref("document")], "addTags": ["q3"], "docType": "note"},
        answers={
            "results": (
                {"id": Ref("document"), "document": {**LISTED, "tags": ("q3",), "docType": "note"}, "error": None},
            )
        },
        then=(Then(DOCUMENT, {"tags": ("q3",), "docType": "note"}),),
        bad=bad("ids", sent={"ids": [], "addTags": ["q3"]}),
        denied=STRANGER,
    ),
    Contract(method="GET", route=DOCUMENT, answers=PLAN, bad=bad_id("documentId"), denied=STRANGER),
    Contract(
        method="PATCH",
        route=DOCUMENT,
        sent={"title": "The plan", "content": "# The plan", "docType": "adr"},
        answers={**PLAN, "title": "The plan", "content": "# The plan", "docType": "adr"},
        then=(Then(DOCUMENT, {"title": "The plan", "content": "# The plan"}),),
        bad=bad("title", sent={"title": ""}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=DOCUMENT,
        answers=OK,
        then=(Then(DOCUMENT, {"statusCode": 404}, 404), Then(CARD + "/documents", ())),
        bad=bad_id("documentId"),
        denied=without("projects:write"),
    ),
    Contract(
        method="POST",
        route=DOCUMENT + "/move",
        sent={"contextType": "project", "contextId": Ref("project"), "parentId": None},
        answers={**LISTED, "contextType": "project", "contextId": Ref("project"), "parentId": None},
        then=(Then(DOCUMENT, {"contextType": "project", "contextId": Ref("project")}),),
        bad=bad("parentId", sent={"parentId": Ref("document")}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DOCUMENT + "/cards",
        answers=({"id": Ref("card"), "title": "First"},),
        bad=bad_id("documentId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DOCUMENT + "/versions",
        answers=({**VERSION, "id": Ref("version"), "number": 1},),
        bad=bad_id("documentId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DOCUMENT + "/versions/{versionId}",
        answers={**VERSION, "id": Ref("version"), "content": "# Plan", "contentFormat": "markdown"},
        bad=bad_id("versionId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=DOCUMENT + "/versions/{versionId}/restore",
        given=_changed_by_another,
        answers=PLAN,
        then=(Then(DOCUMENT, {"content": "# Plan"}), Then(DOCUMENT + "/versions", (VERSION, {"number": 2}, VERSION))),
        bad=bad_id("versionId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DOCUMENT + "/diff",
        given=_changed_by_another,
        params={"from": "1", "to": "2"},
        answers={"documentId": Ref("document"), "from": 1, "to": 2, "diff": containing("+# Another plan")},
        bad=bad("from", params={"from": "zero"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=DOCUMENT + "/submit-review",
        answers={**LISTED, "status": "pending_review", "submittedBy": Ref("user"), "submittedAt": TIME},
        then=(Then(DOCUMENT, {"status": "pending_review"}),),
        bad=bad_id("documentId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=DOCUMENT + "/review",
        by="admin",  # the owner wrote it
        given=_submitted,
        sent={"status": "changes_requested", "notes": "Say when"},
        answers={**LISTED, "status": "changes_requested", "reviewNotes": "Say when", "reviewedBy": Ref("admin_id")},
        then=(Then(DOCUMENT, {"status": "changes_requested"}),),
        bad=Refused(status=400, code="BAD_USER_INPUT", sent={"status": "draft"}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=CARD + "/documents",
        answers=(LISTED,),
        bad=bad_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=CARD + "/documents/{documentId}/link",
        given=_unlinked,
        answers={**OK, "documentId": Ref("document"), "cardId": Ref("card"), "document": LISTED},
        then=(Then(CARD + "/documents", (LISTED,)),),
        bad=bad_id("documentId"),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=CARD + "/documents/{documentId}/link",
        answers=OK,
        then=(Then(CARD + "/documents", ()),),
        bad=bad_id("documentId"),
        denied=STRANGER,
    ),
]
