"""The command `orrery`; `gateway.cli.commands` has its commands."""

import sys


def main() -> None:
    """Run the command of this process's arguments."""
    try:
        # Not at the top: Ctrl-C is no failure, even while the libraries are still being loaded.
        from gateway.cli.commands import run

        run()
    except KeyboardInterrupt:
        sys.exit(130)
