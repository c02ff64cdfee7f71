"""The command `orrery`; `gateway.cli.commands` has its commands."""

import sys

from gateway.garbage import begin_to_load


def main() -> None:
    """Run the command of this process's arguments."""
    begin_to_load()
    try:
        # Not at the top: Ctrl-C is no failure, even while the libraries are still being loaded.
        from gateway.cli.commands import run

        run()
    except KeyboardInterrupt:
        sys.exit(130)
