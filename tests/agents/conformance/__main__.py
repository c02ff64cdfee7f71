"""`python -m tests.agents.conformance`: how many of the scenarios that each revision requires pass, and of those for
servers of OAuth."""

import asyncio
import sys
from tempfile import TemporaryDirectory

from gateway.database import open_database
from gateway.settings import Settings
from tests.agents.conformance import suite
from tests.serving.wire_lab import gateway_of


async def main() -> int:
    suite.install()
    command = suite.node()
    if command is None:
        sys.exit("The suite needs Node 22")
    outcomes: dict[str, suite.Outcome] = {}
    with TemporaryDirectory() as folder:
        settings = Settings.from_env({"ORRERY_DATA_DIR": folder})
        async with open_database(settings) as database:
            async with suite.serving_fixtures(settings, database) as url:
                for revision in suite.REVISIONS:
                    outcomes[revision] = await suite.run(url, revision, command)
            async with gateway_of(settings, database) as address:
                outcomes["OAuth"] = await suite.run_authorization(address, command)
    wanted = suite.REVISIONS | {"OAuth": len(suite.AUTHORIZATION)}
    for name, outcome in outcomes.items():
        if outcome.failed or "-v" in sys.argv[1:]:
            print(outcome.told)
        print(f"{name}: {len(outcome.passed)} of {wanted[name]}", *outcome.failed)
    return 0 if all(len(outcome.passed) == wanted[name] for name, outcome in outcomes.items()) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
