"""Cursors as text."""

from typing import Any

import pytest

from models.errors import BadUserInput
from realtime.cursor import Cursor


@pytest.mark.parametrize("seq", [0, 1, 255, 2**40, 16**12 - 1])
def test_a_cursor_survives_the_way_to_the_client_and_back(seq: int) -> None:
    cursor = Cursor("0a1b2c3d", seq)

    assert Cursor.parse(str(cursor)) == cursor


def test_cursors_of_one_stream_sort_as_text() -> None:
    texts = [str(Cursor("0a1b2c3d", seq)) for seq in (0, 9, 10, 15, 16, 255, 256, 10**9)]

    assert sorted(texts) == texts


@pytest.mark.parametrize(
    "text",
    ["", "0a1b2c3d", "0a1b2c3d00000000000", "0a1b2c3d0000000000000", "0A1B2C3D000000000000", "0a1b2c3d00000000000g",
     "0a1b2c3d000000000001\n", " 0a1b2c3d00000000001", "\u0660a1b2c3d00000000001", None, 7, {"$gt": ""}],
)  # fmt: skip
def test_anything_else_is_refused_by_the_name_of_its_argument(text: Any) -> None:
    with pytest.raises(BadUserInput) as refused:
        Cursor.parse(text, field="after")

    assert refused.value.field == "after"
