"""What the command line loads before it knows what it is to do."""

import subprocess
import sys

from tests.patience import PATIENCE

HEAVY = (
    "beanie",
    "email_validator",
    "graphql",
    "models",
    "pydantic",
    "pymongo",
    "starlette",
    "strawberry",
    "websockets",
)


def test_help_loads_nothing_of_what_commands_do() -> None:
    program = f"import sys, gateway.cli.commands; print([name for name in {HEAVY} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE, check=True)

    assert done.stdout.strip() == "[]"
