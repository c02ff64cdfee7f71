"""Contracts of what cards have beside their own text: attachments, custom fields and relations."""

from tests.rest.contract.contract import OK, STRANGER, Contract, Ref, Refused, Then, bad, bad_id, without
from tests.rest.contract.shape import FLAG, ID, TEXT, TIME, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import CARD, PROJECT

ATTACHMENT = CARD + "/attachments/{attachmentId}"
FIELD = PROJECT + "/custom-fields/{fieldId}"
OTHER_PART = b'--x\r\ncontent-disposition: form-data; name="text"\r\n\r\nHello\r\n--x--\r\n'
PDF = b"%PDF-1.4 for the test"
ATTACHED = {
    "id": Ref("attachment"),
    "cardId": Ref("card"),
    "uploadedBy": Ref("user"),
    "originalName": "hello.txt",
    "mimeType": "text/plain",
    "size": 5,
    "createdAt": TIME,
}
DEFINED = {
    "id": Ref("custom_field"),
    "name": "Level",
    "type": one_of("text", "number", "select", "multi-select", "date", "boolean"),
    "options": ({"id": Ref("option"), "label": "Low", "color": TEXT},),
    "projectId": Ref("project"),
}
RELATED = {
    "id": ID,
    "type": one_of("blocks", "blocked_by", "related_to", "duplicates", "parent_of"),
    "cardId": Ref("card"),
    "targetCardId": Ref("second_card"),
    "targetCard": {"id": Ref("second_card"), "title": TEXT, "archived": FLAG},
    "createdAt": TIME,
}
LOOSE = {**RELATED, "targetCardId": Ref("third_card"), "targetCard": {"id": Ref("third_card")}}


async def _link(stage: Stage) -> None:
    signed = dict(pair.split("=") for pair in stage.ids["link"].split("&"))
    stage.ids |= signed


CONTRACTS = [
    Contract(method="GET", route=CARD + "/attachments", answers=(ATTACHED,), bad=bad_id("cardId"), denied=STRANGER),
    Contract(
        method="POST",
        route=CARD + "/attachments",
        file=("document.pdf", PDF, "application/pdf"),
        answers={
            **ATTACHED,
            "id": ID,
            "originalName": "document.pdf",
            "mimeType": "application/pdf",
            "size": len(PDF),
        },
        then=(Then(CARD, {"attachmentCount": 2}),),
        bad=bad("file", content=OTHER_PART, headers={"content-type": "multipart/form-data; boundary=x"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=ATTACHMENT,
        answers=b"Hello",
        gives="text/plain",
        bad=bad_id("attachmentId"),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=ATTACHMENT,
        answers=OK,
        then=(Then(CARD, {"attachmentCount": 0}), Then(ATTACHMENT, {"statusCode": 404}, 404)),
        bad=bad_id("attachmentId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route="/attachments/{attachmentId}",
        given=_link,
        by=None,
        params={"expires": Ref("expires"), "signature": Ref("signature")},
        answers=b"Hello",
        gives="text/plain",
        bad=bad_id("attachmentId"),
        denied=Refused(
            status=403, code="FORBIDDEN", params={"expires": Ref("expires"), "signature": "made-up"}, by="owner"
        ),
    ),
    Contract(
        method="GET", route=PROJECT + "/custom-fields", answers=(DEFINED,), bad=bad_id("projectId"), denied=STRANGER
    ),
    Contract(
        method="POST",
        route=PROJECT + "/custom-fields",
        sent={"name": "Risk", "type": "multi-select", "options": ["Legal", "Money"]},
        answers={
            **DEFINED,
            "id": ID,
            "name": "Risk",
            "type": "multi-select",
            "options": ({"id": ID, "label": "Legal"}, {"id": ID, "label": "Money"}),
        },
        then=(Then(PROJECT + "/custom-fields", (DEFINED, {"name": "Risk"})),),
        bad=bad("type", sent={"name": "Risk", "type": "colour"}),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=FIELD,
        sent={"name": "Effort", "options": [{"id": Ref("option"), "label": "Small"}, {"label": "Big"}]},
        answers={**DEFINED, "name": "Effort", "options": ({"id": Ref("option"), "label": "Small"}, {"label": "Big"})},
        then=(Then(PROJECT + "/custom-fields", ({"id": Ref("custom_field"), "name": "Effort"},)),),
        bad=bad("type", sent={"type": "colour"}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=FIELD,
        answers=OK,
        then=(Then(PROJECT + "/custom-fields", ()),),
        bad=bad_id("fieldId"),
        denied=without("projects:write"),
    ),
    Contract(
        method="PATCH",
        route=CARD + "/custom-fields",
        path={"cardId": Ref("second_card")},
        sent={Ref("custom_field"): "Low"},
        answers={"id": Ref("second_card"), "customFields": {Ref("custom_field"): Ref("option")}},
        bad=Refused(status=400, code="BAD_USER_INPUT", sent={Ref("custom_field"): "Enormous"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=CARD + "/relations",
        answers=({**RELATED, "id": Ref("relation"), "type": "blocks"},),
        bad=bad_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=CARD + "/relations",
        sent={"targetCardId": Ref("third_card"), "type": "blocked_by"},
        answers={**LOOSE, "type": "blocked_by"},
        then=(Then(CARD + "/relations", (RELATED, {**LOOSE, "type": "blocked_by"})),),
        bad=bad("type", sent={"targetCardId": Ref("third_card"), "type": "envies"}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=PROJECT + "/relations/{relationId}",
        answers=OK,
        then=(Then(CARD + "/relations", ()),),
        bad=bad_id("relationId"),
        denied=STRANGER,
    ),
]
