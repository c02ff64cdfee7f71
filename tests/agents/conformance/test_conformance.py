"""What the official conformance suite requires of a server of each revision, and asks of one of OAuth."""

import shutil

import pytest

from gateway.database import Database
from gateway.settings import Settings
from tests.agents.conformance.suite import REVISIONS, install, node, run, run_authorization, serving_fixtures
from tests.serving.wire_lab import gateway_of


@pytest.fixture(scope="module")
def command() -> str:
    """The Node that the suite runs on."""
    if shutil.which("npm") is None:
        pytest.skip("npm was not found: the suite runs on Node")
    install()
    found = node()
    if found is None:
        pytest.skip("Node 22 was not found: the suite needs it")
    return found


@pytest.mark.parametrize("revision", REVISIONS)
async def test_every_scenario_that_a_revision_requires_passes(
    revision: str, command: str, settings: Settings, database: Database
) -> None:
    async with serving_fixtures(settings, database) as url:
        outcome = await run(url, revision, command)

    assert outcome.failed == [], outcome.told
    assert len(outcome.passed) == REVISIONS[revision]


async def test_every_scenario_for_authorization_servers_passes(
    command: str, settings: Settings, database: Database
) -> None:
    async with gateway_of(settings, database) as address:
        outcome = await run_authorization(address, command)

    assert outcome.failed == [], outcome.told
