import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow("kills the database again and again")
async def test_no_acknowledged_write_and_no_event_is_lost_or_doubled_when_the_database_is_killed() -> None:
    """`ORRERY_TEST_KILLS=20 pytest tests/faults` makes it the long run."""
    kills = int(os.environ.get("ORRERY_TEST_KILLS", "3"))

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.database_killed",
        f"--kills={kills}",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()

    assert output, errors.decode()
    report = json.loads(output)
    assert report["contradictions"] == [], report
    assert report["kills"] == kills
    assert report["acknowledged"] > kills
