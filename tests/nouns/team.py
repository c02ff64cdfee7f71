"""Teams of an organization."""

from models.enums import Role
from models.errors import Forbidden
from resolvers.inputs.team import TeamCreate, TeamMemberAdd, TeamMemberInvite, TeamMemberUpdate, TeamUpdate
from resolvers.kit.page import Window
from resolvers.member import team_member
from resolvers.team import team
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Body, Route, Sample, sent
from tests.world.world import World

TEAMS = ORKOSI + "/teams"
TEAM = TEAMS + "/{teamNumber}"
LED = (
    "teamUpdate",
    "teamDelete",
    "teamInvitations",
    "teamMemberAdd",
    "teamMemberInvite",
    "teamMemberRemove",
    "teamMemberUpdate",
)
"""What its owners and admins do with a team."""
ROUTES: dict[Route, Body | None] = {
    ("GET", TEAMS): None,
    ("POST", TEAMS): sent(name="More"),
    ("GET", TEAM): None,
    ("PATCH", TEAM): sent(name="Other"),
    ("DELETE", TEAM): None,
    ("GET", TEAM + "/members"): None,
    ("POST", TEAM + "/members"): lambda ids: {"user_id": str(ids["bystander_id"])},
    ("GET", TEAM + "/invites"): None,
    ("POST", TEAM + "/invites"): sent(email="another@example.com"),
}


async def make(world: World) -> None:
    """Of the owner, with the member in it."""
    core = TeamCreate.of(organization_id=world.ids["organization"], name="Core")
    world.ids["team"] = (await world.made(team.create_team, core))["_id"]
    joining = TeamMemberAdd(user_id=world.ids["member_id"])
    await world.made(team_member.add_team_member, world.ids["team"], joining)


async def orkosi_story(cast: Cast) -> None:
    client, base = cast.ann, f"{cast.orkosi}/teams"
    made = await ask_orkosi(client, "POST", base, 201, name="Core", description="Of the dome")
    assert await ask_orkosi(client, "GET", f"{base}?name=cor") == [made]
    one = f"{base}/{made['id']}"
    assert (await ask_orkosi(client, "PATCH", one, description="Of all domes"))["description"] == "Of all domes"
    who = (await ask_orkosi(cast.bob, "GET", f"{ORKOSI}/auth/me"))["id"]
    joined = await ask_orkosi(client, "POST", one + "/members", 201, user_id=who, role="admin")
    members = await ask_orkosi(client, "GET", one + "/members")
    assert (members[1], (await ask_orkosi(client, "GET", one))["members"]) == (joined, members)
    invited = await ask_orkosi(client, "POST", one + "/invites", 201, email="tess@example.com")
    assert [found["id"] for found in await ask_orkosi(client, "GET", one + "/invites")] == [invited["id"]]
    assert await ask_orkosi(client, "DELETE", one) == {"id": made["id"], "deleted": True}


SAMPLE = Sample(
    make=make,
    places={"teamNumber": "team"},
    calls={
        "team": lambda ids: (ids["team"],),
        "teams": lambda ids: (ids["organization"], Window.read()),
        "teamCreate": lambda ids: (TeamCreate.of(organization_id=ids["organization"], name="More"),),
        "teamUpdate": lambda ids: (ids["team"], TeamUpdate.of(name="Other")),
        "teamDelete": lambda ids: (ids["team"],),
        "teamMembers": lambda ids: (ids["team"],),
        "teamMemberAdd": lambda ids: (ids["team"], TeamMemberAdd(user_id=ids["bystander_id"])),
        "teamMemberInvite": lambda ids: (ids["team"], TeamMemberInvite(email="another@example.com")),
        "teamInvitations": lambda ids: (ids["team"],),
        "teamMemberUpdate": lambda ids: (ids["team"], ids["member_id"], TeamMemberUpdate(role=Role.ADMIN)),
        "teamMemberRemove": lambda ids: (ids["team"], ids["user"]),
    },
    beyond={(name, caller): Forbidden for name in LED for caller in ("bystander", "member", "viewer")},
    makes_another={"teamCreate"},
    counts={"teamMemberInvite"},
    routes=ROUTES,
    by_workspace=ROUTES.keys(),
    unseen=dict.fromkeys(
        (
            "teamCreate",
            "teamUpdate",
            "teamDelete",
            "teamMemberAdd",
            "teamMemberInvite",
            "teamMemberUpdate",
            "teamMemberRemove",
        ),
        "teams are the organization's, which has no stream that can be watched",
    ),
    orkosi_story=orkosi_story,
)
