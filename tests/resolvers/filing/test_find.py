"""Cards of a whole workspace in words, and the one to do next."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from bson import ObjectId

from models.card_enums import CardStage, CardType
from models.enums import Priority, RelationType
from models.errors import BadUserInput
from models.ids import portions
from models.records import CardRecord, WorkspaceRecord
from resolvers.card.update import archive_card
from resolvers.filing import find as find_module
from resolvers.filing.find import find_cards, find_next_card
from resolvers.inputs.filing import CardNext, CardSearch
from resolvers.inputs.relation import RelationCreate
from resolvers.kit.context import Context
from resolvers.kit.page import Page
from resolvers.lane.totals import totals
from resolvers.project.project import delete_project
from resolvers.relation.relation import create_relation
from tests.resolvers.lab import again
from tests.resolvers.projects import make_board


async def test_cards_are_found_by_stage_priority_type_assignee_project_and_text(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    async def find(**values: Any) -> Page[CardRecord]:
        return await find_cards(again(owner), CardSearch.of(workspace_id=workspace["_id"], **values))

    async def titles(**values: Any) -> list[str]:
        return [card["title"] for card in (await find(**values)).nodes]

    board, other = await make_board(owner, workspace), await make_board(owner, workspace)
    await board.card(0, title="Todo", priority="critical", description="A lens (round)")
    await board.card(1, title="Doing", priority="low", assigneeId=owner.user_id)
    await board.card(2, title="Done", type="bug")
    shelved = [await board.card(1, title="Dropped"), await board.card(2, title="Kept")]
    for card in shelved:
        await archive_card(board.ctx, card["_id"])
    await other.card(None, title="Loose")

    assert await titles() == ["Loose", "Done", "Doing", "Todo"]
    first = await find(first=1)
    assert await titles(first=1, after=first.cursor(first.nodes[0])) == ["Done"]
    assert await totals([first]) == [4]
    assert await titles(stages=[CardStage.TODO]) == ["Loose", "Todo"]
    assert await titles(stages=[CardStage.IN_PROGRESS, CardStage.CANCELLED]) == ["Dropped", "Doing"]
    assert await titles(stages=[CardStage.DONE]) == ["Kept", "Done"]
    assert await titles(stages=[CardStage.REVIEW]) == await titles(stages=[]) == []
    assert await titles(priorities=[Priority.CRITICAL, Priority.HIGH]) == ["Todo"]
    assert await titles(types=[CardType.BUG]) == ["Done"]
    assert await titles(assignee="me") == ["Doing"]
    assert await titles(project=str(other.project["_id"])) == ["Loose"]
    with pytest.raises(BadUserInput):
        await find(assignee="nobody")

    await delete_project(again(owner), other.project["_id"])
    assert await titles(stages=[CardStage.TODO]) == ["Todo"]


async def test_cards_are_found_by_words_and_their_beginnings_the_newest_first(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def find(search: str, **values: Any) -> Page[CardRecord]:
        return await find_cards(again(owner), CardSearch.of(workspace_id=workspace["_id"], search=search, **values))

    async def titles(search: str, **values: Any) -> list[str]:
        return [card["title"] for card in (await find(search, **values)).nodes]

    # Given cards with a word in the title, the description or a step, in two projects
    board, other = await make_board(owner, workspace), await make_board(owner, workspace)
    first = await board.card(0, title="Lens", priority="critical")
    await board.card(1, title="Described", description="Polish the LENSES (all)")
    await board.card(2, title="Stepped", checklist=[{"title": "Clean a lens"}])
    shelved = await board.card(0, title="Lens of old")
    await archive_card(board.ctx, shelved["_id"])
    await other.card(None, title="A lens elsewhere")
    await board.comment(first, "Another lens")

    # Then they are found by it, as far as the other conditions hold too
    assert await titles("lens (") == ["A lens elsewhere", "Stepped", "Described", "Lens"]
    assert await titles("polish LENS") == ["Described"]
    assert await titles("ens") == []
    assert await titles("lens", stages=[CardStage.TODO, CardStage.CANCELLED]) == [
        "A lens elsewhere",
        "Lens of old",
        "Lens",
    ]
    assert await titles("lens", project=str(board.project["_id"]), priorities=[Priority.CRITICAL]) == ["Lens"]
    page = await find("lens", first=2)
    assert (await totals([page]), page.has_next, page.has_previous) == ([4], True, False)
    page = await find("lens", first=2, after=page.cursor(page.nodes[-1]))
    assert [card["title"] for card in page.nodes] == ["Described", "Lens"]
    assert (page.has_next, page.has_previous) == (False, True)
    with pytest.raises(BadUserInput) as refused:
        await find("(")
    assert refused.value.field == "search"

    # And of many those alone that were changed last
    await board.update(first, title="Lens again")
    monkeypatch.setattr(find_module, "MOST_FOUND", 2)
    assert await titles("lens") == ["A lens elsewhere", "Lens again"]

    # Among which those that are archived take no place, unless they are asked for
    for card in (shelved, await board.card(0, title="Lens, broken")):
        await board.update(card, archived=True)
        await board.update(card, description="Gone")
    assert await titles("lens", priorities=[Priority.CRITICAL]) == ["Lens again"]
    assert await titles("lens", stages=[CardStage.TODO]) == ["A lens elsewhere", "Lens again"]
    assert await titles("lens", stages=[CardStage.CANCELLED]) == ["Lens, broken", "Lens of old"]


async def test_cards_that_words_find_are_read_in_portions(owner: Context, workspace: WorkspaceRecord) -> None:
    board = await make_board(owner, workspace)
    for number in range(5):
        await board.card(title=f"Lens {number}", priority="low")
    values = CardSearch.of(workspace_id=workspace["_id"], search="lens", priorities=[Priority.LOW])
    sizes: list[int] = []

    # Given portions of two, which are a hundred otherwise
    def by_two(ids: Iterable[ObjectId]) -> Iterator[list[ObjectId]]:
        for some in portions(ids, 2):
            sizes.append(len(some))
            yield some

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(find_module, "portions", by_two)
        page = await find_cards(again(owner), values)

    assert [card["title"] for card in page.nodes] == [f"Lens {number}" for number in reversed(range(5))]
    assert sizes == [2, 2, 1] * 2


async def test_the_next_card_is_the_most_urgent_that_waits_for_none(owner: Context, workspace: WorkspaceRecord) -> None:
    async def following(**among: str) -> str | None:
        found = await find_next_card(again(owner), CardNext.of(workspace_id=workspace["_id"], **among))
        return None if found is None else found["title"]

    board = await make_board(owner, workspace)
    assert await following() is None
    plain = await board.card(title="Plain")
    assert await following() == "Plain"
    await board.card(title="Later", dueDate="2037-01-01")
    await board.card(title="Low", priority="low", dueDate="2030-01-01")
    sooner = await board.card(title="Sooner", priority="medium", dueDate="2036-01-01")
    assert await following() == "Sooner"
    urgent = await board.card(title="Urgent", priority="critical")
    assert await following() == "Urgent"

    waits = RelationCreate.of(card_id=urgent["_id"], type=RelationType.BLOCKED_BY, target_card_id=sooner["_id"])
    await create_relation(board.ctx, waits)
    assert await following() == "Sooner"
    await board.move(sooner, columnId=board.column_id(2))
    assert await following() == "Urgent"
    assert await following(assignee="me") is None
    assert await following(project=str(board.project["slug"])) == "Urgent"
    for card in (urgent, plain):
        await archive_card(board.ctx, card["_id"])
    assert await following() == "Later"

    # Somebody's own come in the same order
    await board.card(title="Mine", priority="medium", assigneeId=owner.user_id)
    await board.card(title="Mine soon", dueDate="2031-01-01", assigneeId=owner.user_id)
    await board.card(title="Mine, low", priority="low", dueDate="2030-01-01", assigneeId=owner.user_id)
    assert await following(assignee="me") == "Mine soon"


async def test_the_next_card_is_looked_for_among_the_most_urgent_of_each_priority(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given more urgent cards that wait than are looked at
    monkeypatch.setattr(find_module, "MOST_URGENT", 2)
    monkeypatch.setattr(find_module, "AT_ONCE", 1)
    board = await make_board(owner, workspace)
    waited_for = await board.card(1, title="Doing")
    urgent = [await board.card(title=f"Urgent {n}", priority="high") for n in range(2)]
    for card in urgent:
        waits = RelationCreate.of(card_id=card["_id"], type=RelationType.BLOCKED_BY, target_card_id=waited_for["_id"])
        await create_relation(board.ctx, waits)
    await board.card(title="Beyond", priority="high")
    await board.card(title="Less urgent", priority="low")

    # Then the next one is of another priority
    found = await find_next_card(again(owner), CardNext.of(workspace_id=workspace["_id"]))
    assert found is not None
    assert found["title"] == "Less urgent"
