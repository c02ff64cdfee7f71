"""Notifications over REST: what happened in the words of the interface, and which of them are read."""

import pytest

from resolvers.notification.follow import follow
from tests.rest.conftest import Api, Board, made


@pytest.fixture
async def told(api: Api, board: Board) -> Board:
    """Ann's board, of which Bob archived a card and brought it back."""
    bob = await api.person("bob@example.com")
    invited = await made(board.ann, f"{board.workspace}/members/invite", email="bob@example.com")
    await made(bob, f"/invitations/{invited['token']}/accept")
    card = await made(board.ann, f"{board.path}/cards", title="Lens")
    for archived in (True, False):
        await bob.patch(f"{board.path}/cards/{card['id']}", json={"archived": archived})
    await follow(api.ctx.services)
    return board


async def test_a_card_that_is_brought_back_is_updated_and_not_archived(told: Board) -> None:
    # When
    answer = await told.ann.get("/notifications")

    # Then
    back, away = (notification["activity"] for notification in answer.json())
    assert (back["type"], back["meta"]["fields"], back["meta"]["archived"]) == ("card_updated", ["archived"], False)
    assert (away["type"], away["meta"]["archived"]) == ("card_archived", True)


async def test_parameters_with_nothing_behind_them_are_as_good_as_none(told: Board) -> None:
    # When
    answer = await told.ann.get("/notifications?limit=&unreadOnly=")

    # Then
    assert (answer.status_code, answer.json()) == (200, (await told.ann.get("/notifications")).json())


async def test_whoever_asks_for_more_than_are_sent_is_sent_so_many(told: Board) -> None:
    # When
    answer = await told.ann.get("/notifications?limit=100000")

    # Then
    assert (answer.status_code, answer.json()) == (200, (await told.ann.get("/notifications?limit=500")).json())
