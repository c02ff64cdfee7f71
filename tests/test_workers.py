import os

import psutil
import pytest


def test_a_worker_is_forked_by_the_process_that_has_loaded_the_tests() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("tests that are run by one process have no workers")
    assert "tests.workers" in psutil.Process(os.getppid()).cmdline()
