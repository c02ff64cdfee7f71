import json
import mmap
from tempfile import TemporaryFile
from typing import Any

import pytest

from models.errors import BadUserInput
from resolvers.inputs.transfer import ImportedRelation, WholeImport
from resolvers.kit.input import read_input
from resolvers.transfer import read as transfer_read
from resolvers.transfer.read import read_import

WHOLE: dict[str, Any] = {
    "format": "orrery.project",
    "project": {"name": 'Sun, "moon" and {stars}', "description": "back\\slash ]"},
    "members": ["ada@example.com"],
    "columns": [{"name": "To do"}, {"name": "Done"}],
    "cards": [
        {"title": 'A "quoted" [title]', "columnIndex": 0, "checklist": [{"title": "Turn"}, {"title": "Polish"}]},
        {"title": "Ünïcödé 🌍 \n", "comments": [{"content": "a\\"}], "labels": ["x", "y"]},
        {"title": "Plain", "archived": True},
    ],
    "relations": [{"type": "blocks", "source": 0, "target": 1}],
    "documents": [{"title": "Spec", "contentFormat": "tiptap_json", "content": {"type": "doc", "content": []}}],
}


@pytest.mark.parametrize("layout", [{}, {"indent": 3}, {"separators": (",", ":")}, {"ensure_ascii": False}], ids=str)
def test_a_file_reads_entry_by_entry_as_it_would_at_once(layout: dict[str, Any]) -> None:
    text = json.dumps(WHOLE, **layout).encode()

    assert read_import(text) == read_input(WholeImport, WHOLE)
    assert read_import(b"\xef\xbb\xbf \n" + text + b" \n") == read_input(WholeImport, WHOLE)
    with TemporaryFile() as file:
        file.write(text)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            assert read_import(mapped) == read_input(WholeImport, WHOLE)


def test_empty_lists_and_missing_ones_are_the_same() -> None:
    text = b'{"cards": [ ], "project": {"name": "x"}, "documents":[]}'

    assert read_import(text) == read_input(WholeImport, {"project": {"name": "x"}})


@pytest.mark.parametrize("cut", range(1, len(json.dumps(WHOLE)), 7))
def test_a_file_that_is_cut_is_refused(cut: int) -> None:
    with pytest.raises(BadUserInput, match="not valid JSON"):
        read_import(json.dumps(WHOLE).encode()[:cut])


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"1",
        b"null",
        b'{"cards": [1,]}',
        b'{"cards": [{} {}]}',
        b'{"cards": [{"title": "x"}',
        b'{"project": {"name": "x"}} {}',
        b'{"project": {"name": "x"},}',
        b"{'project': 1}",
        b'{"project": {"name": "\xff"}}',
        b'{"project": nul}',
        b'{"project": {"name": "\\ud800"}}',
        b'{"cards": [' + b"[" * 5000 + b"]" * 5000 + b"]}",
    ],
)
def test_what_is_no_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(BadUserInput):
        read_import(text)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"cards": [{"title": "x"}, {"title": ""}]}, "cards.1.title"),
        ({"cards": [{"title": "x"}, 1]}, "cards.1"),
        ({"cards": {}}, "cards"),
        ({"cards": None}, "cards"),
        ({"documents": [{"title": "x", "tags": [""]}]}, "documents.0.tags.0"),
        ({"relations": [{"type": "blocks", "source": -1, "target": 0}]}, "relations.0.source"),
        ({"unknown": 1}, "unknown"),
        ({"columns": [{"name": ""}]}, "columns.0.name"),
        ({"version": 2}, "version"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        read_import(json.dumps({"project": {"name": "x"}, **given}).encode())

    assert refused.value.field == field
    assert refused.value.message.startswith(f"{field}: ")


def test_a_name_that_comes_twice_is_refused() -> None:
    for name in ("cards", "members"):
        with pytest.raises(BadUserInput) as refused:
            read_import(f'{{"{name}": [], "{name}": [], "project": {{"name": "x"}}}}'.encode())
        assert refused.value.field == name


def test_limits_hold_before_anything_is_made_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_read, "MAX_PARTS", 1000)
    monkeypatch.setattr(transfer_read, "MAX_ENTRY", 10_000)
    monkeypatch.setitem(transfer_read.LISTS, "relations", (ImportedRelation, 2))
    relation = '{"type": "blocks", "source": 0, "target": 1}'

    for text in (
        '{"cards": [{"title": "x", "checklist": [' + ",".join(["{}"] * 1001) + "]}]}",
        '{"cards": [{"title": "' + "x" * 10_001 + '"}]}',
        '{"project": "' + "x" * 10_001 + '"}',
        '{"relations": [' + ",".join([relation] * 3) + "]}",
    ):
        with pytest.raises(BadUserInput, match=r"more than|at most"):
            read_import(text.encode())
