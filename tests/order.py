"""The order of tests, and how long they take: `--order-seed` shuffles them, and what is slow has to say why."""

import random
from collections import defaultdict
from collections.abc import Generator, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

SLOW_SECONDS = 10.0
"""What a test may take on a machine with nothing else to do, without a mark that says why."""


def pytest_addoption(parser: pytest.Parser) -> None:
    about = "Shuffle the folders, the files of each and the tests of each file, by this number."
    parser.addoption("--order-seed", type=int, metavar="NUMBER", help=about)


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One process more than there are cores: many a test waits, for a browser, another process or a timer."""
    cores = yield
    return cores + 1


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuse parameters out of a set, whose order is another one in each process."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if any(isinstance(one, AbstractSet) for one in [*mark.args[1:2], mark.kwargs.get("argvalues")]):
            raise pytest.UsageError(f"{metafunc.definition.nodeid}: parameters in a set have no order, sort them")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse a mark without its reason, and shuffle where that was asked for.

    A folder stays in one piece, and a file in it, because what their tests share is made once, in a database that
    others empty; a file that is marked `in_order` is not shuffled.
    """
    for name in ("slow", "in_order"):
        if vague := [item.nodeid for item in items for mark in item.iter_markers(name) if not any(mark.args)]:
            raise pytest.UsageError(f"the mark {name} needs a reason: {', '.join(vague)}")
    seed = config.getoption("order_seed")
    if seed is not None:
        items[:] = _shuffled(items, random.Random(seed))


def _shuffled(items: list[pytest.Item], chance: random.Random) -> Iterator[pytest.Item]:
    folders: dict[Path, dict[Path, list[pytest.Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        folders[item.path.parent][item.path].append(item)
    for folder in chance.sample(sorted(folders), len(folders)):
        files = folders[folder]
        for file in chance.sample(sorted(files), len(files)):
            tests = files[file]
            if not any(item.get_closest_marker("in_order") for item in tests):
                chance.shuffle(tests)
            yield from tests


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that are slow without a reason. A busy machine makes any test slow, so none fails by it."""
    reports = [
        report
        for outcome in ("passed", "failed", "error", "")  # without a word: what was prepared and put away
        for report in terminalreporter.stats.get(outcome, [])
        if isinstance(report, pytest.TestReport)
    ]
    slow = [one for one in reports if one.duration > SLOW_SECONDS and "slow" not in one.keywords]
    if slow:
        terminalreporter.section(f"more than {SLOW_SECONDS:.0f} s, and not marked slow with a reason")
        for one in sorted(slow, key=lambda one: -one.duration):
            terminalreporter.line(f"{one.duration:.1f} s {one.when} of {one.nodeid}")
