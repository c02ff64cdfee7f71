"""Members of a project."""

from models.enums import Role
from resolvers.inputs.project import ProjectMemberAdd, ProjectMemberUpdate
from resolvers.member import project_member
from tests.gateway.replay.state import JSON, State, put, take
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_board, read
from tests.world.paths import B_PROJECT, PROJECT
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    joining = ProjectMemberAdd(user_id=world.ids["member_id"])
    await world.made(project_member.add_project_member, world.ids["project"], joining)


def _put(state: State, event: JSON) -> None:
    put(state, "ProjectMember", event["member"], event["projectId"])


def _removed(state: State, event: JSON) -> None:
    take(state, "ProjectMember", f"{event['projectId']} {event['userId']}")


async def story(cast: Cast) -> None:
    """Bob joins the project, and is there until he has read what he is told."""
    await made(cast.ann, f"{cast.path}/members", email="bob@example.com")
    assert [one["name"] for one in await read(cast.ann, f"{cast.path}/members")] == ["Ann", "Bob"]


async def board_story(cast: Cast) -> None:
    """Bob is back in the workspace afterwards."""
    ann, path = cast.ann, f"/projects/{cast.project_id}"
    invited = await ask_board(ann, "POST", f"{path}/members", 201, email="guest@example.com")
    assert (invited["userId"], invited["status"]) == (None, "pending")
    found = await ask_board(ann, "GET", f"{path}/members")
    assert [(each["role"], each["status"]) for each in found] == [("admin", "active"), ("member", "pending")]
    await ask_board(ann, "DELETE", f"{path}/invitations/guest@example.com", 204)
    token = (await made(ann, f"{cast.workspace}/members/invite", email="bob@example.com"))["token"]
    await made(cast.bob, f"/invitations/{token}/accept")
    added = await ask_board(ann, "POST", f"{path}/members", 201, email="bob@example.com", role="member")
    member = f"{path}/members/{added['userId']}"
    assert (await ask_board(ann, "PATCH", member, role="admin"))["role"] == "admin"
    await ask_board(ann, "DELETE", member, 204)


SAMPLE = Sample(
    after=("project",),
    make=make,
    calls={
        "projectMembers": lambda ids: (ids["project"],),
        "projectMemberAdd": lambda ids: (ids["project"], ProjectMemberAdd(user_id=ids["admin_id"])),
        "projectMemberUpdate": lambda ids: (
            ids["project"],
            ids["member_id"],
            ProjectMemberUpdate(role=Role.ADMIN),
        ),
        "projectMemberRemove": lambda ids: (ids["project"], ids["member_id"]),
    },
    routes={
        ("GET", PROJECT + "/members"): None,
        ("POST", PROJECT + "/members"): lambda ids: {"email": ids["admin_email"]},
        ("DELETE", PROJECT + "/members/{userId}"): None,
        ("GET", B_PROJECT + "/members"): None,
        ("POST", B_PROJECT + "/members"): lambda ids: {"email": ids["admin_email"]},
        ("PATCH", B_PROJECT + "/members/{userId}"): sent(role="admin"),
        ("DELETE", B_PROJECT + "/members/{userId}"): None,
        ("DELETE", B_PROJECT + "/invitations/{email}"): None,
    },
    kept={
        "ProjectMember": Kept(
            "user { id } joinedAt",
            {"Project": "members(first: 50) { nodes { ...ProjectMemberFields } }"},
            below_parent=True,
        )
    },
    rules={
        "ProjectMemberAdded": ("projectId member { ...ProjectMemberFields }", _put),
        "ProjectMemberUpdated": ("projectId member { ...ProjectMemberFields }", _put),
        "ProjectMemberRemoved": ("projectId userId", _removed),
    },
    story=story,
    board_story=board_story,
)
