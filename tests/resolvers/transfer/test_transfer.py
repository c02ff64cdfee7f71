from typing import Any

import pytest

from gateway.database import Database
from models import Activity, Card, Column, Notification
from models.base import collection
from models.errors import BadUserInput, NotFound
from models.ids import Kind, new_id
from models.records import WorkspaceRecord
from realtime.writer import EVENTS_AT_ONCE
from resolvers.card.card import delete_card
from resolvers.card.graph import labels_of_project
from resolvers.inputs.transfer import ProjectImport
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.notification.follow import follow
from resolvers.transfer import export as transfer_export
from resolvers.transfer.transfer import export_project, import_project, open_export
from tests.resolvers.lab import People, again, events
from tests.resolvers.projects import Board, make_board
from tests.resolvers.traffic import traffic

WHOLE: dict[str, Any] = {
    "project": {"name": "Orrery", "description": "Brass", "deadline": "2026-12-24"},
    "columns": [{"name": "To do"}, {"name": "Done"}, {"name": "Done"}],
    "cards": [
        {
            "title": "Sun",
            "columnIndex": 1,
            "description": "Gilded",
            "priority": "high",
            "startDate": "2026-01-01T10:00:00+02:00",
            "dueDate": "2026-02-01",
            "labels": ["brass", "large", "brass"],
            "checklist": [{"title": "Turn", "done": True}, {"title": "Polish"}],
        },
        {"title": "Mercury", "columnIndex": 1, "archived": True, "labels": ["small"]},
        {"title": "Venus", "columnIndex": 1, "labels": ["small", "brass"]},
        {"title": "Earth", "columnIndex": 0},
        {"title": "Comet"},
    ],
}


def imported(**changes: Any) -> ProjectImport:
    return read_input(ProjectImport, WHOLE | changes)


async def bring(owner: Context, workspace: WorkspaceRecord, values: ProjectImport) -> Board:
    project = (await import_project(again(owner), workspace["_id"], values)).value
    columns = await collection(Column).find({"project_id": project["_id"]}).sort("rank", 1).to_list()
    return Board(owner, project, columns)


async def test_what_is_exported_equals_what_was_imported_and_can_be_imported_again(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    first = await bring(owner, workspace, imported())
    exported = await export_project(first.ctx, first.project["_id"])

    again_imported = await bring(owner, workspace, read_input(ProjectImport, exported))

    assert await export_project(first.ctx, again_imported.project["_id"]) == exported
    plain = {"kind": None, "prompt": None, "requiresApproval": False}
    assert exported["columns"] == [{**plain, **column} for column in WHOLE["columns"]]
    assert [card["title"] for card in exported["cards"]] == ["Earth", "Sun", "Mercury", "Venus", "Comet"]
    given = imported().cards[0]
    card = read_input(ProjectImport, exported).cards[1]
    moments = {"started_at": card.started_at, "completed_at": card.completed_at}  # which the file does not tell
    assert card == given.model_copy(update={"labels": ["brass", "large"], **moments})


async def test_a_card_that_is_moved_during_an_export_is_exported_once(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_export, "CARDS_AT_ONCE", 1)
    cards = [{"title": str(n), "columnIndex": n // 101} for n in range(103)]
    board = await bring(owner, workspace, imported(cards=cards))
    stored = await collection(Card).find({"project_id": board.project["_id"]}).sort("rank", 1).to_list()
    pieces = await open_export(again(owner), board.project["_id"])

    exported: list[tuple[str, int | None]] = []
    async for name, entry in pieces:
        if name == "cards":
            if not exported:
                await board.move(stored[102], columnId=board.columns[0]["_id"], order=0)
                await delete_card(again(owner), stored[101]["_id"])
            exported.append((entry["title"], entry["columnIndex"]))

    assert exported == [*((str(n), 0) for n in range(101)), ("102", 0)]


async def test_an_import_writes_everything_in_its_place(owner: Context, workspace: WorkspaceRecord) -> None:
    board = await bring(owner, workspace, imported())

    labels = (await labels_of_project(board.ctx, [board.project], None))[0]
    assert [label["name"] for label in labels] == ["brass", "large", "small"]
    names = {label["_id"]: label["name"] for label in labels}
    cards = await collection(Card).find({"project_id": board.project["_id"]}).sort("rank", 1).to_list()
    assert [card["title"] for card in cards] == ["Sun", "Mercury", "Venus", "Earth", "Comet"]
    assert [names[one] for one in cards[0]["label_ids"]] == ["brass", "large"]
    assert [card["column_id"] for card in cards] == [board.column_id(place) for place in (1, 1, 1, 0, None)]
    assert [item["done"] for item in cards[0]["checklist"]] == [True, False]
    assert cards[1]["archived"]
    assert all(card["created_by"] == owner.user_id for card in cards)


async def test_an_import_tells_of_every_object_once(owner: Context, workspace: WorkspaceRecord) -> None:
    before = len(await events(workspace["_id"]))

    board = await bring(owner, workspace, imported())

    told = (await events(workspace["_id"]))[before:]
    types = [event["type"] for event in told]
    assert types == [
        "ProjectCreated",
        "ProjectMemberAdded",
        *["ColumnCreated"] * 3,
        *["LabelCreated"] * 3,
        *["CardCreated"] * 5,
    ]
    assert [event["data"]["order"] for event in told if event["type"] == "CardCreated"] == [0, 1, 1, 0, 0]
    kinds = await collection(Activity).distinct("type", {"project_id": board.project["_id"]})
    assert kinds == ["card_created"]
    await follow(board.ctx.services)
    assert await collection(Notification).count_documents({"project_id": board.project["_id"]}) == 0


async def test_the_limits_of_an_import_are_taken(owner: Context, workspace: WorkspaceRecord) -> None:
    values = imported(
        columns=[{"name": f"Column {n}"} for n in range(50)],
        cards=[{"title": f"Card {n}", "columnIndex": n % 50} for n in range(500)],
    )

    board = await bring(owner, workspace, values)

    assert await collection(Card).count_documents({"project_id": board.project["_id"]}) == 500
    assert len(await board.lane(49)) == 10


BAD_CARD = {"title": "Bad", "columnIndex": 0}


@pytest.mark.parametrize(
    ("changes", "field", "index"),
    [
        ({"columns": [{"name": "x"}] * 51}, "columns", None),
        ({"cards": [BAD_CARD] * 501}, "cards", None),
        ({"cards": [BAD_CARD, BAD_CARD | {"columnIndex": 3}]}, "cards.1.columnIndex", 1),
        ({"cards": [BAD_CARD, BAD_CARD | {"columnIndex": -1}]}, "cards.1.columnIndex", 1),
        ({"cards": [BAD_CARD | {"columnIndex": "0"}]}, "cards.0.columnIndex", 0),
        ({"cards": [BAD_CARD | {"columnIndex": True}]}, "cards.0.columnIndex", 0),
        ({"cards": [BAD_CARD] * 7 + [{"columnIndex": 0}]}, "cards.7.title", 7),
        ({"cards": [BAD_CARD | {"title": "x" * 501}]}, "cards.0.title", 0),
        ({"cards": [BAD_CARD | {"title": "\x00"}]}, "cards.0.title", 0),
        ({"cards": [BAD_CARD, BAD_CARD | {"dueDate": "soon"}]}, "cards.1.dueDate", 1),
        ({"cards": [BAD_CARD | {"priority": "urgent"}]}, "cards.0.priority", 0),
        ({"cards": [BAD_CARD | {"labels": [""]}]}, "cards.0.labels.0", 0),
        ({"cards": [BAD_CARD | {"labels": ["x"] * 51}]}, "cards.0.labels", 0),
        ({"cards": [BAD_CARD | {"assigneeId": None}]}, "cards.0.assigneeId", 0),
        ({"cards": [BAD_CARD, BAD_CARD | {"checklist": [{"title": ""}]}]}, "cards.1.checklist.0.title", 1),
        ({"cards": [BAD_CARD | {"checklist": [{"title": "x"}] * 101}]}, "cards.0.checklist", 0),
        ({"cards": [BAD_CARD | {"checklist": [{"id": "6" * 24, "title": "x"}]}]}, "cards.0.checklist.0.id", 0),
        ({"cards": [BAD_CARD, "x"]}, "cards.1", 1),
        ({"cards": {"0": BAD_CARD}}, "cards", None),
        ({"columns": [{"name": "x"}, {}]}, "columns.1.name", 1),
        ({"project": {}}, "project.name", None),
        ({"project": None}, "project", None),
        ({"extra": 1}, "extra", None),
    ],
)
async def test_a_bad_import_names_its_first_fault_and_writes_nothing(
    changes: dict[str, Any],
    field: str,
    index: int | None,
    owner: Context,
    workspace: WorkspaceRecord,
    database: Database,
) -> None:
    before = await _sizes(database)

    with pytest.raises(BadUserInput) as caught:
        await bring(owner, workspace, imported(**changes))

    assert caught.value.field == field
    assert caught.value.details.get("index") == index
    assert await _sizes(database) == before


async def test_two_checklist_items_with_one_id_name_their_card(owner: Context, workspace: WorkspaceRecord) -> None:
    item = {"id": str(new_id(Kind.CHECKLIST_ITEM)), "title": "x"}

    with pytest.raises(BadUserInput, match=r"^cards\.1\.checklist: has two items with one id") as caught:
        await bring(owner, workspace, imported(cards=[BAD_CARD, BAD_CARD | {"checklist": [item, item]}]))

    assert caught.value.details["index"] == 1


async def test_an_import_makes_no_more_labels_than_a_project_may_have(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    cards = [BAD_CARD | {"labels": [f"label {card} {n}" for n in range(50)]} for card in range(11)]

    with pytest.raises(BadUserInput, match=r"^cards\.10\.labels: a project has at most 500 labels"):
        await bring(owner, workspace, imported(cards=cards))


async def test_an_import_that_fails_half_way_writes_nothing(
    owner: Context, workspace: WorkspaceRecord, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a failure after everything but the activities was written
    async def fail(*_: object, **__: object) -> None:
        raise BadUserInput("no", field="late")

    before = await _sizes(database)
    monkeypatch.setattr("resolvers.transfer.write.record_activities", fail)

    # when
    with pytest.raises(BadUserInput, match="late"):
        await bring(owner, workspace, imported())

    # then
    assert await _sizes(database) == before


async def test_strangers_neither_import_nor_export(owner: Context, workspace: WorkspaceRecord, people: People) -> None:
    stranger = await people.register("mallory")
    board = await make_board(owner, workspace, columns=0)

    with pytest.raises(NotFound, match="Workspace not found"):
        await import_project(again(stranger), workspace["_id"], imported())
    with pytest.raises(NotFound, match="Project not found"):
        await export_project(again(stranger), board.project["_id"])


async def test_columns_of_scopes_are_exported_after_the_project_s_own(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    board = await make_board(owner, workspace, columns=1)
    scope = await board.scope()
    doing = await board.column("Doing", scope["_id"])
    await board.card(None, columnId=doing["_id"], title="Inside")
    await board.column("Later")

    exported = await export_project(board.ctx, board.project["_id"])

    assert [column["name"] for column in exported["columns"]] == ["Column 0", "Later", "Doing"]
    assert [(card["title"], card["columnIndex"]) for card in exported["cards"]] == [("Inside", 2)]


async def _sizes(database: Database) -> dict[str, int]:
    # The database removes sessions that have expired, and the outbox of a gateway makes links while it sends mails.
    names = set(await database.db.list_collection_names()) - {"sessions", "mail_links"}
    return {name: await database.db[name].estimated_document_count() for name in sorted(names)}


async def test_no_command_of_a_large_import_keeps_others_waiting_for_long(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given more of everything than one command writes
    many = EVENTS_AT_ONCE * 2
    cards = [{"title": f"Card {n}", "columnIndex": 0, "comments": [{"content": "Said"}]} for n in range(many)]
    relations = [{"type": "blocks", "source": n, "target": n + 1} for n in range(many - 1)]
    documents = [{"title": f"Document {n}", "content": "Text", "cardIndexes": [n]} for n in range(many)]

    # When
    with traffic() as counted:
        board = await bring(owner, workspace, imported(cards=cards, relations=relations, documents=documents))

    # Then
    assert counted.written > 10 * many
    assert counted.most <= EVENTS_AT_ONCE
    assert len(await board.lane(0)) == many
