"""Projects with the files of their cards: what `orrery export` writes as a ZIP, `orrery import` takes."""

import io
import json
import os
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.process import orrery, serving
from tests.gateway.test_cli import WORKSPACE, assert_one_sentence, register

FILES = {"files/a": b"Hello", "files/b": bytes(range(256)) * 4_000}
PLAN: dict[str, Any] = {
    "project": {"name": "Plates"},
    "columns": [{"name": "To do"}, {"name": "Done"}],
    "cards": [
        {"title": "Dark frames", "columnIndex": 1, "attachments": [{"name": "notes.txt", "file": "files/a"}]},
        {
            "title": "Flat frames",
            "columnIndex": 0,
            "attachments": [
                {"name": "frame.bin", "mimeType": "application/octet-stream", "file": "files/b"},
                {"name": "same.txt", "file": "files/a"},
            ],
        },
    ],
}
TOLD = "Imported Plates: 2 columns, 2 cards and 3 files.\n"


def packed(
    plan: dict[str, Any] | bytes = PLAN, files: dict[str, bytes] = FILES, compression: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """An archive as other programs make one."""
    text = plan if isinstance(plan, bytes) else json.dumps(plan).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in {"project.json": text, **files}.items():
            archive.writestr(name, content)
    return made.getvalue()


def unpacked(file: Path) -> tuple[dict[str, Any], dict[str, list[tuple[str, bytes]]]]:
    """The text of an archive, and the files of each card of it by their names."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        text = json.loads(archive.read("project.json"))
        files = {
            card["title"]: [(one["name"], archive.read(one["file"])) for one in card["attachments"]]
            for card in text["cards"]
        }
    return text, files


GIVEN = {
    "Flat frames": [("frame.bin", FILES["files/b"]), ("same.txt", FILES["files/a"])],
    "Dark frames": [("notes.txt", FILES["files/a"])],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an account, and no gateway over it."""
    data_dir = tmp_path_factory.mktemp("folder")
    with serving(data_dir) as running:
        register(running)
        running.end()
    return data_dir


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The archive of PLAN."""
    file = tmp_path / "plates.zip"
    file.write_bytes(packed())
    return file


def test_an_archive_is_imported_into_the_data_folder_and_exported_alike(folder: Path, archive: Path) -> None:
    files = [archive, archive.with_name("first.zip"), archive.with_name("second.ZIP")]
    ids = []
    for given, made in pairwise(files):
        imported = orrery("import", str(given), "--workspace", WORKSPACE, data_dir=folder)
        assert (imported.status, imported.errors) == (0, TOLD)
        ids.append(imported.output.strip())
        exported = orrery("export", ids[-1], "--workspace", WORKSPACE, "-o", str(made), data_dir=folder)
        assert exported.status == 0, exported.errors

    text, held = unpacked(files[1])
    assert held == GIVEN
    assert files[2].read_bytes() == files[1].read_bytes()
    plain = json.loads(orrery("export", ids[0], "--workspace", WORKSPACE, data_dir=folder).output)
    for card in text["cards"]:
        del card["attachments"]
    assert plain == text
    other = archive.with_name("project")
    orrery("export", ids[0], "--files", "--workspace", WORKSPACE, "-o", str(other), data_dir=folder)
    assert other.read_bytes() == files[1].read_bytes()


def test_an_archive_goes_through_a_gateway_by_a_job(tmp_path: Path, archive: Path) -> None:
    odd = tmp_path / "odd.zip"
    odd.write_bytes(packed({**PLAN, "cards": [*PLAN["cards"], {"title": ""}]}))
    with serving(tmp_path / "served") as gateway:
        token = str(register(gateway).token)

        def run(*arguments: str) -> Any:
            through = ("--workspace", WORKSPACE, "--url", gateway.url)
            return orrery(*arguments, *through, data_dir=tmp_path, ORRERY_TOKEN=token)

        imported = run("import", str(archive))
        assert (imported.status, imported.errors) == (0, TOLD)
        exported = run("export", imported.output.strip(), "-o", str(tmp_path / "made.zip"))
        assert exported.status == 0, exported.errors
        refused = run("import", str(odd))
        mended = run("import", str(odd), "--mend")

    assert unpacked(tmp_path / "made.zip")[1] == GIVEN
    assert_one_sentence(refused, "cards.2.title")
    assert mended.errors.splitlines() == [
        "Changed or left out: cards.2.title: is Untitled now, as it must have at least 1 characters.",
        "Imported Plates: 2 columns, 3 cards and 3 files.",
    ]


def damaged(archive: bytes, content: bytes) -> bytes:
    """The archive with one bit of a file's packed bytes turned over."""
    at = archive.index(content)
    return archive[:at] + bytes([archive[at] ^ 1]) + archive[at + 1 :]


LONE = {"project": {"name": "Lone"}, "cards": [{"title": "x", "attachments": [{"name": "a", "file": "files/a"}]}]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (packed()[:-10], "damaged"),
        (packed()[: len(packed()) // 2], "damaged"),
        (packed().replace(b"PK\x01\x02", b"PK\x01\x03"), "damaged"),
        (packed(b"[", {}), "not valid JSON"),
        (packed(b"", {}), "empty"),
        (packed().replace(b"project.json", b"project.text"), "no project.json"),
        (packed(b'{"project": {"name": "x"}}' + b" " * 64 * 1024 * 1024, {}), "project.json is larger than 67108864"),
        (packed(LONE, {"files/a": bytes(10 * 1024 * 1024 + 1)}), "cards.0.attachments.0: is larger than 10485760"),
    ],
    ids=["cut", "half", "list", "text", "empty", "another", "bomb", "file bomb"],
)
def test_an_archive_that_cannot_be_read_is_told_in_one_sentence(
    content: bytes, said: str, folder: Path, archive: Path
) -> None:
    archive.write_bytes(content)

    assert_one_sentence(orrery("import", str(archive), "--workspace", WORKSPACE, data_dir=folder), said)


def test_an_archive_with_a_damaged_file_leaves_nothing_behind(folder: Path, archive: Path) -> None:
    content = os.urandom(1_000)
    archive.write_bytes(damaged(packed(LONE, {"files/a": content}, zipfile.ZIP_STORED), content))

    imported = orrery("import", str(archive), "--workspace", WORKSPACE, data_dir=folder)
    exported = orrery("export", "--project", "Lone", "--workspace", WORKSPACE, data_dir=folder)

    assert_one_sentence(imported, "damaged", "files/a")
    assert_one_sentence(exported, "Lone", "not found")


def test_the_quota_holds_over_the_data_folder(folder: Path, archive: Path) -> None:
    imported = orrery("import", str(archive), "--workspace", WORKSPACE, data_dir=folder, ORRERY_STORAGE_QUOTA="10KB")

    assert_one_sentence(imported, "no room for it within its storage quota")
