"""What is loaded is not looked through for garbage."""

import subprocess
import sys
from pathlib import Path

from gateway.garbage import LOADED_OBJECTS

LOAD = """
import gc
from gateway.garbage import begin_to_load

before = gc.get_stats()
begin_to_load()
import gateway.app
from gateway.graph import served_graph

served_graph()
print(gc.get_stats() == before, len(gc.get_objects()))
"""


def test_a_start_looks_for_no_garbage_and_half_as_much_more_would_not_make_it() -> None:
    # Given
    command = [sys.executable, "-c", LOAD]

    # When
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split()

    # Then
    is_untouched, made = told[0] == "True", int(told[1])
    assert is_untouched
    assert made * 1.5 < LOADED_OBJECTS
