"""What is made of the models before they can be loaded: the kinds of ids, and the imports of all documents."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.cli.console import CommandError
from gateway.cli.model_source import kind_source, room_source
from gateway.cli.records import records
from gateway.paths import models_folder
from tests.gateway.process import ROOT
from tests.test_layout import ROOMS

LABEL = """
@kind(0x45)
class Label(Stored[LabelRecord]):
    id: PydanticObjectId = Field(default_factory=id_factory(Kind.LABEL))
"""
BADGE = """
from beanie import PydanticObjectId
from pydantic import Field

from models.base import Stored, id_factory, kind
from models.ids import Kind
from models.records import BadgeRecord


@kind(0xFE)
class Badge(Stored[BadgeRecord]):
    id: PydanticObjectId = Field(default_factory=id_factory(Kind.BADGE))
    workspace_id: PydanticObjectId
"""
COPIED = ("gateway", "models")
Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Writes modules of models, by their names; where they are."""

    def write(**modules: str) -> Path:
        for name, text in modules.items():
            (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def codes(source: str) -> list[str]:
    """The lines of a module of kinds that give a code."""
    return [line.strip() for line in source.splitlines() if " = 0x" in line]


def test_the_modules_are_what_the_others_make_of_them() -> None:
    models = models_folder()

    assert (models / "kinds.py").read_text() == kind_source(models), "run orrery records --write"
    assert (models / "__init__.py").read_text() == room_source(models), "run orrery records --write"


def test_a_module_that_nothing_imports_yet_is_found(folder: Write) -> None:
    models = folder(__init__="", kinds="", base="class Stored(Recorded[R]): ...", label=LABEL)

    assert codes(kind_source(models)) == ["LABEL = 0x45"]
    assert "from models.base import Recorded\nfrom models.label import Label\n" in room_source(models)
    assert '__all__ = [\n    "DOCUMENTS",\n    "Label",\n]\n' in room_source(models)


def test_all_documents_are_imported_and_parts_of_them_have_kinds(folder: Write) -> None:
    source = """
@kind(0x4F, "CUSTOM_FIELD_OPTION")
class FieldOption(BaseModel): ...
class OAuthUse(Recorded[OAuthUseRecord]): ...
@kind(0x46)
class OAuthField(Stored[OAuthFieldRecord]): ...
"""
    models = folder(field=source)

    assert codes(kind_source(models)) == ["CUSTOM_FIELD_OPTION = 0x4F", "OAUTH_FIELD = 0x46"]
    assert "from models.field import OAuthField, OAuthUse\n" in room_source(models)


def test_a_long_import_is_written_as_the_formatter_does(folder: Write) -> None:
    names = [f"Document{letter * 30}" for letter in "ABC"]
    models = folder(long="\n".join(f"class {name}(Stored[Any]): ..." for name in names))

    listed = "".join(f"    {name},\n" for name in names)
    assert f"from models.long import (\n{listed})\n" in room_source(models)


def test_a_kind_stays_where_it_is_and_though_its_class_is_gone(folder: Write) -> None:
    models = folder(kinds=kind_source(folder(label=LABEL)), aisle=LABEL.replace("Label", "Aisle").replace("45", "46"))
    (models / "label.py").unlink()

    assert codes(kind_source(models)) == ["LABEL = 0x45", "AISLE = 0x46"]


def test_a_code_that_was_given_is_never_another(folder: Write) -> None:
    models = folder(kinds=kind_source(folder(label=LABEL)), label=LABEL.replace("0x45", "0x46"))

    with pytest.raises(CommandError, match=r"^models\.label\.Label is 0x46, but LABEL is 0x45 in models/kinds\.py"):
        kind_source(models)


def test_a_code_that_was_had_once_is_given_to_nothing_else(folder: Write) -> None:
    models = folder(kinds=kind_source(folder(label=LABEL)), label=LABEL.replace("class Label", "class Tag"))

    with pytest.raises(CommandError, match=r"^models\.label\.Tag is 0x45, which LABEL has, or had once\.$"):
        kind_source(models)


def test_two_classes_of_one_code_are_refused(folder: Write) -> None:
    models = folder(label=LABEL, tag=LABEL.replace("Label", "Tag"))

    with pytest.raises(CommandError, match=r"^models\.tag\.Tag is 0x45, which models\.label\.Label has"):
        kind_source(models)


def test_two_classes_of_one_name_are_refused(folder: Write) -> None:
    models = folder(label=LABEL, tag=LABEL.replace("0x45", "0x46"))

    with pytest.raises(CommandError, match=r"^models\.label\.Label and models\.tag\.Label are both LABEL"):
        kind_source(models)


@pytest.mark.parametrize("said", ["0x00", "0x100", "CODE", '"LABEL"', "0x45, NAME", ""])
def test_a_kind_that_is_no_code_is_refused(folder: Write, said: str) -> None:
    models = folder(label=LABEL.replace("0x45", said))

    with pytest.raises(CommandError, match=r"^models\.label\.Label: @kind takes a code of 0x01 to 0xFF, and maybe"):
        kind_source(models)


def test_a_module_that_is_not_written_yet_fails_the_check(
    folder: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    models = folder(kinds=kind_source(folder(label=LABEL)), __init__="")
    monkeypatch.setattr("gateway.cli.records.models_folder", lambda: models)

    with pytest.raises(CommandError, match=r"^models/__init__\.py has drifted .* run orrery records --write\.$"):
        records(check=True)

    assert "+from models.label import Label" in capsys.readouterr().err


def test_one_command_brings_all_up_to_date_for_a_new_module(tmp_path: Path) -> None:
    """In a copy of the product, as the module can be loaded only when its kind is written."""
    for room in ROOMS:
        if room in COPIED:
            shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (tmp_path / room).symlink_to(ROOT / room)
    (tmp_path / "models" / "badge.py").write_text(BADGE)
    command = [sys.executable, "-m", "gateway", "records", "--write"]

    subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, check=True, capture_output=True)

    made = tmp_path / "models"
    assert "    BADGE = 0xFE\n" in (made / "kinds.py").read_text()
    assert "from models.badge import Badge\n" in (made / "__init__.py").read_text()
    assert "class BadgeRecord(TypedDict):\n" in (made / "records.py").read_text()
