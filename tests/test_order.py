"""What `--order-seed` and the marks do, tried on files of a few tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
SHUFFLED = "import pytest\n\n@pytest.mark.parametrize('number', range(20))\ndef test_shuffled(number): pass\n"
IN_ORDER = f"{SHUFFLED}\npytestmark = pytest.mark.in_order({{reason}})\n"
SLOW = """
import time, pytest

def test_unmarked(): time.sleep(0.3)

@pytest.mark.slow("it sleeps")
def test_marked(): time.sleep(0.3)
"""


def run(folder: Path, *arguments: str) -> str:
    """The output of a run over a folder, in which a test that takes a tenth of a second is slow."""
    (folder / "conftest.py").write_text("from tests import order\n\norder.SLOW_SECONDS = 0.1\n")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    in_order\n")
    # Without the plugins that are installed, which take longer to load than these tests to run.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "tests.order", "-p", "xdist.plugin", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout + done.stderr


def order_of(output: str) -> list[str]:
    return [line.partition(" ")[0] for line in output.splitlines() if "::" in line]


def pieces(names: list[str]) -> list[str]:
    """The names without their repetitions in a row."""
    return [name for name, before in zip(names, [None, *names], strict=False) if name != before]


def test_a_seed_shuffles_files_and_their_tests_and_always_alike(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for name in ("test_a", "test_b", "inner/test_c", "inner/test_d"):
        (tmp_path / f"{name}.py").write_text(SHUFFLED)
    (tmp_path / "test_story.py").write_text(IN_ORDER.format(reason="'each goes on from the one before'"))

    plain, first, again, other = (
        order_of(run(tmp_path, "-v", *given))
        for given in ([], ["--order-seed=1"], ["--order-seed=1"], ["--order-seed=2"])
    )

    assert len(plain) == 100
    assert plain != first == again != other
    assert sorted(first) == sorted(other) == sorted(plain)
    story = [one for one in plain if "story" in one]
    for order in (first, other):
        files = [one.partition("::")[0] for one in order]
        assert len(pieces(files)) == 5
        assert len(pieces([str(Path(file).parent) for file in files])) == 2
        assert [one for one in order if "story" in one] == story


def test_a_mark_without_its_reason_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_story.py").write_text(IN_ORDER.format(reason=""))

    assert "the mark in_order needs a reason: test_story.py::test_shuffled[0]" in run(tmp_path)


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_slow_test_without_a_mark_is_named(tmp_path: Path, processes: str) -> None:
    (tmp_path / "test_slow.py").write_text(SLOW)

    told = run(tmp_path, "-n", processes)

    assert "not marked slow with a reason" in told
    assert "call of test_slow.py::test_unmarked" in told
    assert "test_marked" not in told


def test_parameters_out_of_a_set_are_refused(tmp_path: Path) -> None:
    (tmp_path / "test_set.py").write_text(SHUFFLED.replace("range(20)", "{1, 2}"))

    assert "test_set.py::test_shuffled: parameters in a set have no order, sort them" in run(tmp_path)


def test_a_run_of_its_own_accord_has_a_process_more_than_there_are_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test_a.py").write_text("def test_one(): pass\n")
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "1")  # what stands for the number of cores

    assert "created: 2/2 workers" in run(tmp_path, "-n", "logical")
