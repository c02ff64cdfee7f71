"""The routes of an interface are those of the modules of its package, in the order that they ask for."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from rest.tables import table_of

HEAD = """
from resolvers.card.label import list_labels
from rest.routing import Routes

async def find(call) -> list[str]:
    return []

"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a package of routes."""
    folder = tmp_path / "orrery_skies"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("orrery_skies")]:
        del sys.modules[name]


def table(package: Path, **modules: str) -> tuple[list[str], dict[str, str]]:
    """The paths and the tags of a package with modules that declare these routes."""
    for name, declared in modules.items():
        lines = declared.splitlines()
        written = [f"part{number} = {line}" for number, line in enumerate(lines)]
        written += [f"part{number}.get('', 'List', runs=list_labels)(find)" for number in range(len(lines))]
        (package / f"{name}.py").write_text(HEAD + "\n".join(written))
    routes, tags = table_of(import_module("orrery_skies"))
    return [route.path for route in routes], tags


def test_routes_stand_by_their_places_and_those_without_behind_the_ones_before_them(package: Path) -> None:
    paths, _ = table(
        package,
        comets="Routes('Comets', '/comets', place=20)\nRoutes('Comets', '/tails')",
        moons="Routes('Moons', '/moons', place=10)\nRoutes('Moons', '/craters', place=30)",
        stars="Routes('Stars', '/stars', place=20)",
    )

    assert paths == ["/moons", "/comets", "/tails", "/stars", "/craters"]


def test_routes_that_say_no_place_stand_behind_all_others(package: Path) -> None:
    paths, tags = table(
        package,
        comets="Routes('Comets', '/comets', 'With a tail.')",
        stars="Routes('Stars', '/stars', 'Far away.', place=500)",
    )

    assert paths == ["/stars", "/comets"]
    assert [*tags] == ["Stars", "Comets"]


def test_a_tag_stands_where_its_routes_do_unless_it_says_otherwise(package: Path) -> None:
    _, tags = table(
        package,
        comets="Routes('Comets', '/comets', 'With a tail.', place=10, tag_place=25)",
        moons="Routes('Moons', '/moons', 'Around a planet.', place=20)\nRoutes('Craters', '/craters', 'On moons.')",
        stars="Routes('Stars', '/stars', 'Far away.', place=30)\nRoutes('Comets', '/tails')",
    )

    assert list(tags.items()) == [
        ("Moons", "Around a planet."),
        ("Craters", "On moons."),
        ("Comets", "With a tail."),
        ("Stars", "Far away."),
    ]
