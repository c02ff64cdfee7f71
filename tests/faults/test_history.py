import asyncio
import json
import sys

import pytest

from tests.gateway.process import ROOT


@pytest.mark.slow("kills everything in turn, and waits until it is there again")
async def test_every_client_sees_every_event_once_and_in_order_whatever_is_killed() -> None:
    """`python -m tests.faults.history` is the long run."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.faults.history", "--short", "--clients=20", "--workspaces=4", "--boards=4", "--events=600"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()

    assert output, errors.decode()
    report = json.loads(output)
    assert report["contradictions"] == [], report
    assert report["received"] == 5 * report["events"] >= 5 * 600
    assert report["notifications"] > 50
    assert report["board_received"] > 400
    assert len(report["faults"]) == 3
    assert report["cuts"] > 20
