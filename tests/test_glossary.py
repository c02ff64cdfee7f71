"""One word a thing: `docs/glossary.md` and the code say the same."""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_layout import ROOMS, ROOT

ROWS = re.findall(r"^\| ([^|]+) \| [^|]+ \| `([^`]+)` \|", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
UMBRELLAS = {"tenancy", "security", "insights", "delivery"}
# The ids of operations in the OpenAPI document, which clients are generated from, are made of the modules of routes.
PUBLISHED = {"rest/stellary/insights.py", "rest/stellary/security.py"}
MOST = 0.13
"""No code that is read for its names has one that so many loops go by."""


def product() -> list[Path]:
    return [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]


def loop_variables(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            yield from (name.id for name in ast.walk(node.target) if isinstance(name, ast.Name))


@pytest.mark.parametrize(("word", "named"), ROWS)
def test_a_word_of_the_glossary_names_something_that_is_there(word: str, named: str) -> None:
    module, _, name = named.rpartition(".")
    try:
        importlib.import_module(named)
    except ModuleNotFoundError:
        assert hasattr(importlib.import_module(module), name), word


def test_a_word_has_one_meaning() -> None:
    assert len(ROWS) == len({word for word, _ in ROWS})


def test_modules_are_called_by_the_nouns_that_they_are_about() -> None:
    tests = [file for file in (ROOT / "tests").rglob("*.py") if file.parent.name != "security"]
    named = {str(file.relative_to(ROOT)) for file in [*product(), *tests] if _words(file) & UMBRELLAS}

    assert named == PUBLISHED


def _words(file: Path) -> set[str]:
    return {*file.parts[len(ROOT.parts) : -1], file.stem.removeprefix("test_")} - {"tests"}


def test_an_operation_is_an_entry_of_the_catalogue_alone() -> None:
    defined = [
        str(file.relative_to(ROOT))
        for file in product()
        if file.parent.name != "execution"  # which knows nothing of the product
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef) and node.name == "Operation"
    ]

    assert defined == ["resolvers/kit/operation.py"]


def test_loop_variables_say_what_they_hold() -> None:
    counted = Counter(name for file in product() for name in loop_variables(ast.parse(file.read_text())))
    [(favourite, times)] = counted.most_common(1)

    assert counted["one"] == 0
    assert times / counted.total() < MOST, favourite
