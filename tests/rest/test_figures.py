"""Portfolio, roadmap and templates over REST: what each route answers and refuses, and to whom."""

from typing import Any

import httpx

from tests.rest.conftest import Api, Board, made


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    return (answer.status_code, body["code"], (body.get("details") or {}).get("field"))


async def test_the_portfolio_lists_every_project_with_its_metrics_and_the_totals(api: Api, board: Board) -> None:
    # Given a project with two cards, one of them done, and an empty one
    await made(board.ann, f"{board.path}/columns/{board.done}/cards", title="a")
    card = await made(
        board.ann, f"{board.path}/columns/{board.todo}/cards", title="b", priority="high", dueDate="2030-01-01"
    )
    other = await made(board.ann, f"{board.workspace}/projects", name="Other")

    # When the portfolio is read
    answer = await board.ann.get(f"{board.workspace}/projects/portfolio")

    # Then
    portfolio: dict[str, Any] = answer.json()
    assert answer.status_code == 200
    first, second = portfolio["projects"]
    assert (first["id"], first["name"]) == (board.project_id, "Launch")
    assert first["metrics"] == {
        "total": 2,
        "open": 1,
        "done": 1,
        "archived": 0,
        "overdue": 0,
        "blocked": 0,
        "progress": 0.5,
        "byPriority": {"high": 1, "medium": 0, "low": 0, "none": 0},
        "members": 1,
        "nextDeadline": "2030-01-01T00:00:00.000Z",
        "lastActivityAt": card["updatedAt"],
    }
    assert (second["id"], second["metrics"]["total"]) == (other["id"], 0)
    expected = {**first["metrics"], "projects": 2, "lastActivityAt": second["metrics"]["lastActivityAt"]}
    assert portfolio["totals"] == expected
    stranger = await api.person("stranger@example.com")
    assert refusal(await stranger.get(f"{board.workspace}/projects/portfolio"))[:2] == (404, "NOT_FOUND")
    unknown = await board.ann.get(f"{board.workspace}x/projects/portfolio")
    assert refusal(unknown)[:2] == (404, "NOT_FOUND")


async def test_figures_come_by_the_periods_of_a_range(api: Api, board: Board) -> None:
    # Given a card in work and one that is done
    await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title="a", priority="low")
    await made(board.ann, f"{board.path}/columns/{board.done}/cards", title="b")
    scope = await made(board.ann, f"{board.path}/scopes", name="Phase")

    # When figures are asked for
    answer = await board.ann.get(f"{board.path}/stats", params={"interval": "week"})
    of_scope = await board.ann.get(f"{board.path}/scopes/{scope['id']}/stats")

    # Then
    stats: dict[str, Any] = answer.json()
    assert (answer.status_code, stats["interval"], len(stats["throughput"])) == (200, "week", 12)
    assert stats["cards"] == {"total": 2, "open": 1, "done": 1, "overdue": 0}
    assert stats["throughput"][-1] == {"start": stats["throughput"][-1]["start"], "created": 2, "completed": 1}
    assert stats["burnUp"][-1] == {"at": stats["to"], "scope": 2, "done": 1}
    assert {one["columnId"] for one in stats["byColumn"]} == {board.todo, board.done}
    assert {one["priority"] for one in stats["byPriority"]} == {"low", None}
    assert stats["cycleTime"] == {"count": 0, "medianHours": None, "p85Hours": None, "averageHours": None}
    assert stats["ageing"]["buckets"][0] == {"fromDays": 0, "toDays": 1, "count": 1}
    assert (of_scope.status_code, of_scope.json()["cards"]["total"]) == (200, 0)

    stranger = await api.person("stranger@example.com")
    for path in (f"{board.path}/stats", f"{board.path}/scopes/{scope['id']}/stats"):
        assert refusal(await stranger.get(path))[:2] == (404, "NOT_FOUND")
        for query, field in (
            ({"interval": "hour"}, "interval"),
            ({"from": "yesterday"}, "from"),
            ({"from": "2026-01-02", "to": "2026-01-01"}, "from"),
        ):
            assert refusal(await board.ann.get(path, params=query)) == (400, "BAD_USER_INPUT", field), query


async def test_a_project_begins_with_a_template(api: Api, board: Board) -> None:
    # Given the templates of the workspace, one of them made of a project
    templates = f"{board.workspace}/projects/templates"
    saved = await made(board.ann, templates, projectId=board.project_id, name="Ours", description="As we do it")

    # When a project begins with it
    project = await made(board.ann, f"{board.workspace}/projects", name="New", template=saved["id"])
    built_in = await made(board.ann, f"{board.workspace}/projects", name="Flow", template="kanban")

    # Then
    listed = (await board.ann.get(templates)).json()
    assert [one["id"] for one in listed] == ["kanban", "scrum", "bug-tracking", "launch", saved["id"]]
    assert [one["builtIn"] for one in listed] == [True] * 4 + [False]
    assert saved["columns"] == [{"name": "To do", "scope": None}, {"name": "Done", "scope": None}]
    assert (saved["createdBy"], saved["cardCount"], saved["description"]) == (board.ann_id, 0, "As we do it")
    for one, names in ((project, ["To do", "Done"]), (built_in, [column["name"] for column in listed[0]["columns"]])):
        columns = (await board.ann.get(f"{board.workspace}/projects/{one['id']}/columns")).json()
        assert [column["name"] for column in columns] == names


async def test_templates_refuse_what_they_cannot_be_made_of(api: Api, board: Board) -> None:
    templates = f"{board.workspace}/projects/templates"
    saved = await made(board.ann, templates, projectId=board.project_id, name="Ours")
    await made(board.ann, "/orgs/acme/workspaces", name="Other", slug="other")
    foreign = await made(board.ann, "/orgs/acme/workspaces/other/projects", name="Far")
    stranger = await api.person("stranger@example.com")

    for body, expected in (
        ({"projectId": board.project_id}, (400, "BAD_USER_INPUT", "name")),
        ({"projectId": "x", "name": "A"}, (400, "BAD_USER_INPUT", "projectId")),
        ({"projectId": board.project_id, "name": "A", "includeCards": 1}, (400, "BAD_USER_INPUT", "includeCards")),
        ({"projectId": board.project_id, "name": "Ours"}, (409, "CONFLICT", "name")),
        ({"projectId": foreign["id"], "name": "A"}, (404, "NOT_FOUND", None)),
    ):
        assert refusal(await board.ann.post(templates, json=body)) == expected, body
    begun = await board.ann.post(f"{board.workspace}/projects", json={"name": "A", "template": "waterfall"})
    assert refusal(begun) == (400, "BAD_USER_INPUT", "template")
    elsewhere = {"name": "A", "template": saved["id"]}
    begun = await board.ann.post("/orgs/acme/workspaces/other/projects", json=elsewhere)
    assert refusal(begun) == (400, "BAD_USER_INPUT", "template")
    away = f"/orgs/acme/workspaces/other/projects/templates/{saved['id']}"
    assert refusal(await board.ann.delete(away))[:2] == (404, "NOT_FOUND")
    for answer in (
        await stranger.get(templates),
        await stranger.post(templates, json={"projectId": board.project_id, "name": "B"}),
        await stranger.delete(f"{templates}/{saved['id']}"),
    ):
        assert refusal(answer)[:2] == (404, "NOT_FOUND")
    assert refusal(await board.ann.delete(f"{templates}/kanban")) == (400, "BAD_USER_INPUT", "templateId")


async def test_a_roadmap_shows_dates_and_what_waits_for_what(api: Api, board: Board) -> None:
    # Given a deadline, a scope, and two cards of which one waits for the other
    await board.ann.patch(board.path, json={"deadline": "2031-01-01"})
    scope = await made(board.ann, f"{board.path}/scopes", name="Phase", endDate="2030-06-01")
    cards = f"{board.path}/columns/{board.todo}/cards"
    first = await made(board.ann, cards, title="a", startDate="2030-01-01", dueDate="2030-01-11")
    second = await made(board.ann, cards, title="b", startDate="2030-01-05")
    relation = f"{board.path}/cards/{first['id']}/relations"
    await made(board.ann, relation, targetCardId=second["id"], type="blocks")

    # When
    answer = await board.ann.get(f"{board.path}/roadmap")

    # Then
    roadmap: dict[str, Any] = answer.json()
    assert answer.status_code == 200
    assert (roadmap["start"], roadmap["end"]) == ("2030-01-01T00:00:00.000Z", "2030-06-01T00:00:00.000Z")
    assert roadmap["scopes"] == [
        {
            "scopeId": scope["id"],
            "start": None,
            "end": "2030-06-01T00:00:00.000Z",
            "derived": True,
            "progress": 0.0,
            "late": False,
        }
    ]
    assert [(one["cardId"], one["blocked"], one["step"]) for one in roadmap["cards"]] == [
        (first["id"], False, 0),
        (second["id"], True, 1),
    ]
    assert roadmap["dependencies"] == [{"blockerId": first["id"], "blockedId": second["id"], "violated": True}]
    assert [(one["title"], one["scopeId"]) for one in roadmap["milestones"]] == [
        ("Phase", scope["id"]),
        ("Launch", None),
    ]
    assert (roadmap["criticalPath"], roadmap["truncated"]) == ([first["id"], second["id"]], False)
    stranger = await api.person("stranger@example.com")
    assert refusal(await stranger.get(f"{board.path}/roadmap"))[:2] == (404, "NOT_FOUND")
    bad = await board.ann.get(f"{board.workspace}/projects/nothing/roadmap")
    assert refusal(bad) == (400, "BAD_USER_INPUT", "projectId")
