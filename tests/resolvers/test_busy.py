import asyncio
from typing import Any

from resolvers.kit.context import Context
from tests.resolvers.conftest import Join
from tests.resolvers.lab import events
from tests.resolvers.projects import Board, make_board

BURST = 50


async def test_fifty_updates_of_one_workspace_at_once_all_succeed_and_leave_no_hole(
    owner: Context, workspace: Any, join: Join
) -> None:
    # given
    member = await join(workspace, "ada")
    board = await make_board(owner, workspace)
    await board.add_member(member)
    boards = [board, Board(member, board.project, board.columns)]
    cards = [await board.card(place % 3) for place in range(10)]
    seq = await board.seq()

    # when
    done = await asyncio.gather(
        *(
            boards[n % 2].update(cards[n % 10], title=f"Title {n}", columnId=board.column_id(n % 3))
            for n in range(BURST)
        )
    )

    # then
    told = await board.events_since(seq)
    assert len(done) == BURST
    assert [event["seq"] for event in told] == list(range(seq + 1, seq + 1 + len(told)))
    assert sum(event["type"] == "CardUpdated" for event in told) == BURST
    of_cards = [event for event in told if "card" in event["data"]]  # what they came to is told beside them
    for card in cards:
        versions = [one["data"]["card"]["version"] for one in of_cards if one["card_id"] == card["_id"]]
        assert sorted(set(versions)) == list(range(2, 2 + BURST // 10))
        assert (await board.stored(card))["version"] == 1 + BURST // 10
    for person in (owner, member):
        seqs = [event["seq"] for event in await events(person.user_id)]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_a_burst_of_mixed_changes_keeps_every_place_its_own(owner: Context, workspace: Any) -> None:
    board = await make_board(owner, workspace)
    cards = [await board.card(0) for _ in range(8)]
    seq = await board.seq()

    await asyncio.gather(
        *(board.card(n % 2) for n in range(8)),
        *(board.move(card, columnId=board.column_id(1), order=0) for card in cards[:4]),
        *(board.comment(card) for card in cards),
        *(board.update(card, archived=True) for card in cards[4:]),
        *(board.label(f"label {n}") for n in range(4)),
        *(board.column(f"column {n}") for n in range(4)),
    )

    told = await board.events_since(seq)
    assert [event["seq"] for event in told] == list(range(seq + 1, seq + 1 + len(told)))
    assert sorted(map(len, [await board.lane(0), await board.lane(1)])) == [4, 8]
    assert [(await board.stored(card))["comment_count"] for card in cards] == [1] * 8
    orders = [event["data"]["order"] for event in told if event["type"] == "ColumnCreated"]
    assert orders == [3, 4, 5, 6]
