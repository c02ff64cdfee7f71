"""The types of records say what is kept of every document."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import models
from gateway.database import Database
from models import DOCUMENTS, records
from models.base import Recorded, to_record, with_changes, without
from models.ids import Kind, new_id
from models.label import Label
from models.record_source import kept_fields, record_source
from realtime.events import EVENTS
from realtime.events.label import LabelCreated
from tests.stubs import stub

NAMES = [model.__name__ for model in DOCUMENTS]


def record_of(model: type[Recorded[Any]]) -> Any:
    return getattr(records, f"{model.__name__}Record")


def label() -> records.LabelRecord:
    return to_record(
        Label(workspace_id=new_id(Kind.WORKSPACE), project_id=new_id(Kind.PROJECT), name="Late", color="#ff0000")
    )


def test_the_module_is_what_the_models_make_of_it() -> None:
    written = Path(str(records.__file__)).read_text(encoding="utf-8")

    assert written == record_source(), "run orrery records --write"


@pytest.mark.parametrize("model", DOCUMENTS, ids=NAMES)
def test_the_record_of_a_document_has_each_field_that_is_kept_and_what_is_added(model: type[Recorded[Any]]) -> None:
    kept = {key for key, _ in kept_fields(model)}

    assert set(record_of(model).__annotations__) == kept | model.added.keys()
    assert "_id" in kept
    assert not kept & model.added.keys()


async def test_a_written_document_has_the_keys_of_its_record(clean: Database) -> None:
    assert set(label()) == set(records.LabelRecord.__annotations__)


def test_a_class_is_the_same_whatever_record_it_names() -> None:
    assert Recorded[Any] is Recorded
    assert models.Label.__mro__.count(Recorded) == 1


async def test_what_changes_of_a_record_leaves_the_one_before_as_it_was(clean: Database) -> None:
    before = label()

    after = with_changes(before, {"name": "Later"})

    assert (before["name"], after["name"]) == ("Late", "Later")
    assert set(without(after, {"name"})) == set(after) - {"name"}


async def test_an_event_keeps_a_record_with_all_its_keys(clean: Database) -> None:
    more = {**label(), "of_later": 1}

    assert LabelCreated(label=stub(more)).label == more


def test_no_event_looks_at_what_a_record_holds() -> None:
    """A `TypedDict` in a pydantic model would be validated, and cut to its keys: see `Carried`."""
    schemas = [str(event.__pydantic_core_schema__) for event in EVENTS.values()]

    assert [schema for schema in schemas if "typed-dict" in schema] == []


def test_the_types_are_made_without_those_that_are_written() -> None:
    """So that a class may name a record that is not there yet."""
    code = "import sys; from gateway.cli.records import records; records(); print(type(sys.modules['models.records']))"

    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout

    assert made.endswith(f"{record_source()}<class 'gateway.cli.records.Unwritten'>\n")
