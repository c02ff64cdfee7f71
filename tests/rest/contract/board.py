"""Contracts of the agent board: health, organizations and their members, people, attachments."""

from typing import Any

from tests.rest.contract.about_cards import OTHER_PART, PDF
from tests.rest.contract.contract import (
    MALFORMED,
    MEMBER,
    STRANGER,
    Contract,
    Ref,
    Refused,
    Then,
    bad,
    unknown,
    without,
)
from tests.rest.contract.shape import ANYTHING, ID, TEXT, TIME, Having, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import B_CARD, B_ORGANIZATION, BOARD

MEMBERS = B_ORGANIZATION + "/members"
ORGANIZED = {"id": Ref("organization"), "name": "Acme"}
ADMITTED = {"userId": Ref("outsider_id"), "role": "member", "email": Ref("outsider_email"), "displayName": TEXT}
ATTACHED = {"id": Ref("attachment"), "filename": "hello.txt", "contentType": "text/plain", "size": 5, "createdAt": TIME}
GONE = {"error": {"code": "NOT_FOUND"}}


def data(shape: Any) -> dict[str, Any]:
    """The envelope around an answer."""
    return {"data": shape}


def no_id(name: str) -> Refused:
    """Something else than an id in the path, which leads nowhere."""
    return unknown(**{name: "nonsense"})


async def _empty(stage: Stage) -> None:
    stage.ids["empty"] = (await stage.made(BOARD + "/organizations", name="Empty"))["data"]["id"]


CONTRACTS = [
    Contract(
        method="GET", route=BOARD + "/health", by=None, answers=data({"status": "ok"}), bad=MALFORMED, denied=MALFORMED
    ),
    Contract(
        method="GET",
        route=BOARD + "/settings/auth-status",
        by=None,
        answers=data({"authEnabled": True, "oidcEnabled": False, "hasUsers": True}),
        bad=MALFORMED,
        denied=MALFORMED,
    ),
    Contract(
        method="GET",
        route=BOARD + "/organizations",
        by="bystander",
        # Registering has made one of the caller's own.
        answers=data(({"id": ID, "name": TEXT}, ORGANIZED)),
        bad=MALFORMED,
        denied=without("projects:read"),
    ),
    Contract(
        method="POST",
        route=BOARD + "/organizations",
        sent={"name": "My Team", "color": "ignored"},
        answers=data({"id": ID, "name": "My Team"}),
        then=(Then(BOARD + "/organizations", data((ANYTHING, ORGANIZED, {"name": "My Team"}))),),
        bad=bad("name", sent={"name": ""}),
        denied=without("account:write"),
    ),
    Contract(method="GET", route=B_ORGANIZATION, answers=data(ORGANIZED), bad=no_id("organizationId"), denied=STRANGER),
    Contract(
        method="PATCH",
        route=B_ORGANIZATION,
        sent={"name": "Renamed Team"},
        answers=data({**ORGANIZED, "name": "Renamed Team"}),
        then=(Then(B_ORGANIZATION, data({"name": "Renamed Team"})),),
        bad=bad("name", sent={"name": ""}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=B_ORGANIZATION,
        status=204,
        given=_empty,
        path={"organizationId": Ref("empty")},
        answers=None,
        then=(Then(B_ORGANIZATION, GONE, 404),),
        # One that still has projects.
        bad=Refused(status=409, code="CONFLICT", path={"organizationId": Ref("organization")}),
        denied=Refused(status=403, code="FORBIDDEN", by="admin", path={"organizationId": Ref("organization")}),
    ),
    Contract(
        method="GET",
        route=MEMBERS,
        answers=data([{"userId": ID, "role": one_of("admin", "member"), "email": TEXT, "displayName": TEXT}]),
        bad=no_id("organizationId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=MEMBERS,
        sent={"email": Ref("outsider_email")},
        answers=data(ADMITTED),
        then=(Then(MEMBERS, data(Having(ADMITTED))),),
        bad=Refused(status=404, code="NOT_FOUND", sent={"email": "nobody@example.com"}),
        denied=MEMBER,
    ),
    Contract(
        method="PATCH",
        route=MEMBERS + "/{userId}",
        sent={"role": "admin"},
        answers=data({"userId": Ref("member_id"), "role": "admin", "email": Ref("member_email")}),
        bad=bad("role", sent={"role": "king"}),
        # Nobody changes the owner.
        denied=Refused(status=409, code="CONFLICT", path={"userId": Ref("user")}),
    ),
    Contract(
        method="DELETE",
        route=MEMBERS + "/{userId}",
        status=204,
        answers=None,
        bad=no_id("userId"),
        denied=Refused(status=403, code="FORBIDDEN", by="bystander"),
    ),
    Contract(
        method="GET",
        route=BOARD + "/users/search",
        params={"q": Ref("member_email")},
        answers=data(({"id": Ref("member_id"), "email": Ref("member_email"), "displayName": TEXT},)),
        bad=bad("q", params={"q": "a"}),
        denied=without("projects:read"),
    ),
    Contract(
        method="GET",
        route=B_CARD + "/attachments",
        answers=data((ATTACHED,)),
        bad=no_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=B_CARD + "/attachments",
        file=("document.pdf", PDF, "application/pdf"),
        answers=data({"id": ID, "filename": "document.pdf", "contentType": "application/pdf", "size": len(PDF)}),
        then=(Then(B_CARD + "/attachments", data((ATTACHED, {"filename": "document.pdf"}))),),
        bad=bad("file", content=OTHER_PART, headers={"content-type": "multipart/form-data; boundary=x"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=BOARD + "/attachments/{attachmentId}",
        answers=b"Hello",
        gives="text/plain",
        bad=no_id("attachmentId"),
        denied=STRANGER,
    ),
]
