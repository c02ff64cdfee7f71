"""Contracts of workspaces, their members and the invitations to them."""

from tests.resolvers.lab import PASSWORD
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
    unknown,
)
from tests.rest.contract.shape import FLAG, ID, TEXT, TIME, Having, containing, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import WORKSPACE, WORKSPACES

ROLE = one_of("owner", "admin", "member")
PILOTAGE_ROLE = one_of("viewer", "reviewer", "owner")
OPENED = {
    "id": Ref("workspace"),
    "name": "Engineering",
    "slug": "eng",
    "organizationId": Ref("organization"),
    "ownerId": Ref("user"),
    "isPersonal": False,
    "myRole": "owner",
    "myPilotageRole": "owner",
    "createdAt": TIME,
    "updatedAt": TIME,
}
INVITED = {
    "id": ID,
    "email": "teammate@company.com",
    "role": "member",
    "workspaceId": Ref("workspace"),
    "invitedBy": Ref("user"),
    "expiresAt": TIME,
    "createdAt": TIME,
    "token": TEXT,
    "link": containing("/invitations/"),
}
PENDING = {**INVITED, "id": Ref("invitation_id"), "email": "nobody@example.com"}
NO_WORKSPACE = unknown(wsSlug="no-such-workspace")


async def _bystander_invited(stage: Stage) -> None:
    invited = await stage.made(WORKSPACE + "/members/invite", email=stage.ids["bystander_email"])
    stage.ids["invitation"] = invited["token"]


CONTRACTS = [
    Contract(
        method="GET",
        route=WORKSPACES,
        answers=(OPENED,),
        bad=unknown(orgSlug="no-such-organization"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=WORKSPACES,
        sent={"name": "Core delivery", "slug": "core-delivery"},
        answers={**OPENED, "id": ID, "name": "Core delivery", "slug": "core-delivery"},
        then=(Then(WORKSPACES, (OPENED, {"slug": "core-delivery"})),),
        bad=bad("slug", sent={"name": "Core delivery", "slug": "c"}),
        denied=MEMBER,
    ),
    Contract(method="GET", route=WORKSPACE, answers=OPENED, bad=NO_WORKSPACE, denied=COLLEAGUE),
    Contract(
        method="PATCH",
        route=WORKSPACE,
        sent={"name": "Platform"},
        answers={**OPENED, "name": "Platform"},
        then=(Then(WORKSPACE, {"name": "Platform"}),),
        bad=bad("name", sent={"name": "n" * 101}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=WORKSPACE,
        answers=OK,
        then=(Then(WORKSPACE, {"statusCode": 404}, 404),),
        bad=NO_WORKSPACE,
        denied=Refused(status=403, code="FORBIDDEN", by="admin"),
    ),
    Contract(
        method="GET",
        route=WORKSPACE + "/members",
        answers=[{"userId": ID, "email": TEXT, "role": ROLE, "pilotageRole": PILOTAGE_ROLE, "isAgent": FLAG}],
        bad=NO_WORKSPACE,
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=WORKSPACE + "/members/{userId}",
        sent={"role": "admin", "pilotageRole": "reviewer"},
        answers={"userId": Ref("member_id"), "role": "admin", "pilotageRole": "reviewer"},
        bad=bad("pilotageRole", sent={"pilotageRole": "captain"}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=WORKSPACE + "/members/{userId}",
        answers=OK,
        bad=bad_id("userId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=WORKSPACE + "/members/invite",
        sent={"email": "teammate@company.com", "role": "member"},
        answers=INVITED,
        then=(Then(WORKSPACE + "/invitations", Having({"email": "teammate@company.com"})),),
        bad=bad("email", sent={"email": "teammate"}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=WORKSPACE + "/invitations",
        answers=({name: shape for name, shape in PENDING.items() if name not in ("token", "link")},),
        bad=NO_WORKSPACE,
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=WORKSPACE + "/invitations/{invitationId}/resend",
        answers=PENDING,
        bad=bad_id("invitationId"),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=WORKSPACE + "/invitations/{invitationId}",
        answers=OK,
        bad=bad_id("invitationId"),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route="/invitations/{token}",
        by=None,
        answers={
            "email": "nobody@example.com",
            "role": "member",
            "workspaceName": "Engineering",
            "organizationName": "Acme",
            "inviterName": "owner",
            "expiresAt": TIME,
        },
        bad=unknown(token="t" * 300),
        denied=unknown(token="made-up"),
    ),
    Contract(
        method="POST",
        route="/invitations/{token}/accept",
        given=_bystander_invited,
        by="bystander",
        answers={
            "workspaceId": Ref("workspace"),
            "workspaceSlug": "eng",
            "organizationSlug": Ref("org_slug"),
            "userId": Ref("bystander_id"),
            "role": "member",
        },
        then=(Then(WORKSPACE, {"myRole": "member"}),),
        bad=unknown(token="made-up"),
        # The link is good for the invited address alone.
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route="/invitations/{token}/register",
        by=None,
        sent={"password": PASSWORD, "name": "Nobody"},
        answers={"access_token": TEXT, "user": {"id": ID, "email": "nobody@example.com", "name": "Nobody"}},
        bad=bad("password", sent={"password": "short"}),
        denied=unknown(token="made-up"),
    ),
]
