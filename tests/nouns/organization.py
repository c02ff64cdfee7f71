"""Organizations."""

import json
from io import BytesIO
from zipfile import ZipFile

import httpx

from resolvers.inputs.organization import OrganizationCreate, OrganizationUpdate
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_board, ask_orkosi, changed, deleted, read
from tests.world.paths import B_ORGANIZATION, BOARD, ORGANIZATION, ORKOSI
from tests.world.sample import Sample, sent, sent_in_organization

ALL = ORKOSI + "/organizations"


async def story(cast: Cast) -> None:
    ann = cast.ann
    await made(ann, "/organizations", name="Side", slug="side")
    assert [one["slug"] for one in await read(ann, "/organizations")][1:] == ["acme", "side"]
    await changed(ann, "/organizations/side", slug="side-two")
    assert (await read(ann, "/organizations/side-two"))["myRole"] == "owner"
    await deleted(ann, "/organizations/side-two")


async def board_story(cast: Cast) -> None:
    ann = cast.ann
    created = await ask_board(ann, "POST", "/organizations", 201, name="My Team")
    path = f"/organizations/{created['id']}"
    assert (await ask_board(ann, "PATCH", path, name="Renamed Team"))["name"] == "Renamed Team"
    assert await ask_board(ann, "GET", path) == {"id": created["id"], "name": "Renamed Team"}
    exported = await ann.post(f"{BOARD}/export", json={"organizationId": created["id"]})
    with ZipFile(BytesIO(exported.content)) as archive:
        about = json.loads(archive.read("organization.json"))
    assert about["organization"]["name"] == "Renamed Team"
    assert [workspace["projects"] for workspace in about["workspaces"]] == [[]]
    assert created["id"] in [each["id"] for each in await ask_board(ann, "GET", "/organizations")]
    added = await ask_board(ann, "POST", f"{path}/members", 201, email="bob@example.com", role="member")
    [bob] = await ask_board(ann, "GET", "/users/search?q=bob%40example")
    assert added["userId"] == bob["id"]
    assert (await ask_board(ann, "PATCH", f"{path}/members/{bob['id']}", role="admin"))["role"] == "admin"
    assert len(await ask_board(ann, "GET", f"{path}/members")) == 2
    await ask_board(ann, "DELETE", f"{path}/members/{bob['id']}", 204)
    await ask_board(ann, "DELETE", path, 204)


async def orkosi_story(cast: Cast) -> None:
    ann, bob = cast.ann, cast.bob
    crew = await ask_orkosi(ann, "POST", ALL, 201, name="Crew", slug="crew")
    path = f"{ALL}/{crew['id']}"
    picture = "https://example.com/crew.png"
    assert (await ask_orkosi(ann, "PATCH", path, avatar_url=picture))["avatar_url"] == picture
    await _invited(ann, bob, path)
    members = await ask_orkosi(ann, "GET", f"{path}/members")
    assert [member["role"] for member in members] == ["owner", "viewer"]
    assert (await ask_orkosi(bob, "GET", path))["member_count"] == 2
    number = members[1]["user_id"]
    assert (await ask_orkosi(ann, "PATCH", f"{path}/members/{number}", role="admin"))["role"] == "admin"

    second = await ask_orkosi(ann, "POST", ALL, 201, name="Second crew")
    other = f"{ALL}/{second['id']}"
    added = await ask_orkosi(ann, "POST", f"{other}/members", 201, user_id=str(number), role="member")
    assert (added["user_id"], added["role"]) == (number, "member")
    assert await ask_orkosi(ann, "DELETE", f"{path}/members/{number}") == {"id": number, "deleted": True}
    assert [each["slug"] for each in await ask_orkosi(bob, "GET", f"{ALL}?limit=200")][-1] == second["slug"]
    for gone in (crew, second):
        assert await ask_orkosi(ann, "DELETE", f"{ALL}/{gone['id']}") == {"id": gone["id"], "deleted": True}
    assert (await bob.get(other)).status_code == 404


async def _invited(ann: httpx.AsyncClient, bob: httpx.AsyncClient, path: str) -> None:
    """Bob accepts an invitation, after which it is pending no more."""
    invited = await ask_orkosi(ann, "POST", f"{path}/invites", 201, email="bob@example.com", role="viewer")
    assert [each["id"] for each in await ask_orkosi(ann, "GET", f"{path}/invites")] == [invited["id"]]
    joined = await ask_orkosi(bob, "POST", f"{ALL}/invites/{invited['token']}/accept")
    assert (joined["email"], joined["role"]) == ("bob@example.com", "viewer")
    assert await ask_orkosi(ann, "GET", f"{path}/invites") == []


SAMPLE = Sample(
    places={"orgNumber": "organization"},
    calls={
        "organizationExport": lambda ids: (ids["organization"],),
        "organizations": lambda _: (),
        "organization": lambda ids: (ids["org_slug"],),
        "organizationById": lambda ids: (ids["organization"],),
        "organizationCreate": lambda _: (OrganizationCreate(name="Mine", slug="mine-too"),),
        "organizationUpdate": lambda ids: (ids["organization"], OrganizationUpdate(name="Other")),
        "organizationDelete": lambda ids: (ids["organization"],),
        "organizationRestore": lambda ids: (ids["organization"],),
        "deletedOrganizations": lambda _: (),
    },
    refused_there={"organizationRestore"},
    routes={
        ("GET", "/organizations"): None,
        ("POST", "/organizations"): sent(name="Mine", slug="mine-too"),
        ("GET", ORGANIZATION): None,
        ("PATCH", ORGANIZATION): sent(name="Other"),
        ("DELETE", ORGANIZATION): None,
        ("GET", BOARD + "/organizations"): None,
        ("POST", BOARD + "/organizations"): sent(name="Mine"),
        ("GET", B_ORGANIZATION): None,
        ("PATCH", B_ORGANIZATION): sent(name="Other"),
        ("DELETE", B_ORGANIZATION): None,
        ("POST", BOARD + "/export"): sent_in_organization(),
        ("GET", ALL): None,
        ("POST", ALL): sent(name="Mine", slug="mine-too"),
        ("GET", ALL + "/{orgNumber}"): None,
        ("PATCH", ALL + "/{orgNumber}"): sent(name="Other"),
        ("DELETE", ALL + "/{orgNumber}"): None,
    },
    unseen={
        "organizationCreate": "another organization",
        "organizationUpdate": "organizations have no stream that can be watched",
    },
    not_run={
        "organizationRestore": "nobody keeps anything of what was deleted: what comes back is read anew",
    },
    story=story,
    board_story=board_story,
    orkosi_story=orkosi_story,
)
