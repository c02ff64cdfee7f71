"""What the command line loads before it knows what it is to do."""

import subprocess
import sys
from pathlib import Path

import httpx

from tests.gateway.process import serving_alone
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


def test_the_command_that_users_start_serves_and_ends(tmp_path: Path) -> None:
    with serving_alone(tmp_path) as gateway:
        answered = httpx.get(f"{gateway.url}/health", timeout=PATIENCE)
        ended = gateway.end()

    assert answered.status_code == 200
    assert ended.status == 0
    assert not ended.troubles
