"""Members of an organization."""

from bson import ObjectId

from models import User
from models.base import collection, utc_now
from models.enums import Role
from resolvers.inputs.organization import OrganizationMemberAdd, OrganizationMemberUpdate
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import B_ORGANIZATION, ORGANIZATION, ORKOSI
from tests.world.sample import Case, Sample, sent


async def story(cast: Cast) -> None:
    ann, bob_id = cast.ann, (await read(cast.bob, "/auth/me"))["user"]["id"]
    await collection(User).update_one({"_id": ObjectId(bob_id)}, {"$set": {"email_verified_at": utc_now()}})
    await made(ann, "/organizations/acme/members", email="bob@example.com", role="member")
    await changed(ann, f"/organizations/acme/members/{bob_id}", role="admin")
    assert [one["role"] for one in await read(ann, "/organizations/acme/members")] == ["owner", "admin"]
    await deleted(ann, f"/organizations/acme/members/{bob_id}")


SAMPLE = Sample(
    places={"memberNumber": "user"},
    calls={
        "organizationMembers": lambda ids: (ids["organization"],),
        "organizationMember": lambda ids: (ids["organization"], ids["member_id"]),
        "organizationMemberAdd": lambda ids: (
            ids["organization"],
            OrganizationMemberAdd(email=ids["outsider_email"], role=Role.MEMBER),
        ),
        "organizationMemberUpdate": lambda ids: (
            ids["organization"],
            ids["bystander_id"],
            OrganizationMemberUpdate(role=Role.ADMIN),
        ),
        "organizationMemberRemove": lambda ids: (ids["organization"], ids["user"]),
    },
    counts={"organizationMemberAdd"},
    refused_there={"organizationMemberRemove"},
    routes={
        ("GET", ORGANIZATION + "/members"): None,
        ("POST", ORGANIZATION + "/members"): lambda ids: {"email": ids["outsider_email"], "role": "member"},
        ("PATCH", ORGANIZATION + "/members/{userId}"): sent(role="admin"),
        ("DELETE", ORGANIZATION + "/members/{userId}"): None,
        ("GET", B_ORGANIZATION + "/members"): None,
        ("POST", B_ORGANIZATION + "/members"): lambda ids: {"email": ids["outsider_email"], "role": "member"},
        ("PATCH", B_ORGANIZATION + "/members/{userId}"): sent(role="admin"),
        ("DELETE", B_ORGANIZATION + "/members/{userId}"): None,
        ("GET", ORKOSI + "/organizations/{orgNumber}/members"): None,
        ("POST", ORKOSI + "/organizations/{orgNumber}/members"): lambda ids: {"user_id": str(ids["outsider_id"])},
        ("PATCH", ORKOSI + "/organizations/{orgNumber}/members/{memberNumber}"): sent(role="admin"),
        ("DELETE", ORKOSI + "/organizations/{orgNumber}/members/{memberNumber}"): None,
    },
    cases={"organizationMemberRemove": Case(arguments=lambda ids: (ids["organization"], ids["member_id"]))},
    unseen=dict.fromkeys(
        ("organizationMemberAdd", "organizationMemberUpdate"), "organizations have no stream that can be watched"
    ),
    story=story,
)
