"""What a process has loaded is not looked through for garbage."""

import subprocess
import sys
from pathlib import Path

from gateway.garbage import LOADED_OBJECTS, YOUNG_OBJECTS

LOAD = """
import gc
from gateway.garbage import begin_to_load, keep_what_is_loaded

before = gc.get_stats()
begin_to_load()
import gateway.app
from gateway.graph import served_graph

served_graph()
print(gc.get_stats() == before, len(gc.get_objects()))
keep_what_is_loaded()
print(len(gc.get_objects()), gc.get_threshold()[0])
"""


def test_a_start_looks_for_no_garbage_and_later_looks_never_at_what_it_has_loaded() -> None:
    # Given
    command = [sys.executable, "-c", LOAD]

    # When
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split()

    # Then
    is_untouched, loaded, looked_at, young = told[0] == "True", *map(int, told[1:])
    assert is_untouched
    assert 200_000 < loaded < LOADED_OBJECTS / 1.5
    assert looked_at < loaded / 100
    assert young == YOUNG_OBJECTS
