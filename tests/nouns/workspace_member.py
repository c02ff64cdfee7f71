"""Members of a workspace."""

from models.enums import PilotageRole
from resolvers.inputs.workspace import WorkspaceMemberUpdate
from tests.gateway.replay.state import gone, put_under
from tests.resolvers.lab import PASSWORD
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_orkosi, changed, read
from tests.world.paths import ORKOSI, WORKSPACE
from tests.world.sample import Case, Kept, Sample, sent

USERS = ORKOSI + "/users"


async def story(cast: Cast) -> None:
    """Bob joins, and is there from now on."""
    ann, members, bob_id = cast.ann, f"{cast.workspace}/members", (await read(cast.bob, "/auth/me"))["user"]["id"]
    invited = await made(ann, f"{members}/invite", email="bob@example.com")
    assert invited["link"].endswith(f"/invitations/accept#{invited['token']}")
    joined = await made(cast.bob, f"/invitations/{invited['token']}/accept")
    assert (joined["organizationSlug"], joined["workspaceSlug"]) == ("acme", "eng")
    await changed(ann, f"{members}/{bob_id}", role="admin", pilotageRole="reviewer")
    found = await read(ann, members)
    assert [(one["role"], one["pilotageRole"]) for one in found] == [("owner", "owner"), ("admin", "reviewer")]


async def orkosi_story(cast: Cast) -> None:
    users, ann = cast.orkosi + "/users", cast.ann
    token = (await made(ann, f"{cast.workspace}/members/invite", email="ursula@example.com"))["token"]
    ursula = await cast.api.person("ursula@example.com")
    await made(ursula, f"/invitations/{token}/accept")
    [number] = [user["id"] for user in await ask_orkosi(ann, "GET", users) if user["email"] == "ursula@example.com"]
    changed = await ask_orkosi(ann, "PATCH", f"{users}/{number}", role="builder")
    assert (changed["id"], changed["role"], changed["persona"]) == (number, "member", "builder")
    assert await ask_orkosi(ann, "GET", f"{users}/{number}") == changed
    gone = {"id": number, "deleted": True}
    assert await ask_orkosi(ann, "DELETE", f"{users}/{number}") == gone
    assert await ask_orkosi(ursula, "DELETE", f"{ORKOSI}/users/me", password=PASSWORD) == gone


SAMPLE = Sample(
    after=("organization_member",),
    calls={
        "workspaceMembers": lambda ids: (ids["workspace"],),
        "workspaceMemberUpdate": lambda ids: (
            ids["workspace"],
            ids["user"],
            WorkspaceMemberUpdate(pilotage_role=PilotageRole.VIEWER),
        ),
        "workspaceMemberRemove": lambda ids: (ids["workspace"], ids["user"]),
    },
    refused_there={"workspaceMemberRemove"},
    routes={
        ("GET", WORKSPACE + "/members"): None,
        ("PATCH", WORKSPACE + "/members/{userId}"): sent(pilotageRole="viewer"),
        ("DELETE", WORKSPACE + "/members/{userId}"): None,
        ("GET", USERS): None,
        ("GET", USERS + "/{userNumber}"): None,
        ("PATCH", USERS + "/{userNumber}"): sent(role="viewer"),
        ("DELETE", USERS + "/{userNumber}"): None,
    },
    by_workspace=frozenset(
        {
            ("GET", USERS),
            ("GET", USERS + "/{userNumber}"),
            ("PATCH", USERS + "/{userNumber}"),
            ("DELETE", USERS + "/{userNumber}"),
        }
    ),
    cases={
        "workspaceMemberUpdate": Case(
            arguments=lambda ids: (
                ids["workspace"],
                ids["member_id"],
                WorkspaceMemberUpdate(pilotage_role=PilotageRole.REVIEWER),
            )
        ),
        "workspaceMemberRemove": Case(arguments=lambda ids: (ids["workspace"], ids["member_id"])),
    },
    kept={
        "WorkspaceMember": Kept(
            "user { id name email jobTitle avatarUrl } joinedAt",
            {"Workspace": "members(first: 500) { nodes { ...WorkspaceMemberFields } }"},
        )
    },
    rules={
        "WorkspaceMemberAdded": put_under("member", "WorkspaceMember"),
        "WorkspaceMemberUpdated": put_under("member", "WorkspaceMember"),
        "WorkspaceMemberRemoved": gone("userId", "WorkspaceMember"),
    },
    story=story,
    orkosi_story=orkosi_story,
)
