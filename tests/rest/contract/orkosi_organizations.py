"""Contracts of Orkosi's organizations, their members, and the invitations to them."""

from tests.rest.contract.contract import (
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
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import ANYTHING, COUNT, ID, TEXT, TIME, containing, maybe, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import ORKOSI

ALL = ORKOSI + "/organizations"
ONE = ALL + "/{orgNumber}"
MEMBERS, INVITES = ONE + "/members", ONE + "/invites"
ACME = {
    "id": COUNT,
    "name": "Acme",
    "slug": Ref("org_slug"),
    "avatar_url": None,
    "role": "owner",
    "member_count": COUNT,
    "default_workspace_id": None,
    "created_at": TIME,
    "updated_at": TIME,
}
JOINED = {"user_id": COUNT, "email": Ref("member_email"), "role": "viewer", "joined_at": TIME}
INVITED = {
    "id": ID,
    "email": "teammate@company.com",
    "role": "member",
    "status": "pending",
    "expires_at": TIME,
    "created_at": TIME,
}
NO_NUMBER = bad("org_number", path={"orgNumber": "nonsense"})


async def _another(stage: Stage) -> None:
    """An organization of the owner's beside the world's."""
    stage.ids["another"] = (await stage.made(ALL, name="Another"))["data"]["id"]


async def _invite_outsider(stage: Stage) -> None:
    invited = await stage.made(INVITES, email=stage.ids["outsider_email"], role="viewer")
    stage.ids["outsider_invitation"] = invited["data"]["token"]


CONTRACTS = [
    Contract(
        method="GET",
        route=ALL,
        by="bystander",
        # Registering has made one of the caller's own.
        answers=page(({"id": COUNT, "role": "owner"}, {**ACME, "role": "member"})),
        bad=bad("limit", params={"limit": 0}),
        denied=without("projects:read"),
    ),
    Contract(
        method="POST",
        route=ALL,
        sent={"name": "Acme Corp", "slug": "acme-corp"},
        answers=data({**ACME, "name": "Acme Corp", "slug": "acme-corp", "member_count": 1, "default_workspace_id": ID}),
        then=(Then(ALL, page((ANYTHING, ACME, {"slug": "acme-corp"}))),),
        bad=bad("slug", sent={"name": "Acme Corp", "slug": "Acme Corp"}),
        denied=Refused(status=409, code="CONFLICT", by="outsider", sent={"name": "Acme", "slug": Ref("org_slug")}),
    ),
    Contract(
        method="GET",
        route=ONE,
        answers=data(ACME),
        bad=NO_NUMBER,
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=ONE,
        sent={"avatar_url": "https://example.com/acme.png"},
        answers=data({**ACME, "avatar_url": "https://example.com/acme.png"}),
        then=(Then(ONE, data({"avatar_url": "https://example.com/acme.png"})),),
        bad=bad("avatar_url", sent={"avatar_url": "javascript:alert(1)"}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=ONE,
        answers=gone(COUNT),
        then=(Then(ALL, page((ANYTHING,))),),
        bad=NO_NUMBER,
        denied=Refused(status=403, code="FORBIDDEN", by="admin"),
    ),
    Contract(
        method="GET",
        route=MEMBERS,
        answers=page(
            [{"user_id": COUNT, "email": TEXT, "role": one_of("owner", "admin", "member"), "joined_at": TIME}]
        ),
        bad=NO_NUMBER,
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=MEMBERS,
        given=_another,
        path={"orgNumber": Ref("another")},
        sent={"user_id": Ref("member_id"), "role": "viewer"},
        answers=data(JOINED),
        then=(Then(MEMBERS, page((ANYTHING, JOINED))),),
        bad=bad("role", sent={"user_id": Ref("member_id"), "role": "owner"}),
        # Nobody is found by a number who shares no organization with the caller.
        denied=Refused(status=404, code="NOT_FOUND", sent={"user_id": Ref("outsider_id")}),
    ),
    Contract(
        method="PATCH",
        route=MEMBERS + "/{memberNumber}",
        path={"memberNumber": Ref("member_id")},
        sent={"role": "viewer"},
        answers=data(JOINED),
        bad=bad("role", sent={"role": "king"}),
        # Nobody changes the owner.
        denied=Refused(status=409, code="CONFLICT", path={"memberNumber": Ref("user")}),
    ),
    Contract(
        method="DELETE",
        route=MEMBERS + "/{memberNumber}",
        path={"memberNumber": Ref("member_id")},
        answers=gone(COUNT),
        bad=bad("member_number", path={"memberNumber": "nonsense"}),
        denied=Refused(status=403, code="FORBIDDEN", by="bystander"),
    ),
    Contract(
        method="GET",
        route=INVITES,
        answers=page([{**INVITED, "email": "nobody@example.com", "token": None, "link": None}]),
        bad=NO_NUMBER,
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=INVITES,
        sent={"email": "teammate@company.com"},
        answers=data({**INVITED, "token": maybe(TEXT), "link": maybe(containing("/invitations/"))}),
        then=(Then(INVITES, page((ANYTHING, INVITED))),),
        bad=bad("email", sent={"email": "nobody"}),
        # An invitation that can be accepted is there already.
        denied=Refused(status=409, code="CONFLICT", sent={"email": "nobody@example.com"}),
    ),
    Contract(
        method="POST",
        route=ALL + "/invites/{inviteToken}/accept",
        status=200,
        by="outsider",
        given=_invite_outsider,
        path={"inviteToken": Ref("outsider_invitation")},
        answers=data({"user_id": COUNT, "email": Ref("outsider_email"), "role": "viewer"}),
        then=(Then(ALL, page((ANYTHING, {**ACME, "role": "viewer"}))),),
        bad=unknown(inviteToken="nonsense"),
        denied=Refused(status=404, code="NOT_FOUND", by="bystander"),
    ),
]
