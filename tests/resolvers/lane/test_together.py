"""What the changes of one transaction do to cards is kept once, at its end, as if each had been alone."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

import pytest

from models import Activity, Card, CardFactsBlock, Fanout, Lane
from models.base import Recorded, collection
from realtime import writer
from resolvers.card.card import delete_card
from resolvers.column.column import delete_column
from resolvers.kit.context import Context
from resolvers.lane import blocks, card_facts_keep
from resolvers.project.project import delete_project
from tests.patience import PATIENCE
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.kept import check_facts, check_lanes
from tests.resolvers.projects import Board, make_board
from tests.resolvers.traffic import traffic


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=2)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes wait for others however long those take to come."""
    monkeypatch.setattr(writer, "PATIENCE", PATIENCE)


async def in_one_transaction(board: Board, changes: Sequence[Awaitable[Any]]) -> list[Any]:
    """What changes of the board's workspace return or raise, made one after the other in one transaction."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold(_: Any) -> None:
        begun.set()
        await go_on.wait()

    log = board.caller.services.hub.log
    async with asyncio.timeout(PATIENCE):
        held = asyncio.create_task(log.write(board.workspace_id, None, hold))
        await begun.wait()
        tasks: list[asyncio.Future[Any]] = []
        for change in changes:
            tasks.append(asyncio.ensure_future(change))
            while sum(1 for _ in log._writer._queues[board.workspace_id]) < len(tasks):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        go_on.set()
        await held
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_card_that_is_made_with_others_writes_no_lane_facts_or_activity_of_its_own(board: Board) -> None:
    # Given a column with a card
    await board.card(0)

    # When one more is made, and when ten are made together
    with traffic() as one:
        await in_one_transaction(board, [board.card(0)])
    with traffic() as ten:
        await in_one_transaction(board, [board.card(0) for _ in range(10)])

    # Then nine of the ten cost their doors, a look at the project and at the column, and the card itself
    assert (ten.commands - one.commands) / 9 == 8
    await check_lanes(board.project["_id"])
    await check_facts(board.project["_id"])
    assert (
        await collection(Activity).count_documents({"project_id": board.project["_id"], "card_id": {"$ne": None}}) == 12
    )
    assert await collection(Fanout).count_documents({"project_id": board.project["_id"]}) == 12


async def test_lanes_and_facts_are_right_after_many_changes_in_one_transaction(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given lanes and facts of several blocks
    monkeypatch.setattr(blocks, "BLOCK", 4)
    monkeypatch.setattr(card_facts_keep, "BLOCK", 4)
    cards = [await board.card(number % 2) for number in range(10)]
    one, two, three, *rest = cards
    gone = board.columns[1]["_id"]

    # When cards are made, moved, archived and deleted, a column goes with its own, and one comes too late for it
    results = await in_one_transaction(
        board,
        [
            *(board.card(0) for _ in range(6)),
            board.move(one, columnId=board.column_id(1), order=0),
            board.update(three, archived=True),
            delete_card(board.ctx, two["_id"]),
            board.move(one, columnId=board.column_id(0), order=3),
            *(board.move(card, columnId=board.column_id(0), order=1) for card in rest[::2]),
            delete_card(board.ctx, one["_id"]),
            delete_column(board.ctx, gone),
            board.card(1),
            board.card(None),
        ],
    )

    # Then each had its end, and all that is kept is what the cards are
    assert [type(result).__name__ for result in results if isinstance(result, Exception)] == ["BadUserInput"]
    assert await collection(Lane).count_documents({"column_id": gone}) == 0
    await finish_deletions(board.caller.services)
    await check_lanes(board.project["_id"])
    await check_facts(board.project["_id"])


async def test_what_is_made_and_deleted_in_one_transaction_leaves_nothing(board: Board) -> None:
    await in_one_transaction(board, [board.card(0), board.card(None), delete_project(board.ctx, board.project["_id"])])
    await finish_deletions(board.caller.services)

    models: tuple[type[Recorded[Any]], ...] = (Activity, Card, CardFactsBlock, Fanout, Lane)
    for model in models:
        assert await collection(model).count_documents({"project_id": board.project["_id"]}) == 0, model
