"""graphql-core's own tests, run over our executor.

    python tests/execution/core_suite.py PATH [arguments of pytest]

`PATH` is an unpacked source distribution of the installed version of graphql-core (`pip download --no-binary :all:
--no-deps graphql-core==…`); its tests need pytest, pytest-describe, pytest-timeout, pytest-benchmark and anyio. Nothing
of it is changed: the entry points of `graphql` are ours before its tests import them, so a test that passes an
executor class of its own, or that looks at graphql-core's classes alone, is graphql-core's as before.
"""

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
EXECUTION = ("tests/execution", "tests/test_graphql.py", "tests/test_star_wars_query.py", "tests/test_user_registry.py")


def swap() -> None:
    """Put our functions in the place of graphql-core's, wherever it keeps them."""
    from importlib import import_module

    import execution

    ours: dict[str, Any] = {
        "execute": execution.execute,
        "execute_sync": execution.execute_sync,
        "subscribe": execution.subscribe,
        "experimental_execute_incrementally": execution.experimental_execute_incrementally,
        "graphql": execution.graphql,
        "graphql_sync": execution.graphql_sync,
    }
    for name in ("graphql", "graphql.execution", "graphql.execution.execute", "graphql.graphql"):
        module = import_module(name)
        for key, function in ours.items():
            # `graphql.execution.execute` and `graphql.graphql` are modules and functions: the packages hold the latter.
            if callable(getattr(module, key, None)):
                setattr(module, key, function)


class Counting:
    """Counts the tests in which our engine ran."""

    def __init__(self) -> None:
        from execution.engine import Engine

        self.ran: set[str] = set()
        self._now = ""
        begin = Engine.__init__

        def counted(engine: Any, *args: Any, **options: Any) -> None:
            self.ran.add(self._now)
            begin(engine, *args, **options)

        setattr(Engine, "__init__", counted)  # noqa: B010

    def pytest_runtest_setup(self, item: Any) -> None:
        """Note which test runs."""
        self._now = item.nodeid

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell the count."""
        terminalreporter.write_line(f"our engine ran in {len(self.ran)} tests")


def main(arguments: list[str]) -> int:
    """Run the tests; the exit status of pytest."""
    import pytest

    source = Path(arguments[0]).resolve()
    # The distribution's tests are a package called as ours.
    sys.path = [entry for entry in sys.path if Path(entry).resolve() != HERE.parent]
    sys.path.append(str(HERE.parents[2]))
    swap()
    paths = [str(source / name) for name in EXECUTION]
    return pytest.main(
        ["--rootdir", str(source), "-c", str(source / "pyproject.toml"), *paths, *arguments[1:]], [Counting()]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
