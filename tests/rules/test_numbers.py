"""The rule of numbers: whatever writes new objects without theirs is found."""

import pytest

from tests.rules.code import Code, product
from tests.rules.numbers import unnumbered

MODEL = "class Lens:\n    number: Number = None\n"


def found(*commands: str) -> int:
    """How many places are found in a function that sends commands."""
    body = "".join(f"    await {command}\n" for command in commands)
    texts = {"models/lens.py": MODEL, "resolvers/lens.py": f"async def make(change, lens):\n{body}"}
    return len(list(unnumbered(Code.read(texts))))


def test_the_product_numbers_all_that_it_writes() -> None:
    assert [str(place) for place in unnumbered(product())] == []


@pytest.mark.parametrize(
    "commands",
    [
        ["collection(Lens).insert_one(lens, session=change.session)"],
        ["number(change, Lens, lens)", "collection(Lens).insert_one(lens, session=change.session)"],
        ["insert_all(Lens, [lens], change)"],
    ],
    ids=["one", "one beside", "many"],
)
def test_what_is_written_without_its_number_is_found(commands: list[str]) -> None:
    assert found(*commands) == 1


@pytest.mark.parametrize(
    "commands",
    [
        ["insert(change, Lens, lens)"],
        ["number(change, Lens, lens)", "insert_all(Lens, [lens], change)"],
        ["collection(Frame).insert_one(lens, session=change.session)"],
    ],
    ids=["one", "many", "another"],
)
def test_what_has_its_number_is_not(commands: list[str]) -> None:
    assert found(*commands) == 0
