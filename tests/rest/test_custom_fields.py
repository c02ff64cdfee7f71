"""Custom fields over REST: what each route takes and answers, what it refuses, and to whom."""

from typing import Any

import httpx
import pytest

from tests.rest.conftest import Api, Board, made


async def select(board: Board, **values: Any) -> dict[str, Any]:
    given = {"name": "Level", "type": "select", "options": ["Low", {"label": "High", "color": "#FF0000"}], **values}
    return await made(board.ann, f"{board.path}/custom-fields", **given)


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    return (answer.status_code, body["code"], (body.get("details") or {}).get("field"))


async def test_a_field_is_created_and_listed(board: Board) -> None:
    await made(board.ann, f"{board.path}/custom-fields", name="Note", type="text")

    field = await select(board)

    options = field.pop("options")
    assert [(one["label"], one["color"]) for one in options] == [("Low", "#6b7280"), ("High", "#ff0000")]
    shown = {name: field[name] for name in ("name", "type", "order", "projectId")}
    assert shown == {"name": "Level", "type": "select", "order": 1, "projectId": board.project_id}
    listed = (await board.ann.get(f"{board.path}/custom-fields")).json()
    assert listed[1] == {**field, "options": options}
    assert [one["name"] for one in listed] == ["Note", "Level"]


async def test_a_definition_that_is_none_is_refused(board: Board) -> None:
    fields = f"{board.path}/custom-fields"
    field = await select(board)

    for body, expected in (
        ({"name": "X", "type": "colour"}, (400, "BAD_USER_INPUT", "type")),
        ({"type": "text"}, (400, "BAD_USER_INPUT", "name")),
        ({"name": "X", "type": "text", "projectId": board.project_id}, (400, "BAD_USER_INPUT", None)),
        ({"name": "Level", "type": "text"}, (409, "CONFLICT", "name")),
    ):
        answer = await board.ann.post(fields, json=body)
        assert refusal(answer)[:2] == expected[:2], answer.text
        assert expected[2] is None or refusal(answer)[2] == expected[2]
    answer = await board.ann.patch(f"{fields}/{field['id']}", json={"onIncompatible": "maybe"})
    assert refusal(answer) == (400, "BAD_USER_INPUT", "onIncompatible")
    assert refusal(await board.ann.delete(f"{fields}/nothing")) == (400, "BAD_USER_INPUT", "fieldId")


async def test_a_change_tells_what_became_of_the_values(board: Board) -> None:
    field = await select(board)
    card = await made(board.ann, f"{board.path}/cards", title="A")
    values = f"{board.path}/cards/{card['id']}/custom-fields"
    await board.ann.patch(values, json={field["id"]: "High"})
    address = f"{board.path}/custom-fields/{field['id']}"

    refused = await board.ann.patch(address, json={"options": ["Low"]})
    changed = await board.ann.patch(address, json={"options": ["Low"], "name": "Risk", "onIncompatible": "clear"})

    assert refusal(refused) == (409, "CONFLICT", "onIncompatible")
    assert refused.json()["details"]["affectedCards"] == 1
    body = changed.json()
    counts = [body[name] for name in ("affectedCards", "clearedValues", "convertedValues")]
    assert (changed.status_code, body["name"], counts) == (200, "Risk", [1, 1, 0])
    assert body["options"] == field["options"][:1]
    assert (await board.ann.get(f"{board.path}/cards/{card['id']}")).json()["customFields"] == {}


async def test_values_are_set_by_the_ids_of_their_fields(board: Board) -> None:
    level = await select(board)
    types = {"Note": "text", "Points": "number", "Due": "date", "Sure": "boolean"}
    ids = {
        name: (await made(board.ann, f"{board.path}/custom-fields", name=name, type=type_))["id"]
        for name, type_ in types.items()
    }
    tags = await select(board, name="Tags", type="multi-select")
    card = await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title="A")
    address = f"{board.path}/cards/{card['id']}"
    given = {
        ids["Note"]: "as it is",
        ids["Points"]: 2.5,
        ids["Due"]: "2030-04-01",
        ids["Sure"]: False,
        level["id"]: level["options"][1]["id"],
        tags["id"]: ["High", "Low"],
    }

    answer = await board.ann.patch(f"{address}/custom-fields", json=given)

    assert answer.status_code == 200
    changed = answer.json()
    assert changed["version"] == card["version"] + 1
    assert changed["customFields"] == {
        **given,
        ids["Due"]: "2030-04-01T00:00:00.000Z",
        tags["id"]: [one["id"] for one in tags["options"][::-1]],
    }
    assert (await board.ann.get(address)).json() == changed
    cleared = await board.ann.patch(f"{address}/custom-fields", json={level["id"]: None, tags["id"]: []})
    assert set(cleared.json()["customFields"]) == set(ids.values())
    assert (await board.ann.get(f"{board.path}/cards")).json() == [cleared.json()]


async def test_values_that_are_none_are_refused_and_change_nothing(board: Board) -> None:
    level = await select(board)
    card = await made(board.ann, f"{board.path}/cards", title="A")
    address = f"{board.path}/cards/{card['id']}"

    for body, field in (
        ({level["id"]: "Higher"}, f"customFields.{level['id']}"),
        ({board.todo: "High"}, f"customFields.{board.todo}"),
        ({"x": 1}, "customFields.x"),
    ):
        answer = await board.ann.patch(f"{address}/custom-fields", json=body)
        assert refusal(answer) == (400, "BAD_USER_INPUT", field), answer.text
    assert (await board.ann.get(address)).json() == card


async def test_no_values_change_nothing(board: Board) -> None:
    card = await made(board.ann, f"{board.path}/cards", title="A")

    answer = await board.ann.patch(f"{board.path}/cards/{card['id']}/custom-fields", json={})

    assert (answer.status_code, answer.json()) == (200, card)


async def test_a_deleted_field_takes_its_values_with_it(board: Board) -> None:
    field = await select(board)
    card = await made(board.ann, f"{board.path}/cards", title="A")
    await board.ann.patch(f"{board.path}/cards/{card['id']}/custom-fields", json={field["id"]: "High"})

    answer = await board.ann.delete(f"{board.path}/custom-fields/{field['id']}")

    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert (await board.ann.get(f"{board.path}/custom-fields")).json() == []
    assert (await board.ann.get(f"{board.path}/cards/{card['id']}")).json()["customFields"] == {}
    assert refusal(await board.ann.delete(f"{board.path}/custom-fields/{field['id']}"))[0] == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_field_is_not_found_under_another_project_or_by_a_stranger(api: Api, board: Board, method: str) -> None:
    field = await select(board)
    other = await made(board.ann, f"{board.workspace}/projects", name="Other")
    stranger = await api.person("stranger@example.com")
    body = {"name": "Mine"} if method == "PATCH" else None

    for client, path in ((board.ann, f"{board.workspace}/projects/{other['id']}"), (stranger, board.path)):
        answer = await client.request(method, f"{path}/custom-fields/{field['id']}", json=body)
        assert refusal(answer)[:2] == (404, "NOT_FOUND")
    assert (await board.ann.get(f"{board.path}/custom-fields")).json() == [field]


async def test_a_stranger_reads_and_writes_no_field(api: Api, board: Board) -> None:
    stranger = await api.person("stranger@example.com")
    card = await made(board.ann, f"{board.path}/cards", title="A")

    answers = [
        await stranger.get(f"{board.path}/custom-fields"),
        await stranger.post(f"{board.path}/custom-fields", json={"name": "X", "type": "text"}),
        await stranger.patch(f"{board.path}/cards/{card['id']}/custom-fields", json={}),
    ]

    assert [refusal(one)[:2] for one in answers] == [(404, "NOT_FOUND")] * 3
