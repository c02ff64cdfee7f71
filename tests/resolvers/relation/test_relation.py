import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import pytest

from gateway.database import Database
from models import Relation
from models.base import collection
from models.enums import RelationType
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.card.card import delete_card
from resolvers.inputs.relation import RelationCreate
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.project.project import delete_project
from resolvers.relation import check as relation_check
from resolvers.relation.relation import create_relation, delete_relation, list_relations
from resolvers.subscribe import project_events
from resolvers.workspace.workspace import create_workspace, delete_workspace
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board
from tests.resolvers.watching import watching


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=2)


@pytest.fixture
async def cards(board: Board) -> list[Any]:
    return [await board.card(title=title) for title in "abcd"]


async def relate(board: Board, card: Any, type: str, target: Any) -> Any:
    given = {"cardId": card["_id"], "type": type, "targetCardId": target["_id"]}
    return (await create_relation(board.ctx, read_input(RelationCreate, given))).value


async def seen(board: Board, card: Any) -> list[tuple[str, Any]]:
    return [(one["type"].value, one["card_id"]) for one in await list_relations(board.ctx, card["_id"])]


@pytest.mark.parametrize(
    ("type", "inverse"),
    [
        ("blocks", "blocked_by"),
        ("blocked_by", "blocks"),
        ("related_to", "related_to"),
        ("duplicates", "duplicated_by"),
        ("duplicated_by", "duplicates"),
        ("parent_of", "child_of"),
        ("child_of", "parent_of"),
    ],
)
async def test_one_record_is_seen_from_both_cards(type: str, inverse: str, board: Board, cards: list[Any]) -> None:
    a, b, *_ = cards
    seq = await board.seq()

    relation = await relate(board, a, type, b)

    assert await seen(board, a) == [(type, b["_id"])]
    assert await seen(board, b) == [(inverse, a["_id"])]
    assert await collection(Relation).count_documents({"card_ids": a["_id"]}) == 1
    [event] = await board.events_since(seq)
    assert event["type"] == "RelationCreated"
    assert event["data"]["relation"] == relation
    assert set(event["data"]["relation"]["card_ids"]) == {a["_id"], b["_id"]}
    for card in (a, b):
        assert (await board.stored(card))["version"] == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("blocks", 0, 1), ("blocks", 0, 1)),
        (("blocks", 0, 1), ("blocked_by", 1, 0)),
        (("related_to", 0, 1), ("related_to", 1, 0)),
        (("duplicates", 0, 1), ("duplicates", 1, 0)),
        (("duplicates", 0, 1), ("duplicated_by", 1, 0)),
        (("parent_of", 0, 1), ("child_of", 1, 0)),
    ],
)
async def test_a_relation_that_is_there_already_is_refused(
    first: tuple[str, int, int], second: tuple[str, int, int], board: Board, cards: list[Any]
) -> None:
    await relate(board, cards[first[1]], first[0], cards[first[2]])

    with pytest.raises(Conflict, match=r"^targetCardId: The two cards have this relation already"):
        await relate(board, cards[second[1]], second[0], cards[second[2]])


async def test_cards_may_have_relations_of_several_types(board: Board, cards: list[Any]) -> None:
    a, b, *_ = cards
    for type_ in ("blocks", "related_to", "parent_of", "duplicates"):
        await relate(board, a, type_, b)

    assert [one for one, _ in await seen(board, b)] == ["blocked_by", "related_to", "child_of", "duplicated_by"]


async def test_a_card_has_no_relation_to_itself(board: Board, cards: list[Any]) -> None:
    with pytest.raises(BadUserInput, match=r"^targetCardId: is the card itself"):
        await relate(board, cards[0], "related_to", cards[0])


async def test_a_card_has_one_parent_at_most(board: Board, cards: list[Any]) -> None:
    a, b, c, _ = cards
    await relate(board, a, "parent_of", b)

    with pytest.raises(Conflict, match="has a parent already"):
        await relate(board, c, "parent_of", b)
    with pytest.raises(Conflict, match="has a parent already"):
        await relate(board, b, "child_of", c)
    await relate(board, a, "parent_of", c)


@pytest.mark.parametrize("type", ["parent_of", "blocks"])
@pytest.mark.parametrize("length", [2, 3, 4])
async def test_a_circle_is_refused(type: str, length: int, board: Board, cards: list[Any]) -> None:
    chain = cards[:length]
    for one, next_ in pairwise(chain):
        await relate(board, one, type, next_)
    seq = await board.seq()

    with pytest.raises(Conflict, match=r"circle|own ancestor"):
        await relate(board, chain[-1], type, chain[0])

    assert await board.types_since(seq) == []


async def test_a_card_may_wait_for_another_by_two_ways(board: Board, cards: list[Any]) -> None:
    a, b, c, d = cards
    for one, other in ((a, b), (a, c), (b, d), (c, d)):
        await relate(board, one, "blocks", other)

    with pytest.raises(Conflict, match="circle"):
        await relate(board, d, "blocks", a)
    await relate(board, a, "blocks", d)


@pytest.mark.parametrize("type", ["parent_of", "blocks"])
async def test_of_relations_at_once_that_would_close_a_circle_one_is_left_out(
    type: str, board: Board, cards: list[Any]
) -> None:
    pairs = list(zip(cards, [*cards[1:], cards[0]], strict=True))

    answers = await asyncio.gather(*(relate(board, one, type, other) for one, other in pairs), return_exceptions=True)

    assert sum(isinstance(one, Conflict) for one in answers) == 1
    assert sum(isinstance(one, dict) for one in answers) == 3


@pytest.fixture
async def elsewhere(owner: Context, database: Database) -> AsyncIterator[Context]:
    """A request of the owner to another process."""
    hub = Hub(EventLog(database.client))
    await hub.start()
    yield Context(owner.subject, replace(owner.services, hub=hub))
    await hub.stop()


@pytest.mark.parametrize("type", ["parent_of", "blocks"])
async def test_two_processes_do_not_close_a_circle_between_them(
    type: str, board: Board, cards: list[Any], elsewhere: Context
) -> None:
    there = Board(elsewhere, board.project, board.columns)
    pairs = list(combinations(cards, 2)) if type == "blocks" else [(cards[0], cards[1]), (cards[2], cards[3])]

    for one, other in pairs:
        answers = await asyncio.gather(
            relate(board, one, type, other), relate(there, other, type, one), return_exceptions=True
        )
        assert sum(isinstance(answer, dict) for answer in answers) <= 1, answers
        assert all(isinstance(answer, dict | Conflict) for answer in answers), answers

    count = await collection(Relation).count_documents({"project_ids": board.project["_id"]})
    assert count == len(pairs)


async def test_of_many_parents_at_once_one_wins(board: Board, cards: list[Any]) -> None:
    child, *parents = cards

    answers = await asyncio.gather(*(relate(board, one, "parent_of", child) for one in parents), return_exceptions=True)

    assert sum(isinstance(one, dict) for one in answers) == 1
    assert len(await seen(board, child)) == 1


async def test_the_walk_for_a_circle_has_an_end(
    board: Board, cards: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relation_check, "MAX_ANCESTORS", 2)
    monkeypatch.setattr(relation_check, "MAX_BLOCKED", 2)
    for type_ in ("parent_of", "blocks"):
        for one, other in pairwise(cards[1:]):
            await relate(board, one, type_, other)
    last = await board.card(title="e")

    with pytest.raises(Conflict, match="at most 2 generations"):
        await relate(board, cards[3], "parent_of", last)
    with pytest.raises(Conflict, match="More than 2 cards wait"):
        await relate(board, last, "blocks", cards[1])


async def test_a_card_has_at_most_200_relations(
    board: Board, cards: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relation_check, "MAX_RELATIONS", 2)
    await relate(board, cards[0], "blocks", cards[1])
    await relate(board, cards[0], "blocks", cards[2])

    with pytest.raises(Conflict, match="at most 2 relations"):
        await relate(board, cards[0], "blocks", cards[3])
    with pytest.raises(Conflict, match="at most 2 relations"):
        await relate(board, cards[3], "related_to", cards[0])


async def test_a_card_of_another_workspace_is_refused(
    board: Board, cards: list[Any], owner: Context, organization: Any
) -> None:
    values = WorkspaceCreate(organization_id=organization["_id"], name="Other", slug="other")
    other = await make_board(owner, (await create_workspace(again(owner), values)).value, columns=1)

    with pytest.raises(BadUserInput, match=r"^targetCardId: is a card of another workspace"):
        await relate(board, cards[0], "blocks", await other.card())
    with pytest.raises(NotFound, match="Card not found"):
        await relate(board, cards[0], "blocks", {"_id": new_id(Kind.CARD)})


async def test_a_relation_ends_for_both(board: Board, cards: list[Any]) -> None:
    a, b, *_ = cards
    relation = await relate(board, a, "blocks", b)
    seq = await board.seq()

    await delete_relation(board.ctx, relation["_id"])

    assert await seen(board, a) == await seen(board, b) == []
    [event] = await board.events_since(seq)
    told = {name: event["data"][name] for name in ("deleted_id", "source_id", "target_id", "relation_type")}
    assert told == {
        "deleted_id": relation["_id"],
        "source_id": a["_id"],
        "target_id": b["_id"],
        "relation_type": RelationType.BLOCKS.value,
    }
    with pytest.raises(NotFound, match="Relation not found"):
        await delete_relation(board.ctx, relation["_id"])


async def test_relations_end_with_either_card(board: Board, cards: list[Any]) -> None:
    a, b, c, d = cards
    await relate(board, a, "blocks", b)
    await relate(board, c, "parent_of", a)
    await relate(board, c, "related_to", d)
    seq = await board.seq()

    await delete_card(board.ctx, a["_id"])

    assert await board.types_since(seq) == ["CardDeleted", "RelationDeleted", "RelationDeleted"]
    assert await seen(board, b) == []
    assert await seen(board, c) == [("related_to", d["_id"])]


async def test_a_relation_of_two_projects_is_told_in_both_and_ends_with_either(
    board: Board, cards: list[Any], owner: Context, workspace: Any
) -> None:
    other = await make_board(owner, workspace, columns=1)
    far = await other.card(title="far")

    async with watching(project_events(other.ctx, other.project["_id"])) as there:
        relation = await relate(board, cards[0], "blocks", far)
        await delete_relation(board.ctx, relation["_id"])
        await relate(board, far, "blocks", cards[1])
        await there.until(4)
        assert there.types == ["StreamReady", "RelationCreated", "RelationDeleted", "RelationCreated"]

    await delete_project(other.ctx, other.project["_id"])
    assert await seen(board, cards[1]) == []


async def test_relations_go_with_their_workspace(board: Board, cards: list[Any], owner: Context) -> None:
    await relate(board, cards[0], "blocks", cards[1])

    await delete_workspace(again(owner), board.workspace_id)

    assert await collection(Relation).count_documents({"workspace_id": board.workspace_id}) == 0
