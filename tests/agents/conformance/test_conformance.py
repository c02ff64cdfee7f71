"""What the official conformance suite requires of a server of each revision."""

import shutil

import pytest

from gateway.database import Database
from gateway.settings import Settings
from tests.agents.conformance.suite import REVISIONS, install, node, run, serving_fixtures


@pytest.mark.parametrize("revision", REVISIONS)
async def test_every_scenario_that_a_revision_requires_passes(
    revision: str, settings: Settings, database: Database
) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm was not found: the suite runs on Node")
    install()
    command = node()
    if command is None:
        pytest.skip("Node 22 was not found: the suite needs it")

    async with serving_fixtures(settings, database) as url:
        outcome = await run(url, revision, command)

    assert outcome.failed == [], outcome.told
    assert len(outcome.passed) == REVISIONS[revision]
