import asyncio
from typing import Any

import pytest

from models import Activity, Card
from models.base import collection
from models.enums import Priority
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from resolvers.card.update import archive_card, update_cards
from resolvers.inputs.card import CardUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board
from tests.stubs import stub


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace)


async def test_an_update_changes_what_is_given_alone(board: Board) -> None:
    card = await board.card(title="Lens", description="Polish", priority="high", dueDate="2026-05-01")

    changed = await board.update(card, title="Mirror")

    assert changed == await board.stored(card)
    assert (changed["title"], changed["description"], changed["priority"]) == ("Mirror", "Polish", Priority.HIGH)
    assert changed["due_date"] == card["due_date"]
    assert (changed["version"], changed["field_versions"]) == (2, {"title": 2})


async def test_null_clears_what_can_be_empty(board: Board, owner: Context) -> None:
    given: dict[str, Any] = {"description": "x", "priority": "low", "startDate": "2026-01-01", "dueDate": "2026-02-01"}
    card = await board.card(**given, assigneeId=owner.user_id)

    cleared = await board.update(card, **dict.fromkeys([*given, "assigneeId"]))

    names = ["description", "priority", "start_date", "due_date", "assignee_id"]
    assert [stub(cleared)[name] for name in names] == [None] * 5


@pytest.mark.parametrize("name", ["title", "labelIds", "checklist", "order", "archived"])
def test_null_is_refused_for_what_cannot_be_empty(name: str) -> None:
    with pytest.raises(BadUserInput, match=f"^{name}: must not be null"):
        read_input(CardUpdate, {name: None})


async def test_an_update_that_changes_nothing_leaves_no_trace(board: Board) -> None:
    label = await board.label()
    values: dict[str, Any] = {
        "title": "Lens",
        "priority": "low",
        "dueDate": "2026-02-01T00:00:00+00:00",
        "labelIds": [label["_id"]],
        "columnId": board.column_id(0),
        "archived": False,
    }
    card = await board.card(**{name: value for name, value in values.items() if name != "archived"})
    seq = await board.seq()

    for given in (values, {"order": 0}, {}):
        same = await board.update(card, **given)

        assert same["version"] == 1
    assert await board.events_since(seq) == []
    assert await board.stored(card) == {key: value for key, value in card.items() if key != "order"}


async def test_a_version_is_only_in_conflict_where_the_same_fields_changed_since(board: Board) -> None:
    # given two people who both saw version 1
    card = await board.card(title="Lens")
    await board.update(card, title="Mirror")

    # when
    merged = await board.update(card, description="Polish", expectedVersion=1)
    with pytest.raises(Conflict, match="title changed since version 1") as caught:
        await board.update(card, title="Prism", priority="low", expectedVersion=1)

    # then
    assert (merged["title"], merged["description"], merged["version"]) == ("Mirror", "Polish", 3)
    assert caught.value.details == {"fields": ["title"], "currentVersion": 3}
    assert await board.stored(card) == merged


async def test_agreeing_on_the_same_value_is_no_conflict(board: Board) -> None:
    card = await board.card(title="Lens")
    await board.update(card, title="Mirror")

    same = await board.update(card, title="Mirror", expectedVersion=1)

    assert same["version"] == 2


async def test_moves_conflict_by_the_names_that_a_client_knows(board: Board) -> None:
    card = await board.card()
    await board.update(card, columnId=board.column_id(1))

    with pytest.raises(Conflict) as caught:
        await board.update(card, columnId=board.column_id(2), order=0, expectedVersion=1)

    assert set(caught.value.details["fields"]) <= {"columnId", "order"}  # type: ignore[call-overload]
    assert "columnId" in caught.value.message


async def test_a_version_from_the_future_is_refused(board: Board) -> None:
    card = await board.card()

    with pytest.raises(BadUserInput, match=r"^expectedVersion: is newer than the card, which is at 1"):
        await board.update(card, title="x", expectedVersion=2)


async def test_of_many_with_one_version_exactly_one_wins(board: Board) -> None:
    card = await board.card()

    done = await asyncio.gather(
        *(board.update(card, title=f"Title {n}", expectedVersion=1) for n in range(12)), return_exceptions=True
    )

    assert sum(isinstance(one, Conflict) for one in done) == 11
    assert (await board.stored(card))["version"] == 2


async def test_fields_place_and_archive_change_in_one_transaction(board: Board) -> None:
    first, card = await board.card(1), await board.card(0)
    seq = await board.seq()

    changed = await board.update(
        card, title="Mirror", columnId=board.column_id(1), order=0, archived=True, expectedVersion=1
    )

    stored = await board.stored(card)
    assert {**stored, "order": changed["order"]} == changed
    assert (changed["version"], changed["archived"], changed["column_id"]) == (2, True, board.column_id(1))
    events = await board.events_since(seq)
    assert [event["type"] for event in events] == ["CardUpdated", "CardMoved", "CardArchived"]
    assert all(event["data"]["card"] == stored for event in events)
    assert len({event["at"] for event in events}) == 1
    assert events[0]["data"]["changed_fields"] == ["title"]
    assert (await board.lane(1, archived=True)) == [card["_id"], first["_id"]]


async def test_a_failure_in_one_part_undoes_all_parts(board: Board, owner: Context, workspace: Any) -> None:
    card, elsewhere = await board.card(), await make_board(owner, workspace, columns=1)
    before, seq = await board.stored(card), await board.seq()

    with pytest.raises(BadUserInput, match=r"^columnId: is not a column of the project"):
        await board.update(card, title="Mirror", archived=True, columnId=elsewhere.column_id(0))

    assert await board.stored(card) == before
    assert await board.types_since(seq) == []


async def test_a_card_moves_into_a_scope_with_its_column(board: Board) -> None:
    scope = await board.scope()
    column = await board.column("Doing", scope["_id"])
    card = await board.card(0)

    inside = await board.move(card, columnId=column["_id"])
    outside = await board.move(card, columnId=None)

    assert (inside["scope_id"], inside["column_id"]) == (scope["_id"], column["_id"])
    assert (outside["scope_id"], outside["column_id"]) == (None, None)


async def test_a_card_is_assigned_to_members_of_the_project_only(board: Board, workspace: Any, join: Join) -> None:
    member, stranger = await join(workspace, "ada"), await join(workspace, "bob")
    await board.add_member(member)
    card = await board.card()

    assigned = await board.update(card, assigneeId=member.user_id)
    for wrong in (stranger.user_id, new_id(Kind.USER)):
        with pytest.raises(BadUserInput, match=r"^assigneeId: is not a member of the project"):
            await board.update(card, assigneeId=wrong)

    assert assigned["assignee_id"] == member.user_id


async def test_a_card_takes_labels_of_its_project_only(board: Board, owner: Context, workspace: Any) -> None:
    label, other = await board.label(), await (await make_board(owner, workspace, columns=0)).label()
    card = await board.card()

    labelled = await board.update(card, labelIds=[label["_id"], str(label["_id"]).upper()])
    for wrong in (other["_id"], new_id(Kind.LABEL)):
        with pytest.raises(BadUserInput, match=r"^labelIds: names a label that the project does not have"):
            await board.update(card, labelIds=[label["_id"], wrong])

    assert labelled["label_ids"] == [label["_id"]]


async def test_archiving_and_back_say_so(board: Board) -> None:
    card = await board.card()
    seq = await board.seq()

    gone = (await archive_card(board.ctx, card["_id"])).value
    back = (await archive_card(board.ctx, card["_id"], False)).value

    assert (gone["archived"], back["archived"], back["version"]) == (True, False, 3)
    assert [event["data"]["archived"] for event in await board.events_since(seq)] == [True, False]


async def test_a_change_records_the_activities_that_it_is_made_of(board: Board, owner: Context) -> None:
    card = await board.card(title="Lens")

    await board.update(card, title="Mirror", assigneeId=owner.user_id, columnId=board.column_id(1), archived=True)

    found = await collection(Activity).find({"card_id": card["_id"]}).sort("_id", 1).to_list()
    assert [one["type"] for one in found] == [
        "card_created",
        "card_updated",
        "card_assigned",
        "card_moved",
        "card_archived",
    ]
    assert found[1]["meta"] == {"title": "Mirror", "fields": ["title"]}
    assert found[3]["meta"]["fromColumn"] == "Column 0"
    assert found[3]["meta"]["toColumnId"] == str(board.column_id(1))


async def test_moving_within_a_column_is_no_activity(board: Board) -> None:
    card = await board.card()
    await board.card()

    await board.move(card, order=1)

    assert await collection(Activity).count_documents({"card_id": card["_id"]}) == 1


async def test_a_batch_changes_the_cards_that_can_be_changed(board: Board, owner: Context, workspace: Any) -> None:
    # given
    label = await board.label()
    other = await make_board(owner, workspace, columns=1)
    cards = [await board.card(), await other.card(), await board.card()]
    missing = new_id(Kind.CARD)
    ids = [cards[0]["_id"], missing, cards[1]["_id"], cards[2]["_id"], cards[0]["_id"]]
    seq = await board.seq()

    # when
    done = await update_cards(board.ctx, ids, read_input(CardUpdate, {"labelIds": [label["_id"]]}))
    results, cursor = done.value, done.cursor

    # then
    assert [(result.id, result.error and result.error.code) for result in results] == [
        (str(cards[0]["_id"]), None),
        (str(missing), "NOT_FOUND"),
        (str(cards[1]["_id"]), "BAD_USER_INPUT"),
        (str(cards[2]["_id"]), None),
    ]
    assert [result.record and result.record["version"] for result in results] == [2, None, None, 2]
    assert await board.types_since(seq) == ["CardUpdated", "CardUpdated"]
    assert cursor.seq == seq + 2
    assert (await board.stored(cards[1]))["version"] == 1


async def test_a_batch_hides_cards_of_another_tenant_as_if_they_did_not_exist(
    board: Board, workspace: Any, join: Join, people: Any
) -> None:
    outsider = await people.register("mallory")
    card = await board.card()
    values = read_input(CardUpdate, {"title": "x"})

    for ids in ([card["_id"]], [new_id(Kind.CARD)]):
        with pytest.raises(NotFound, match="Card not found"):
            await update_cards(again(outsider), ids, values)
    assert await board.stored(card) == {key: value for key, value in card.items() if key != "order"}


@pytest.mark.parametrize("count", [0, 51])
async def test_a_batch_has_between_1_and_50_cards(count: int, board: Board) -> None:
    with pytest.raises(BadUserInput, match=r"^ids: must name between 1 and 50 cards"):
        await update_cards(board.ctx, [new_id(Kind.CARD)] * count, CardUpdate.of(title="x"))


async def test_a_batch_refuses_what_is_no_card_id(board: Board) -> None:
    for wrong in ("x", board.project["_id"], "$" * 24):
        with pytest.raises(BadUserInput, match=r"^ids: "):
            await update_cards(board.ctx, [wrong], CardUpdate.of(title="x"))


async def test_an_update_of_a_card_deleted_meanwhile_is_not_found(board: Board) -> None:
    card = await board.card()
    await collection(Card).delete_one({"_id": card["_id"]})

    with pytest.raises(NotFound, match="Card not found"):
        await board.update(card, title="x")
