"""Agents and missions over REST: who drives, and what a wrong turn answers."""

import asyncio

import pytest

from tests.rest.conftest import Api, Board, made


async def test_a_wrong_turn_is_a_conflict_that_names_both_states(board: Board) -> None:
    agent = await made(board.ann, f"{board.workspace}/agents", name="Reviewer", slug="reviewer")
    mission = await made(board.ann, f"{board.workspace}/agents/{agent['id']}/missions", prompt="Review")
    cancel = f"{board.workspace}/missions/{mission['id']}/cancel"
    await made(board.ann, cancel)

    answer = await board.ann.post(cancel)

    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert answer.json()["details"] == {"from": "cancelled", "to": "cancelled"}


async def test_a_person_drives_no_mission(board: Board) -> None:
    answer = await board.ann.post(f"{board.workspace}/missions/claim")

    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


async def test_each_mission_is_claimed_once_however_many_ask(api: Api, board: Board) -> None:
    agent = await made(board.ann, f"{board.workspace}/agents", name="Reviewer", slug="reviewer")
    ids = [
        (await made(board.ann, f"{board.workspace}/agents/{agent['id']}/missions", prompt=f"No. {place}"))["id"]
        for place in range(5)
    ]
    driver = api.client(agent["token"])

    claimed = await asyncio.gather(*(made(driver, f"{board.workspace}/missions/claim") for _ in range(8)))

    assert sorted(one["mission"]["id"] for one in claimed if one["mission"]) == sorted(ids)


async def test_an_agent_reaches_its_own_workspace_alone(api: Api, board: Board) -> None:
    agent = await made(board.ann, f"{board.workspace}/agents", name="Reviewer", slug="reviewer")
    await made(board.ann, "/orgs/acme/workspaces", name="Sales", slug="sales")
    driver = api.client(agent["token"])

    inside = await driver.get(f"{board.workspace}/projects")
    outside = await driver.get("/orgs/acme/workspaces/sales/projects")

    assert (inside.status_code, outside.status_code) == (200, 404)


async def test_a_mission_is_not_found_under_another_workspace(board: Board) -> None:
    agent = await made(board.ann, f"{board.workspace}/agents", name="Reviewer", slug="reviewer")
    mission = await made(board.ann, f"{board.workspace}/agents/{agent['id']}/missions", prompt="Review")
    await made(board.ann, "/orgs/acme/workspaces", name="Sales", slug="sales")

    answer = await board.ann.get(f"/orgs/acme/workspaces/sales/missions/{mission['id']}")

    assert answer.status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=many", "unreadOnly=perhaps"])
async def test_a_query_parameter_out_of_range_is_refused_by_its_name(board: Board, query: str) -> None:
    answer = await board.ann.get(f"/notifications?{query}")

    assert (answer.status_code, answer.json()["details"]["field"]) == (400, query.partition("=")[0])


async def test_a_query_parameter_that_is_not_known_is_ignored(board: Board) -> None:
    answer = await board.ann.get("/notifications?page=2&unreadOnly=true")

    assert (answer.status_code, answer.json()) == (200, [])
