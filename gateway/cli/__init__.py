"""The command `orrery`; `gateway.cli.commands` has its commands."""

import sys

from gateway.garbage import look_rarely


def main() -> None:
    """Run the command of this process's arguments."""
    look_rarely()
    try:
        # Not at the top: Ctrl-C is no failure, even while the libraries are still being loaded.
        from gateway.cli.commands import run

        run()
    except KeyboardInterrupt:
        sys.exit(130)
