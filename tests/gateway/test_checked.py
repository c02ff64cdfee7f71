"""Checks that have passed are not made again as long as nothing has changed that they are made of."""

import sys
from pathlib import Path

import pytest

from gateway.cli.checked import Checked


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checked:
    """A note of a check that has loaded one room of two."""
    for room in ("orrery_room_a", "orrery_room_b"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "orrery_room_a", raising=False)
    __import__("orrery_room_a")
    return Checked(tmp_path / ".cache" / "check.json", tmp_path)


def test_what_was_found_right_is_known_until_the_text_or_a_source_of_it_changes(checked: Checked) -> None:
    assert not checked.is_known("right")

    checked.note("right")

    assert checked.is_known("right")
    assert not checked.is_known("wrong")
    (checked.root / "orrery_room_b" / "more.py").write_text("x = 1")  # of which nothing was loaded
    assert checked.is_known("right")
    (checked.root / "orrery_room_a" / "more.py").write_text("x = 1")
    assert not checked.is_known("right")


def test_other_libraries_make_it_unknown(checked: Checked, tmp_path: Path) -> None:
    checked.note("right")

    (tmp_path / "other-1.0.dist-info").mkdir()

    assert not checked.is_known("right")


def test_a_note_that_is_cut_or_cannot_be_written_is_none(checked: Checked) -> None:
    checked.note("right")
    checked.file.write_text(checked.file.read_text()[:20])
    blocked = Checked(checked.file / "below.json", checked.root)
    blocked.note("right")

    assert not checked.is_known("right")
    assert not blocked.is_known("right")
