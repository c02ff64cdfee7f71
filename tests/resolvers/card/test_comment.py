from typing import Any

import pytest

from models import Activity, Card, Comment
from models.base import collection
from models.enums import Role
from models.errors import Forbidden, NotFound
from resolvers.card.comment import delete_comment, get_comment, list_comments
from resolvers.card.graph import author_of, card_of, comments_of
from resolvers.kit.context import Context
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


async def test_a_comment_is_counted_and_told_of_without_a_new_version(board: Board, owner: Context) -> None:
    card = await board.card(title="Lens")
    seq = await board.seq()

    comment = await board.comment(card, "  " + "x" * 200)

    assert await get_comment(board.ctx, comment["_id"]) == comment
    assert (comment["author_id"], len(comment["content"])) == (owner.user_id, 200)
    stored = await board.stored(card)
    assert (stored["comment_count"], stored["version"]) == (1, 1)
    [event] = await board.events_since(seq)
    assert (event["type"], event["data"]["comment"], event["card_id"]) == ("CommentAdded", comment, card["_id"])
    activity = await collection(Activity).find_one({"card_id": card["_id"], "type": "comment_added"})
    assert activity is not None
    assert activity["meta"] == {"title": "Lens", "commentId": str(comment["_id"]), "excerpt": "x" * 140}


async def test_comments_are_listed_oldest_first_with_their_authors(
    board: Board, owner: Context, workspace: Any, join: Join
) -> None:
    member = await join(workspace, "ada")
    card = await board.card()
    for number, caller in enumerate((owner, member, owner)):
        await Board(caller, board.project).comment(card, f"{number}")

    listed = await list_comments(board.ctx, card["_id"])
    [page] = await comments_of(board.ctx, [card], None, first=2)
    authors = await author_of(board.ctx, page.nodes, frozenset({"name"}))
    cards = await card_of(board.ctx, page.nodes, frozenset({"title"}))

    assert [one["content"] for one in listed] == ["0", "1", "2"]
    assert [one["author"]["name"] for one in listed] == ["owner", "ada", "owner"]
    assert [one["content"] for one in page.nodes] == ["0", "1"]
    assert page.has_next
    assert [one and one["name"] for one in authors] == ["owner", "ada"]
    assert [one and one["_id"] for one in cards] == [card["_id"]] * 2
    assert all("password_hash" not in one["author"] for one in listed)


async def test_a_comment_is_deleted_by_its_author_and_by_admins_alone(board: Board, workspace: Any, join: Join) -> None:
    author, other, admin = [
        await join(workspace, name, role)
        for name, role in (("ada", Role.MEMBER), ("bob", Role.MEMBER), ("eve", Role.ADMIN))
    ]
    card = await board.card()
    first, second = [await Board(author, board.project).comment(card) for _ in range(2)]
    seq = await board.seq()

    with pytest.raises(Forbidden, match="Only a comment's author"):
        await delete_comment(again(other), first["_id"])
    await delete_comment(again(author), first["_id"])
    await delete_comment(again(admin), second["_id"])

    assert await collection(Comment).count_documents({"card_id": card["_id"]}) == 0
    assert (await board.stored(card))["comment_count"] == 0
    assert await board.types_since(seq) == ["CommentDeleted", "CommentDeleted"]
    with pytest.raises(NotFound, match="Comment not found"):
        await delete_comment(again(author), first["_id"])


async def test_a_card_that_is_gone_takes_no_comment(board: Board) -> None:
    card = await board.card()
    await collection(Card).delete_one({"_id": card["_id"]})

    with pytest.raises(NotFound, match="Card not found"):
        await board.comment(card)
    assert await collection(Comment).count_documents({"card_id": card["_id"]}) == 0


async def test_strangers_neither_read_nor_write_comments(board: Board, people: People) -> None:
    stranger = await people.register("mallory")
    card = await board.card()
    comment = await board.comment(card)

    for attempt in (
        Board(stranger, board.project).comment(card),
        get_comment(again(stranger), comment["_id"]),
        list_comments(again(stranger), card["_id"]),
        delete_comment(again(stranger), comment["_id"]),
    ):
        with pytest.raises(NotFound, match=r"(Card|Comment) not found"):
            await attempt
    assert (await board.stored(card))["comment_count"] == 1
