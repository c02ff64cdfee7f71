"""The shape of the repository, where no other tool holds it."""

import importlib
import re
import tomllib
from pathlib import Path
from typing import Any

import graphql
import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS: list[str] = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

MAX_LINES = 600
LINES_WITHOUT_A_REASON = 400
# A longer module is named here, with what keeps it in one piece.
LONG_MODULES: dict[str, str] = {
    "models/enums.py": "a line for each value of each set, and nothing else",
    "tests/faults/history.py": "one check, from what it sets up to what it judges",
}
GENERATED = {"models/__init__.py", "models/kinds.py", "models/records.py", "schema/references.py"}


def python_files() -> list[Path]:
    return [file for room in [*ROOMS, "tests"] for file in sorted((ROOT / room).rglob("*.py"))]


def test_the_folder_graphql_holds_no_python() -> None:
    assert (ROOT / "graphql").is_dir()
    assert list((ROOT / "graphql").rglob("*.py*")) == []


def test_import_graphql_is_graphql_core() -> None:
    assert Path(graphql.__file__).parent.parent.name == "site-packages"


def test_no_folder_shadows_the_mcp_sdk() -> None:
    assert not (ROOT / "mcp").exists()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_from_the_repository(room: str) -> None:
    module = importlib.import_module(room)

    assert module.__file__ == str(ROOT / room / "__init__.py")
    assert module.__doc__


def test_every_room_is_checked_by_every_tool() -> None:
    tool = PROJECT["tool"]

    assert {*ROOMS, "tests"} <= set(tool["mypy"]["files"])
    assert set(ROOMS) == set(tool["importlinter"]["root_packages"])
    assert set(ROOMS) <= set(tool["ruff"]["lint"]["isort"]["known-first-party"])


def test_no_module_is_too_long_to_read() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in python_files()}
    lengths = {name: count for name, count in lengths.items() if name not in GENERATED}

    assert {name: count for name, count in lengths.items() if count > MAX_LINES} == {}
    assert {name for name, count in lengths.items() if count > LINES_WITHOUT_A_REASON} == LONG_MODULES.keys()


def test_every_dependency_has_a_pinned_version() -> None:
    def canonical(name: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", name)[0]).lower()

    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = [*PROJECT["project"]["dependencies"], *(name for extra in extras for name in extra)]

    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin)] == []
    assert {canonical(name) for name in wanted} - {"orrery"} <= {canonical(pin) for pin in pins}


def test_threads_are_taken_from_the_pools_alone() -> None:
    """A pool shared by everything lets one kind of work stop the others: each has its own (`models.pool`)."""
    bare = re.compile(r"to_thread|run_in_executor|ThreadPoolExecutor|set_default_executor")
    product = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]

    assert {str(file.relative_to(ROOT)) for file in product if bare.search(file.read_text())} == {"models/pool.py"}


def test_the_sdk_of_stripe_is_imported_where_it_is_asked() -> None:
    """It takes 0.3 s: a gateway starts without (`resolvers.billing.stripe.load_sdk`)."""
    early = re.compile(r"^(import|from) (stripe|models\.outbound_stripe)\b", re.MULTILINE)
    product = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    found = {str(file.relative_to(ROOT)) for file in product if early.search(file.read_text())}

    assert found == {"models/outbound_stripe.py"}


def test_any_number_of_records_is_written_in_parts() -> None:
    """A command holds a collection for as long as it takes: `insert_all` of `models.base` lets others in between."""
    bare = re.compile(r"\.insert_many\(")
    product = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    found = {str(file.relative_to(ROOT)) for file in product if bare.search(file.read_text())}

    # A restore has the database for itself, and what waits in a process is written in portions without a transaction.
    assert found == {"models/base.py", "gateway/dump/restore.py", "gateway/waiting.py"}


@pytest.mark.parametrize("guide", ["CONTRIBUTING.md", "docs/add-a-noun.md", "docs/add-a-field.md"])
def test_a_guide_names_files_and_names_that_are_there(guide: str) -> None:
    text = (ROOT / guide).read_text()
    files = set(re.findall(r"`((?:[\w-]+/)+[\w.-]+\.\w+|[\w-]+\.(?:md|toml))`", text))
    constants = set(re.findall(r"`_?([A-Z][A-Z_]{3,})`", text)) - {"NOUN"}
    sources = "".join(file.read_text() for file in [ROOT / "Makefile", *python_files()])

    assert files
    assert {name for name in files if not (ROOT / name).exists()} == set()
    assert {name for name in constants if not re.search(rf"\b_?{name}\b", sources)} == set()
