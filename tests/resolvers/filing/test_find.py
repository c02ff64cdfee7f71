"""Cards of a whole workspace in words, and the one to do next."""

from typing import Any

import pytest

from models.card_enums import CardStage, CardType
from models.enums import Priority, RelationType
from models.errors import BadUserInput
from models.records import CardRecord, WorkspaceRecord
from resolvers.card.update import archive_card
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
    assert await titles(search="LENS (") == ["Todo"]
    with pytest.raises(BadUserInput):
        await find(assignee="nobody")

    await delete_project(again(owner), other.project["_id"])
    assert await titles(stages=[CardStage.TODO]) == ["Todo"]


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
