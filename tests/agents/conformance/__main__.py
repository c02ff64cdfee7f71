"""`python -m tests.agents.conformance`: how many of the scenarios that each revision requires pass."""

import asyncio
import sys
from tempfile import TemporaryDirectory

from gateway.database import open_database
from gateway.settings import Settings
from tests.agents.conformance.suite import REVISIONS, install, node, run, serving_fixtures


async def main() -> int:
    install()
    command = node()
    if command is None:
        sys.exit("The suite needs Node 22")
    whole = True
    with TemporaryDirectory() as folder:
        settings = Settings.from_env({"ORRERY_DATA_DIR": folder})
        async with open_database(settings) as database, serving_fixtures(settings, database) as url:
            for revision in REVISIONS:
                outcome = await run(url, revision, command)
                if outcome.failed or "-v" in sys.argv[1:]:
                    print(outcome.told)
                print(f"{revision}: {len(outcome.passed)} of {REVISIONS[revision]}", *outcome.failed)
                whole = whole and len(outcome.passed) == REVISIONS[revision]
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
