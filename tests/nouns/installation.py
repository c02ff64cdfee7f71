"""The installation: whether it is well, and who may sign up."""

from resolvers.inputs.account import AuthRegister
from tests.resolvers.lab import PASSWORD
from tests.rest.story import Cast, ask_board, root_of
from tests.world.paths import BOARD, ORKOSI
from tests.world.sample import Case, Sample, sent


async def board_story(cast: Cast) -> None:
    api, root = cast.api, await root_of(cast.api)
    assert await ask_board(api.client(), "GET", "/health") == {"status": "ok"}
    assert (await ask_board(api.client(), "GET", "/settings/auth-status"))["hasUsers"] is True
    assert await ask_board(root, "PUT", "/settings/auth", enabled=True) == await ask_board(
        root, "GET", "/settings/auth"
    )


async def orkosi_story(cast: Cast) -> None:
    for path, status in (("/version", None), ("/health", "ok"), ("/ready", "ready"), ("/arch-health", "ok")):
        answer = (await cast.api.client().get(ORKOSI + path)).json()
        assert answer.get("status") == status
    assert (answer["machine"], answer["parts"]["database"]) == (None, "up")


SAMPLE = Sample(
    calls={
        "health": lambda _: (),
        "installation": lambda _: (),
        "installationSetup": lambda _: (AuthRegister(email="first@example.com", password=PASSWORD),),
        "installationAuthSet": lambda _: (True,),
    },
    refused_there={"installationSetup"},
    routes={
        ("GET", BOARD + "/health"): None,
        ("GET", BOARD + "/settings/auth-status"): None,
        ("POST", BOARD + "/auth/setup"): sent(email="first@example.com", password=PASSWORD),
        ("GET", BOARD + "/settings/auth"): None,
        ("PUT", BOARD + "/settings/auth"): sent(enabled=True),
        ("GET", ORKOSI + "/version"): None,
        ("GET", ORKOSI + "/health"): None,
        ("GET", ORKOSI + "/ready"): None,
        ("GET", ORKOSI + "/arch-health"): None,
    },
    cases={"installationAuthSet": Case(caller="outsider")},
    unseen={
        "installationAuthSet": "what is set for the installation is no workspace's",
    },
    not_run={
        "installationSetup": "it is done when nobody is there yet",
    },
    board_story=board_story,
    orkosi_story=orkosi_story,
)
