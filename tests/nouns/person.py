"""People of the installation, as who runs it keeps them."""

from models.enums import ServerRole
from resolvers.inputs.installation import PeopleList, PersonCreate, PersonUpdate
from tests.rest.story import Cast, ask_board, root_of
from tests.world.paths import BOARD
from tests.world.sample import Case, Sample, sent

ADMIN_USERS = BOARD + "/admin/users"
ADMIN_USER = ADMIN_USERS + "/{userId}"


async def board_story(cast: Cast) -> None:
    root = await root_of(cast.api)
    new = {"email": "newuser@example.com", "name": "New User", "role": "user"}
    created = await ask_board(root, "POST", "/admin/users", 201, **new)
    user, path = created["user"], f"/admin/users/{created['user']['id']}"
    assert await ask_board(root, "GET", "/admin/users?search=new%20user&limit=10") == {"users": [user], "total": 1}
    changed = await ask_board(root, "PATCH", path, name="Updated Name", role="admin")
    assert changed == {**user, "name": "Updated Name", "role": "admin"}
    reset = await ask_board(root, "POST", f"{path}/reset-password")
    theirs = await ask_board(
        cast.api.client(), "POST", "/auth/login", email="newuser@example.com", password=reset["generatedPassword"]
    )
    assert (theirs["user"]["mustChangePassword"], theirs["user"]["role"]) == (True, "admin")
    assert await ask_board(root, "GET", f"{path}/check-delete") == {"ownedProjectsCount": 0}
    await ask_board(root, "DELETE", path, 204)


SAMPLE = Sample(
    calls={
        "people": lambda _: (PeopleList(),),
        "personOwnedProjects": lambda ids: (ids["bystander_id"],),
        "personCreate": lambda _: (PersonCreate(email="made@example.com", name="Made", role=ServerRole.USER),),
        "personUpdate": lambda ids: (ids["bystander_id"], PersonUpdate(name="Other")),
        "personPasswordReset": lambda ids: (ids["bystander_id"],),
        "personDelete": lambda ids: (ids["bystander_id"],),
    },
    counts={"personPasswordReset"},
    routes={
        ("GET", ADMIN_USERS): None,
        ("POST", ADMIN_USERS): sent(email="made@example.com", name="Made", role="user"),
        ("PATCH", ADMIN_USER): sent(name="Other"),
        ("DELETE", ADMIN_USER): None,
        ("POST", ADMIN_USER + "/reset-password"): None,
        ("GET", ADMIN_USER + "/check-delete"): None,
    },
    cases={
        "personCreate": Case(caller="outsider"),
        "personUpdate": Case(arguments=lambda ids: (ids["member_id"], PersonUpdate(name="Other")), caller="outsider"),
        "personPasswordReset": Case(caller="outsider"),
        "personDelete": Case(arguments=lambda ids: (ids["member_id"],), caller="outsider"),
    },
    unseen={
        "personCreate": "an account of somebody else",
        "personPasswordReset": "passwords are not in the graph",
    },
    board_story=board_story,
)
