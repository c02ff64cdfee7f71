"""Imports by jobs through the gateway: sent by the multipart specification, carried out by a worker."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette

from gateway.database import Database
from gateway.transfers import Transfers
from resolvers.kit.upload import MAX_FILE
from resolvers.transfer import read as transfer_read
from tests.gateway.lab import JSON, Board, Person
from tests.patience import PATIENCE
from tests.resolvers.transfers import TOTAL, large, small_parts

START = """
mutation ($i: ProjectImportStartInput!) {
  projectImportStart(input: $i) { cursor job { id state fileName fileSize progress total workspace { id } } }
}
"""
READ = """
query ($id: ID!) {
  transferJob(id: $id) {
    id state done total progress warnings error { code message field } createdBy { name }
    project { name cards(first: 100) { totalCount } }
  }
}
"""


@pytest.fixture(autouse=True)
async def _working(gateway: Starlette, clean: Database) -> AsyncIterator[None]:
    """A worker as the gateway has one."""
    transfers = Transfers(gateway.state.services)
    await transfers.start()
    yield
    await transfers.stop()


async def start(person: Person, workspace: str, content: bytes, query: str = START) -> JSON:
    """The whole answer to a file."""
    operations = {"query": query, "variables": {"i": {"workspaceId": workspace, "file": None}}}
    sent = {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.i.file"]})}
    answer = await person.http.post("/graphql", data=sent, files={"0": ("large.json", content)})
    body: JSON = answer.json()
    return body


async def ended(person: Person, job: str) -> JSON:
    """The job, once it has ended."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found: JSON = (await person.ask(READ, id=job))["transferJob"]
            if found["state"] in ("DONE", "FAILED"):
                return found
            await asyncio.sleep(0.1)


async def test_a_file_becomes_a_project_by_the_gateways_own_worker(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_parts(monkeypatch)
    content = json.dumps(large()).encode()

    started = (await start(board.ann, board.workspace, content))["data"]["projectImportStart"]

    job = started["job"]
    assert (job["state"], job["fileName"], job["fileSize"], job["progress"]) == (
        "QUEUED",
        "large.json",
        len(content),
        0,
    )
    assert job["workspace"] == {"id": board.workspace}
    done = await ended(board.ann, job["id"])
    assert (done["state"], done["done"], done["total"], done["progress"]) == ("DONE", TOTAL, TOTAL, 1)
    assert done["project"] == {"name": "Large", "cards": {"totalCount": len(large()["cards"])}}
    assert (done["createdBy"], done["warnings"], done["error"]) == ({"name": "Ann"}, [], None)
    listed = await board.ann.ask(
        "query ($id: ID!) { node(id: $id) { ... on Workspace { name } ... on TransferJob { state } } }", id=job["id"]
    )
    assert listed == {"node": {"state": "DONE"}}


async def test_a_project_may_be_larger_than_other_files(board: Board) -> None:
    wide: dict[str, Any] = {"project": {"name": "Wide"}, "documents": [{"title": "x", "content": "y" * 900_000}] * 12}
    content = json.dumps(wide).encode()
    assert MAX_FILE < len(content) < transfer_read.MAX_TEXT

    started = await start(board.ann, board.workspace, content)

    done = await ended(board.ann, started["data"]["projectImportStart"]["job"]["id"])
    assert (done["state"], done["total"]) == ("DONE", 12)


async def test_what_also_takes_other_files_takes_no_larger_ones(board: Board) -> None:
    both = """
    mutation ($i: ProjectImportStartInput!) {
      projectImportStart(input: $i) { cursor }
      other: projectCreate(input: {workspaceId: "x", name: "x"}) { cursor }
    }
    """

    refused = await start(board.ann, board.workspace, b"{" + b" " * MAX_FILE + b"}", both)

    assert refused["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


async def test_a_file_that_is_wrong_is_told_by_its_place(board: Board) -> None:
    content = json.dumps({"project": {"name": "x"}, "cards": [{"title": "a", "columnIndex": 9}]}).encode()

    started = await start(board.ann, board.workspace, content)

    failed = await ended(board.ann, started["data"]["projectImportStart"]["job"]["id"])
    assert (failed["state"], failed["project"]) == ("FAILED", None)
    assert failed["error"]["code"] == "BAD_USER_INPUT"
    assert failed["error"]["field"] == "cards.0.columnIndex"
