"""Templates: built in or made of a project, and the projects that begin with one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from models import Activity, Card, Column, CustomField, Label, Project, Scope, Template
from models.base import collection, utc_now
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.template import TemplateCreateFromProject
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.lane.card_place import BY_RANK
from resolvers.project.project import create_project
from resolvers.template import read as template_read
from resolvers.template.builtin import BUILT_IN
from resolvers.template.template import create_template, delete_template, list_templates
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.conftest import Register
from tests.resolvers.custom import make_fields
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import again, event_types, events
from tests.resolvers.projects import Board, make_board


async def begin(ctx: Context, workspace: Any, template: str) -> Any:
    values = {"workspaceId": workspace["_id"], "name": "New", "template": template}
    return (await create_project(again(ctx), read_input(ProjectCreate, values))).value


async def save(board: Board, **values: Any) -> Any:
    given = {"projectId": board.project["_id"], "name": "Pattern", **values}
    return (await create_template(board.ctx, read_input(TemplateCreateFromProject, given))).value


async def inside(model: Any, project: Any) -> list[Any]:
    found: list[Any] = await collection(model).find({"project_id": project["_id"]}).sort("_id", 1).to_list()
    return found


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=2)


@pytest.mark.parametrize("key", BUILT_IN)
async def test_a_project_begins_with_all_of_a_built_in_template(key: str, owner: Context, workspace: Any) -> None:
    content = BUILT_IN[key]["content"]

    project = await begin(owner, workspace, key)

    columns, cards = await inside(Column, project), await inside(Card, project)
    scopes, labels = await inside(Scope, project), await inside(Label, project)
    assert [one["name"] for one in columns] == [one["name"] for one in content["columns"]]
    assert [one["name"] for one in scopes] == [one["name"] for one in content["scopes"]]
    assert {one["name"] for one in labels} == {one["name"] for one in content["labels"]}
    assert [one["title"] for one in cards] == [one["title"] for one in content["cards"]]
    for card, given in zip(cards, content["cards"], strict=True):
        column = columns[given["column"]]
        assert (card["column_id"], card["scope_id"]) == (column["_id"], column["scope_id"])
        assert [item["title"] for item in card["checklist"]] == given["checklist"]
    fields = await inside(CustomField, project)
    assert [one["name"] for one in fields] == [one["name"] for one in content["custom_fields"]]


async def test_everything_is_told_as_if_it_were_made_one_by_one(owner: Context, workspace: Any) -> None:
    before = len(await event_types(workspace["_id"]))

    project = await begin(owner, workspace, "launch")

    told = (await events(workspace["_id"]))[before:]
    types = [event["type"] for event in told]
    content = BUILT_IN["launch"]["content"]
    assert types[:2] == ["ProjectCreated", "ProjectMemberAdded"]
    for type_, name in (
        ("ScopeCreated", "scopes"),
        ("ColumnCreated", "columns"),
        ("LabelCreated", "labels"),
        ("CustomFieldCreated", "custom_fields"),
        ("CardCreated", "cards"),
    ):
        assert types.count(type_) == len(content[name]), type_
    assert {event["project_id"] for event in told} == {project["_id"]}
    orders = [event["data"]["order"] for event in told if event["type"] == "ColumnCreated"]
    assert orders == [0, 1, 2, 0, 1, 2, 0, 1, 2, 3, 0, 1, 2]
    activities = await collection(Activity).find({"project_id": project["_id"], "type": "card_created"}).to_list()
    assert len(activities) == len(content["cards"])


async def test_a_project_that_was_saved_begins_again_with_its_cards(board: Board, workspace: Any) -> None:
    # Given a project with everything: dates, labels, steps, values, and a card that is archived
    scope = await board.scope("Phase")
    inner = await board.column("Inner", scope["_id"])
    bug = await board.label("bug")
    fields = await make_fields(board)
    start = utc_now() + timedelta(days=100)
    full = await board.card(
        None,
        columnId=inner["_id"],
        title="Full",
        description="Text",
        priority="high",
        labelIds=[bug["_id"]],
        checklist=[{"title": "Step", "done": True}],
        startDate=start.isoformat(),
        dueDate=(start + timedelta(days=5)).isoformat(),
    )
    await fields.set(full, {"Level": "High", "Tags": ["x"]})
    await board.update(await board.card(0, title="Gone"), archived=True)

    # When it is saved with its cards, and a project begins with that
    saved = await save(board, includeCards=True)
    project = await begin(board.caller, workspace, str(saved["_id"]))

    # Then it is all there, with ids of its own, the first date today and nothing done
    cards = {card["title"]: card for card in await inside(Card, project)}
    [new_scope], [new_label] = await inside(Scope, project), await inside(Label, project)
    columns = {column["name"]: column for column in await inside(Column, project)}
    assert "Gone" not in cards
    card = cards["Full"]
    assert {card["_id"], card["column_id"], card["scope_id"]}.isdisjoint({full["_id"], inner["_id"], scope["_id"]})
    assert (card["column_id"], card["scope_id"]) == (columns["Inner"]["_id"], new_scope["_id"])
    assert (card["description"], card["priority"], card["label_ids"]) == ("Text", 3, [new_label["_id"]])
    assert [(item["title"], item["done"]) for item in card["checklist"]] == [("Step", False)]
    assert card["start_date"] == project["created_at"].replace(hour=0, minute=0, second=0, microsecond=0)
    assert card["due_date"] - card["start_date"] == timedelta(days=5)
    by_name = {field["name"]: field for field in await inside(CustomField, project)}
    level, tags = by_name["Level"], by_name["Tags"]
    high = next(option["id"] for option in level["options"] if option["label"] == "High")
    assert card["custom_values"] == {str(level["_id"]): high, str(tags["_id"]): [tags["options"][0]["id"]]}
    assert level["_id"] != fields.id("Level")


async def test_what_is_never_due_is_never_due_in_a_project_of_its_template(board: Board, workspace: Any) -> None:
    await board.card(0, title="Past", dueDate="1970-01-01")
    await board.card(0, title="Never", dueDate="9999-12-31")

    project = await begin(board.caller, workspace, str((await save(board, includeCards=True))["_id"]))

    dates = {card["title"]: card["due_date"] for card in await inside(Card, project)}
    assert dates["Never"] == datetime(9999, 12, 31, tzinfo=UTC)


async def test_cards_stay_behind_unless_they_are_wanted(board: Board, workspace: Any) -> None:
    await board.card(0)

    saved = await save(board)
    project = await begin(board.caller, workspace, str(saved["_id"]))

    assert await inside(Card, project) == []
    columns = await collection(Column).find({"project_id": project["_id"]}).sort(BY_RANK).to_list()
    assert [one["name"] for one in columns] == ["Column 0", "Column 1"]


async def test_templates_are_listed_with_the_built_in_ones_first_and_deleted(
    board: Board, owner: Context, workspace: Any
) -> None:
    second, first = await save(board, name="B", description="Two"), await save(board, name="A")

    listed = await list_templates(again(owner), workspace["_id"])
    await delete_template(again(owner), first["_id"])
    left = await list_templates(again(owner), workspace["_id"])

    assert [one["_id"] for one in listed] == [*BUILT_IN, first["_id"], second["_id"]]
    assert [one["_id"] for one in left] == [*BUILT_IN, second["_id"]]
    assert (await event_types(workspace["_id"]))[-3:] == ["TemplateCreated", "TemplateCreated", "TemplateDeleted"]
    with pytest.raises(NotFound):
        await delete_template(again(owner), first["_id"])


async def test_a_name_that_is_taken_and_a_project_that_is_too_large_are_refused(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(board)
    await board.card(0)
    monkeypatch.setattr(template_read, "MAX_CARDS", 0)

    with pytest.raises(Conflict) as taken:
        await save(board)
    with pytest.raises(Conflict, match="at most 0 open cards"):
        await save(board, name="Large", includeCards=True)

    assert taken.value.details["field"] == "name"


async def test_an_unknown_template_makes_no_project(
    board: Board, owner: Context, workspace: Any, register_person: Register
) -> None:
    saved = await save(board)
    await delete_template(board.ctx, saved["_id"])
    before = await collection(Project).count_documents({"workspace_id": workspace["_id"]})

    for template in ("nothing", str(saved["_id"]), str(new_id(Kind.TEMPLATE)), str(ObjectId()), "0" * 23 + "g"):
        with pytest.raises(BadUserInput) as refused:
            await begin(owner, workspace, template)
        assert refused.value.details["field"] == "template"

    assert await collection(Project).count_documents({"workspace_id": workspace["_id"]}) == before


async def test_a_template_of_another_workspace_is_none(board: Board, workspace: Any, register_person: Register) -> None:
    saved = await save(board)
    stranger = await register_person("stranger")

    with pytest.raises(NotFound):
        await delete_template(again(stranger), saved["_id"])
    with pytest.raises(NotFound):
        await list_templates(again(stranger), workspace["_id"])


async def test_templates_go_with_their_workspace(board: Board, owner: Context, workspace: Any) -> None:
    saved = await save(board)

    await delete_workspace(again(owner), workspace["_id"])

    with pytest.raises(NotFound):
        await delete_template(again(owner), saved["_id"])
    await finish_deletions(owner.services)
    assert await collection(Template).find_one({"_id": saved["_id"]}) is None
