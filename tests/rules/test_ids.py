"""The rule of ids: whatever makes one that may have any kind is found."""

import pytest

from tests.rules.code import Code, product
from tests.rules.ids import of_any_kind


def test_no_id_of_the_product_has_a_kind_by_chance() -> None:
    assert [str(place) for place in of_any_kind(product())] == []


@pytest.mark.parametrize(("made", "found"), [("ObjectId()", 1), ("ObjectId(text)", 0), ("inner_id()", 0)])
def test_what_the_drivers_library_makes_is_found(made: str, found: int) -> None:
    code = Code.read({"resolvers/lens.py": f"def make(text):\n    return {made}\n"})

    assert len(list(of_any_kind(code))) == found


def test_what_a_module_keeps_is_found_too() -> None:
    assert len(list(of_any_kind(Code.read({"resolvers/lens.py": "NOBODY = ObjectId()\n"})))) == 1
