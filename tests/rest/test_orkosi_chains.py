"""What Orkosi's clients read back, by another route than that by which they wrote it."""

from typing import Any

import httpx
import pytest

from tests.rest.conftest import PASSWORD, Api, Board, made
from tests.rest.story import ask_orkosi, base_of
from tests.rest.told import told
from tests.world.paths import ORKOSI


async def test_the_inbox_is_no_product_wherever_products_are_told(board: Board) -> None:
    # Given a task that is done and has no product
    ann, base = board.ann, base_of(board)
    task = await ask_orkosi(ann, "POST", base + "/tasks", 201, title="Polish", status="done")

    # When
    [entry] = await ask_orkosi(ann, "GET", f"{base}/changelog?task_id={task['id']}")
    feed = (await ann.get(base + "/changelog/feed")).text
    found = await ask_orkosi(ann, "GET", base + "/search?q=inbox")
    products = await ask_orkosi(ann, "GET", base + "/products")

    # Then
    assert (task["product"], entry["product"], entry["product_id"]) == (None, None, None)
    assert "Polish" in feed
    assert "Inbox" not in feed
    assert found["products"] == []
    assert (await ask_orkosi(ann, "GET", base + "/dashboard"))["counts"]["products"] == len(products)
    assert (await ask_orkosi(ann, "GET", base + "/dashboard/stats"))["products"] == len(products)
    checks = (await ask_orkosi(ann, "GET", base + "/system/health"))["products"]["checks"]
    assert max(check["checked"] for check in checks) == len(products)


async def test_a_task_that_there_is_not_has_no_entry_of_the_changelog(board: Board) -> None:
    assert await ask_orkosi(board.ann, "GET", base_of(board) + "/changelog?task_id=999999") == []


async def test_members_of_an_organization_are_its_people(board: Board) -> None:
    # Given
    ann, base = board.ann, base_of(board)
    await ask_orkosi(ann, "POST", base + "/agents", name="felix")
    [organization] = [each for each in await ask_orkosi(ann, "GET", base + "/organizations") if each["slug"] == "acme"]
    one = f"{base}/organizations/{organization['id']}"
    await ask_orkosi(ann, "POST", one + "/api-keys", 201, name="CI")

    # When
    members = await ask_orkosi(ann, "GET", one + "/members")

    # Then
    assert [member["email"] for member in members] == ["ann@example.com"]
    assert (await ask_orkosi(ann, "GET", one))["member_count"] == organization["member_count"] == 1


async def test_what_is_recorded_is_found_by_the_word_that_it_was_recorded_by(board: Board) -> None:
    # Given
    ann, base = board.ann, base_of(board)
    log, felix = base + "/activity-log", (await ask_orkosi(ann, "POST", base + "/agents", name="felix"))["agent"]
    recorded = [
        await ask_orkosi(ann, "POST", log, 201, actor_type=kind, actor_id=who, action="deploy")
        for kind, who in (("agent", "felix"), ("user", "me"), ("system", "cron"))
    ]
    by_agent, by_person, by_nobody = ([activity["id"]] for activity in recorded)

    async def found(query: str) -> list[Any]:
        return [activity["id"] for activity in await ask_orkosi(ann, "GET", f"{log}?action=deploy&{query}")]

    # Then
    assert await found("actor_type=agent&actor_id=felix") == await found("actor_id=felix") == by_agent
    assert await found(f"actor_type=agent&actor_id={felix['id']}") == by_agent
    assert await found(f"actor_id={recorded[0]['actor_id']}") == by_agent
    assert await found("actor_type=user&actor_id=me") == by_person
    assert await found("actor_type=system&actor_id=cron") == by_nobody
    assert await found("actor_id=nobody") == await found("actor_id=99999999999999999999") == []


async def test_a_queue_that_nothing_was_put_into_has_no_jobs(board: Board) -> None:
    base = base_of(board)

    assert await ask_orkosi(board.ann, "GET", base + "/bull-queue/mails/jobs") == []
    job = await ask_orkosi(
        board.ann, "POST", base + "/bull-queue/submit", 201, queue="mails", name="send", data={"to": 1}
    )
    assert await ask_orkosi(board.ann, "GET", base + "/bull-queue/mails/jobs?start=0&end=-1") == [job]


@pytest.mark.parametrize("data", [{"x": "y" * 300_000}, {"$where": 1}])
@pytest.mark.parametrize(
    ("path", "field", "body"),
    [
        ("/task-queue/submit", "payload", {"task_type": "mail"}),
        ("/bull-queue/submit", "data", {"queue": "mails", "name": "send"}),
        ("/bull-queue/submit-scheduled", "data", {"queue": "mails", "name": "send", "delay": 1000}),
    ],
)
async def test_data_that_no_job_takes_is_at_fault_by_the_name_that_it_was_sent_by(
    board: Board, path: str, field: str, body: dict[str, Any], data: dict[str, Any]
) -> None:
    answer = await board.ann.post(base_of(board) + path, json={**body, field: data})

    assert (answer.status_code, told(answer).details["field"]) == (400, field)


async def test_a_person_is_sent_back_as_they_are_shown_with_another_role_alone(board: Board) -> None:
    # Given
    users = base_of(board) + "/users"
    [ann] = await ask_orkosi(board.ann, "GET", users)

    # When
    same = await board.ann.patch(f"{users}/{ann['id']}", json=ann | {"role": "admin"})

    # Then
    assert (same.status_code, same.json()["data"]) == (200, ann)


@pytest.mark.parametrize("registers_with_it", [True, False])
async def test_whoever_is_invited_to_the_organization_of_an_account_works_where_its_owner_does(
    api: Api, registers_with_it: bool
) -> None:
    # Given
    agreed = {"password": PASSWORD, "terms_accepted": True, "privacy_accepted": True}

    async def registered(name: str, **also: str) -> httpx.AsyncClient:
        account = {"username": name, "email": f"{name}@example.com", **agreed, **also}
        return api.client((await made(api.client(), f"{ORKOSI}/auth/register", **account))["token"])

    rui = await registered("rui")
    [organization] = await ask_orkosi(rui, "GET", f"{ORKOSI}/organizations")
    invites = f"{ORKOSI}/organizations/{organization['id']}/invites"
    token = (await ask_orkosi(rui, "POST", invites, 201, email="tom@example.com"))["token"]

    # When
    if registers_with_it:
        tom = await registered("tom", invite_code=token)
    else:
        tom = await registered("tom")
        await ask_orkosi(tom, "POST", f"{ORKOSI}/organizations/invites/{token}/accept")

    # Then
    task = await ask_orkosi(rui, "POST", f"{ORKOSI}/tasks", 201, title="Polish", assignee="tom")
    assert await ask_orkosi(tom, "GET", f"{ORKOSI}/tasks?assignee=me") == [task]
    assert {user["username"] for user in await ask_orkosi(tom, "GET", f"{ORKOSI}/users")} == {"rui", "tom"}


@pytest.mark.parametrize("path", ["/agents", "/v1/public/agents"])
async def test_a_name_of_an_agent_that_is_taken_is_told_as_such(board: Board, path: str) -> None:
    base = base_of(board)
    await ask_orkosi(board.ann, "POST", base + "/agents", name="felix")

    again = await board.ann.post(base + path, json={"name": "felix", "role": "engineer"})

    assert (again.status_code, told(again).details) == (409, {"field": "name"})


@pytest.mark.parametrize(("said", "level"), [("WARNING", "warn"), ("debug", "info"), ("fatal", "error")])
async def test_what_other_loggers_call_a_level_is_the_nearest_one(board: Board, said: str, level: str) -> None:
    line = await ask_orkosi(board.ann, "POST", base_of(board) + "/logs", 201, agent="felix", message="Hot", level=said)

    assert line["level"] == level
