"""What is compressed: what everybody is answered alike, and nothing that may hold a secret."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers

from serving.compressed import takes_gzip
from tests.gateway.lab import Board, Lab
from tests.gateway.test_pages import built, client

__all__ = ["built"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("x-gzip", True),
        ("gzip; q=0", False),
        ("gzip;q=0.000", False),
        ("br", False),
        ("gzipped", False),
        ("", False),
    ],
)
def test_a_client_says_whether_it_takes_gzip(accept: str, expected: bool) -> None:
    assert takes_gzip(Headers({"accept-encoding": accept})) is expected


async def test_the_openapi_document_is_compressed_for_whoever_takes_it(lab: Lab) -> None:
    http = lab.client()

    plain = await http.get("/api/docs/openapi.json", headers={"accept-encoding": "identity"})
    packed = await http.get("/api/docs/openapi.json", headers={"accept-encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) * 5 < int(plain.headers["content-length"])
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


async def test_a_file_of_the_pages_is_compressed_and_found_anew_where_it_has_changed(built: Path) -> None:
    file = built / "assets" / "graphiql-1a2b3c4d.js"
    text = "export const a = 1;\n" * 200
    file.write_text(text)
    async with client(built) as http:
        address = "/_web/assets/graphiql-1a2b3c4d.js"
        packed = await http.get(address, headers={"accept-encoding": "gzip"})
        head = await http.head(address, headers={"accept-encoding": "gzip"})
        plain = await http.get(address, headers={"accept-encoding": "identity"})
        part = await http.get(address, headers={"accept-encoding": "gzip", "range": "bytes=0-5"})
        file.write_text("export {};\n")
        os.utime(file, (1, 1))
        changed = await http.get(address, headers={"accept-encoding": "gzip"})

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(gzip.compress(text.encode(), 6, mtime=0))
    assert packed.text == plain.text == text
    assert head.headers["content-length"] == packed.headers["content-length"]
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.headers["cache-control"] == plain.headers["cache-control"]
    assert {one.headers["vary"] for one in (packed, plain, part, changed)} == {"Accept-Encoding"}
    assert (part.status_code, part.text) == (206, "export")
    assert changed.text == "export {};\n"


async def test_an_answer_to_a_caller_is_never_compressed(board: Board) -> None:
    gzipped = {"accept-encoding": "gzip"}
    text = "a secret beside what somebody else wrote " * 200
    card = await board.card("One", description=text[:5000])
    query: dict[str, Any] = {"query": "query ($id: ID!) { card(id: $id) { description } }", "variables": {"id": card}}

    answers = [
        await board.ann.http.post("/graphql", json=query, headers=gzipped),
        await board.ann.http.get(
            "/graphql", params={"query": query["query"], "variables": json.dumps({"id": card})}, headers=gzipped
        ),
        await board.ann.http.get("/auth/export", headers=gzipped),
    ]

    assert [one.headers.get("content-encoding") for one in answers] == [None] * len(answers)
    assert len(answers[0].content) > 4000
