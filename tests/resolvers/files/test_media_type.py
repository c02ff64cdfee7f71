"""What files are taken for, and that nothing which runs in a browser is ever shown in place."""

import pytest

from resolvers.files.media_type import HEAD, may_be_shown, media_of
from tests.resolvers.attaching import PNG

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP = b"PK\x03\x04" + bytes(60)


@pytest.mark.parametrize(
    ("head", "declared", "detected", "served"),
    [
        (PNG, "image/png", "image/png", "image/png"),
        (PNG, "text/html", "image/png", "image/png"),
        (PNG, None, "image/png", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(40), "image/jpeg", "image/jpeg", "image/jpeg"),
        (b"GIF89a" + bytes(30), "", "image/gif", "image/gif"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf", "application/pdf", "application/pdf"),
        (b"Hello", "text/plain", "text/plain", "text/plain"),
        (b"Hello", "text/markdown; charset=utf-8", "text/plain", "text/markdown"),
        (b"a,b\n1,2\n", "text/csv", "text/plain", "text/csv"),
        (b'{"a": 1}', "application/json", "text/plain", "application/json"),
        ("Grüße, BMW und MZ".encode(), "text/plain", "text/plain", "text/plain"),
        (b"BMW is a car", "image/bmp", "text/plain", "text/plain"),
        (("é" * HEAD).encode()[: HEAD - 1] + b"\xc3", "text/plain", "text/plain", "text/plain"),
        (ZIP, "application/zip", "application/zip", "application/zip"),
        (ZIP, DOCX, "application/zip", DOCX),
        (ZIP, "text/html", "application/zip", "application/zip"),
        (b"", "text/plain", None, "text/plain"),
        (b"", "application/json", None, "application/json"),
        (b"", "text/html", None, "application/octet-stream"),
        (b"", "image/png", None, "application/octet-stream"),
        (b"\xfe\xed\x01\x02" * 9, "application/x-ours", None, "application/x-ours"),
        (b"\xfe\xed\x01\x02" * 9, "image/png", None, "application/octet-stream"),
        (b"\xfe\xed\x01\x02" * 9, "text/html", None, "application/octet-stream"),
        (b"\xfe\xed\x01\x02" * 9, "no media type", None, "application/octet-stream"),
        (b"\xfe\xed\x01\x02" * 9, "a/b\r\nset-cookie: x=1", None, "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say(head: bytes, declared: str | None, detected: str | None, served: str) -> None:
    media = media_of(head, declared)

    assert (media.detected, media.served) == (detected, served)


MARKUP = [
    b"<!doctype html><script>alert(1)</script>",
    b"\n\n<HTML><body onload=alert(1)>",
    b"\xef\xbb\xbf<html>",
    b"harmless words first <script>alert(1)</script>",
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    b"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>1</x:script>",
    b"<!-- GIF89a --><img src=x onerror=alert(1)><script/>",
    "<html><script>alert(1)</script>".encode("utf-16"),
    "<html><script>alert(1)</script>".encode("utf-16-be"),
]
DECLARED = [None, "text/plain", "image/png", "image/svg+xml", "text/html", "application/xhtml+xml", "application/pdf"]


@pytest.mark.parametrize("head", MARKUP)
@pytest.mark.parametrize("declared", DECLARED)
def test_markup_is_never_shown_whatever_it_is_called(head: bytes, declared: str | None) -> None:
    media = media_of(head, declared)

    assert not may_be_shown(media.served, media.detected)


@pytest.mark.parametrize(
    "declared", ["text/javascript", "application/javascript", "text/ecmascript", "application/wasm", "text/xsl+xml"]
)
def test_a_script_is_never_served_as_one(declared: str) -> None:
    assert media_of(b"alert(document.cookie);", declared).served == "text/plain"


def shown(head: bytes, declared: str) -> bool:
    media = media_of(head, declared)
    return may_be_shown(media.served, media.detected)


WORDS = b"Use <div> and <script>alert(1)</script> here"
BADGE = b"<!-- a title page -->\n<h1 align='center'>Orrery</h1>\n\nWords."


@pytest.mark.parametrize(
    ("head", "declared", "name", "served"),
    [
        (WORDS, "text/markdown", "README.md", "text/markdown"),
        (BADGE, "text/markdown", "README.md", "text/markdown"),
        (BADGE, "", "README.md", "text/markdown"),
        (BADGE, "application/octet-stream", "README.md", "text/markdown"),
        (WORDS, "text/x-python", "views.py", "text/x-python"),
        (WORDS, None, "views.py", "text/x-python"),
        (WORDS, "text/x-log", "access.log", "text/x-log"),
        (WORDS, None, "access.log", "text/plain"),
        (WORDS, None, "Makefile", "text/plain"),
        (WORDS, "text/csv", "a.csv", "text/csv"),
        (b'{"text": "<b><script>"}', "application/json", "a.json", "application/json"),
        (WORDS, "text/javascript", "a.js", "text/plain"),
        (WORDS, "application/pdf", "a.pdf", "text/plain"),
        (WORDS, "text/html", "a.html", "text/html"),
        (WORDS, None, "a.html", "text/html"),
        (BADGE, None, "a.html", "text/html"),
        (BADGE, None, "a", "text/html"),
        (BADGE, "image/png", "README.md", "text/html"),
    ],
)
def test_a_text_that_speaks_of_a_tag_stays_what_it_is_called_and_is_never_shown(
    head: bytes, declared: str | None, name: str, served: str
) -> None:
    media = media_of(head, declared, name)

    assert media.served == served
    assert not may_be_shown(media.served, media.detected)


def test_what_is_shown_in_place_is_shown_on_the_word_of_its_bytes_alone() -> None:
    assert shown(PNG, "text/html")
    for declared in ("image/png", "image/gif", "application/pdf", "video/mp4", "audio/mpeg", "text/plain"):
        assert not shown(b"\xfe\xed\x01\x02" * 9, declared)
