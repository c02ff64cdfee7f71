"""Contracts of organizations and their members."""

from tests.rest.contract.contract import (
    MALFORMED,
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
    without,
)
from tests.rest.contract.shape import ANYTHING, ID, TEXT, TIME, Having, one_of
from tests.world.paths import ORGANIZATION

MEMBERS = ORGANIZATION + "/members"
ORGANIZED = {
    "id": Ref("organization"),
    "name": "Acme",
    "slug": Ref("org_slug"),
    "ownerId": Ref("user"),
    "myRole": "owner",
}
ADMITTED = {"userId": Ref("outsider_id"), "role": "member", "email": Ref("outsider_email")}

CONTRACTS = [
    Contract(
        method="GET",
        route="/organizations",
        by="bystander",
        # Registering has made one of the caller's own.
        answers=({"id": ID, "name": TEXT, "slug": TEXT, "myRole": "owner"}, {**ORGANIZED, "myRole": "member"}),
        bad=MALFORMED,
        denied=without("projects:read"),
    ),
    Contract(
        method="POST",
        route="/organizations",
        sent={"name": "Acme Corp", "slug": "acme-corp"},
        answers={"id": ID, "name": "Acme Corp", "slug": "acme-corp", "ownerId": Ref("user"), "createdAt": TIME},
        then=(Then("/organizations", (ANYTHING, ORGANIZED, {"slug": "acme-corp", "myRole": "owner"})),),
        bad=bad("slug", sent={"name": "Acme Corp", "slug": "Acme Corp"}),
        denied=Refused(status=409, code="CONFLICT", by="outsider", sent={"name": "Acme", "slug": Ref("org_slug")}),
    ),
    Contract(
        method="GET",
        route=ORGANIZATION,
        answers=ORGANIZED,
        bad=unknown(orgSlug="no-such-organization"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=ORGANIZATION,
        sent={"name": "Acme Corporation"},
        answers={**ORGANIZED, "name": "Acme Corporation"},
        then=(Then(ORGANIZATION, {"name": "Acme Corporation"}),),
        bad=bad("name", sent={"name": ""}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=ORGANIZATION,
        answers=OK,
        then=(Then(ORGANIZATION, {"statusCode": 404}, 404),),
        bad=unknown(orgSlug="no-such-organization"),
        denied=Refused(status=403, code="FORBIDDEN", by="admin"),
    ),
    Contract(
        method="GET",
        route=MEMBERS,
        answers=[{"userId": ID, "role": one_of("owner", "admin", "member"), "email": TEXT}],
        bad=unknown(orgSlug="no-such-organization"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=MEMBERS,
        sent={"email": Ref("outsider_email"), "role": "member"},
        answers=ADMITTED,
        then=(Then(MEMBERS, Having(ADMITTED)),),
        bad=bad("role", sent={"email": Ref("outsider_email"), "role": "owner"}),
        denied=MEMBER,
    ),
    Contract(
        method="PATCH",
        route=MEMBERS + "/{userId}",
        sent={"role": "admin"},
        answers={"userId": Ref("member_id"), "role": "admin", "email": Ref("member_email")},
        bad=bad("role", sent={"role": "king"}),
        # Nobody changes the owner.
        denied=Refused(status=409, code="CONFLICT", path={"userId": Ref("user")}),
    ),
    Contract(
        method="DELETE",
        route=MEMBERS + "/{userId}",
        answers=OK,
        bad=bad_id("userId"),
        denied=Refused(status=403, code="FORBIDDEN", by="bystander"),
    ),
]
