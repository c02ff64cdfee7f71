"""Imports that run by themselves over REST: each route's request, answer, bad input and denial."""

import json
from typing import Any

import httpx
import pytest

from models import TransferJob
from models.base import collection
from resolvers.kit.context import Services
from tests.resolvers.transfers import TOTAL, large, run
from tests.rest.conftest import Api, Board


@pytest.fixture
def path(board: Board) -> str:
    """The path of the workspace's imports."""
    return f"{board.path.rpartition('/')[0]}/import/jobs"


async def send(client: httpx.AsyncClient, path: str, content: Any = None) -> httpx.Response:
    sent = content if isinstance(content, bytes) else json.dumps(large() if content is None else content).encode()
    return await client.post(path, files={"file": ("../large.json", sent, "application/json")})


async def test_an_import_is_taken_carried_out_and_read(board: Board, path: str, services: Services) -> None:
    taken = await send(board.ann, path)

    job = taken.json()
    assert taken.status_code == 202
    assert (job["state"], job["fileName"], job["total"], job["projectId"]) == ("queued", "large.json", None, None)
    stored = await collection(TransferJob).find_one({})
    assert stored is not None
    await run(services, stored)
    done = (await board.ann.get(f"{path}/{job['id']}")).json()
    assert (done["state"], done["done"], done["total"], done["error"]) == ("done", TOTAL, TOTAL, None)
    exported = await board.ann.get(f"{path.removesuffix('/import/jobs')}/{done['projectId']}/export")
    assert len(exported.json()["cards"]) == len(large()["cards"])
    assert (await board.ann.get(path)).json() == [done]


async def test_a_failed_import_says_where_its_file_is_wrong(board: Board, path: str, services: Services) -> None:
    wrong = {"project": {"name": "x"}, "cards": [{"title": "x"}, {"title": ""}]}
    job = (await send(board.ann, path, wrong)).json()
    stored = await collection(TransferJob).find_one({})
    assert stored is not None
    await run(services, stored)

    failed = (await board.ann.get(f"{path}/{job['id']}")).json()

    assert failed["state"] == "failed"
    assert (failed["error"]["code"], failed["error"]["field"]) == ("BAD_USER_INPUT", "cards.1.title")


async def test_an_import_with_an_odd_card_comes_where_that_is_wished(
    board: Board, path: str, services: Services
) -> None:
    odd = {"project": {"name": "x"}, "cards": [{"title": "x"}, {"title": "", "priority": "Critical", "points": 5}]}
    at_once = path.removesuffix("/jobs")

    refused = await board.ann.post(at_once, json=odd)
    unknown = await board.ann.post(f"{at_once}?onOddItem=ignore", json=odd)
    plain = await board.ann.post(f"{at_once}?onOddItem=refuse", json={"project": {"name": "x"}})
    done = await board.ann.post(f"{at_once}?onOddItem=mend", json=odd)
    job = (await send(board.ann, f"{path}?onOddItem=mend", odd)).json()
    stored = await collection(TransferJob).find_one({})
    assert stored is not None
    await run(services, stored)
    ended = (await board.ann.get(f"{path}/{job['id']}")).json()

    assert (refused.status_code, refused.json()["details"]["field"]) == (400, "cards.1.title")
    assert (unknown.status_code, unknown.json()["details"]["field"]) == (400, "onOddItem")
    assert not {"notes", "notesOmitted"} & plain.json().keys()
    told = [("cards.1.points", "left_out"), ("cards.1.title", "replaced")]
    assert (done.status_code, [(one["place"], one["code"]) for one in done.json()["notes"]]) == (201, told)
    assert (ended["state"], [(one["place"], one["code"]) for one in ended["notes"]]) == ("done", told)
    assert done.json()["notesOmitted"] == ended["notesOmitted"] == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"files": {"file": ("a.json", b"[]")}}, 400),
        ({"files": {"other": ("a.json", b"{}")}}, 400),
        ({"files": {"file": ("", b"{}")}}, 400),
        ({"json": {"project": {"name": "x"}}}, 415),
    ],
)
async def test_what_is_no_file_of_a_project_is_refused(
    board: Board, path: str, sent: dict[str, Any], status: int
) -> None:
    assert (await board.ann.post(path, **sent)).status_code == status
    assert await collection(TransferJob).count_documents({}) == 0


async def test_a_fourth_import_waits_for_its_sender(board: Board, path: str) -> None:
    answers = [await send(board.ann, path, {"project": {"name": "x"}}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 409]


async def test_who_is_no_member_finds_no_import(api: Api, board: Board, path: str) -> None:
    job = (await send(board.ann, path)).json()
    eve = await api.person("eve@example.com")

    assert (await eve.get(f"{path}/{job['id']}")).status_code == 404
    assert (await eve.get(path)).status_code == 404
    assert (await send(eve, path)).status_code == 404
    assert (await board.ann.get(f"{path}/{'0' * 24}")).status_code in (400, 404)
