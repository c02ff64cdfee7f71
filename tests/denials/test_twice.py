"""What changes nothing leaves no trace: the same change twice is the same change once."""

import pytest

from gateway.database import Database
from models.errors import OrreryError
from realtime.guard import Guard
from resolvers.kit.operation import CATALOGUE, Caller
from tests.denials.fingerprint import fingerprint
from tests.denials.test_operations import WITHOUT_PERMISSION
from tests.resolvers.lab import People
from tests.world.build import build
from tests.world.samples import CALLS, every
from tests.world.world import World

MAKES_ANOTHER = every(lambda sample: sample.makes_another)
"""What makes one more each time."""

COUNTS = every(lambda sample: sample.counts)
"""What sends a mail each time, counts that it was asked for, or is a sign of life."""

SIGNS_IN = {name for name in CALLS if name.startswith(("auth", "password", "session", "twoFactor", "accountDelete"))}
"""What is about credentials: a second time begins another session, or finds the first one ended."""

PROPOSALS = sorted(name for name in CALLS if name.startswith("proposal"))
"""What is decided on while its mission goes on."""

REFUSED = every(lambda sample: sample.refused_there)
"""What the world does not let happen after the others: the second end of a mission, an owner who would leave, a project
whose cards agents work on."""

FIRST = [
    "projectReorder",
    "columnReorder",
    "scopeReorder",
    "scriptReorder",
    *PROPOSALS,
    "missionReport",
    "missionPrompt",
    "checklistItemMove",
    "checklistItemUpdate",
    "organizationMemberUpdate",
]
LAST = [
    "apiKeyDelete",
    "queueDelete",
    "teamDelete",
    "cardDelete",
    "projectDelete",
    "workspaceDelete",
    "organizationDelete",
]


def order(name: str) -> tuple[bool, int, bool, str]:
    """Changes before deletions, those of what is inside before those of what it is in."""
    deletes = name.endswith(("Clean", "Delete", "Remove", "Revoke", "Convert", "Cancel"))
    return name not in FIRST, LAST.index(name) if name in LAST else -1, deletes, name


pytestmark = pytest.mark.in_order("each change is made in the tenant that those before it left")

WRITES = sorted((name for name, one in CATALOGUE.items() if not one.read_only and name not in SIGNS_IN), key=order)


@pytest.fixture(scope="module")
async def own(world: World) -> World:
    """A tenant of this module's own, which it changes and deletes."""
    assert CALLS.keys() == CATALOGUE.keys() >= WITHOUT_PERMISSION
    return await build(People(world.people.anonymous))


async def run(world: World, name: str) -> bool:
    """Whether an operation was done, and not refused."""
    operation = CATALOGUE[name]
    caller = "other agent" if operation.caller is Caller.AGENT else "outsider" if operation.server_role else "owner"
    try:
        await operation.run(await world.context(caller), *CALLS[name](world.ids))
    except OrreryError:
        return False
    return True


@pytest.mark.parametrize("name", WRITES)
async def test_the_same_change_again_writes_and_revokes_nothing(
    name: str, own: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Guard] = []
    done = await run(own, name)
    assert done or name in REFUSED
    if name not in MAKES_ANOTHER | COUNTS:
        once = await fingerprint(database)
        monkeypatch.setattr(Guard, "look", lambda guard: looks.append(guard))
        again = await run(own, name)
        assert await fingerprint(database) == once
        assert looks == [] or not again
