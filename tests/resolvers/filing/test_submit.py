"""Filing cards in a workspace in words."""

from datetime import timedelta
from typing import Any

import pytest

from models import AttemptCount, Card, Column, Mission, Project
from models.base import collection
from models.card_enums import CardStage
from models.enums import ColumnKind
from models.errors import BadUserInput, Conflict, RateLimited
from models.records import CardRecord, WorkspaceRecord
from resolvers.card.card import get_card
from resolvers.card.graph import stage_of_cards
from resolvers.card.revise import revise_card
from resolvers.column.column import update_column
from resolvers.filing.submit import CARDS_A_MINUTE, Submitted, submit_card
from resolvers.inputs.card import CardRevise
from resolvers.inputs.column import ColumnUpdate
from resolvers.inputs.filing import CardSubmit
from resolvers.kit.context import Context
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again
from tests.resolvers.missions import Crew
from tests.resolvers.projects import Board, make_board


async def submit(ctx: Context, workspace: WorkspaceRecord, title: str = "Card", **values: Any) -> Submitted:
    given = {"workspace_id": workspace["_id"], "title": title, **values}
    return (await submit_card(again(ctx), CardSubmit.of(**given))).value


async def revise(board: Board, card: CardRecord, **values: Any) -> CardRecord:
    return (await revise_card(board.ctx, card["_id"], CardRevise.of(**values))).value


async def stage_of(board: Board, card: CardRecord) -> CardStage:
    found = await get_card(board.ctx, card["_id"])
    return (await stage_of_cards(board.ctx, [found], None))[0]


async def names(card: CardRecord) -> list[str]:
    """The columns of the board that a card of no scope is on."""
    query = {"project_id": card["project_id"], "scope_id": None}
    return [column["name"] for column in await collection(Column).find(query).sort("rank", 1).to_list()]


async def test_a_card_without_a_project_goes_to_the_inbox_which_has_a_column_for_each_stage(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    first = (await submit(owner, workspace, "First")).card
    second = (await submit(owner, workspace, "Second", stage=CardStage.DONE, assignee="me")).card

    inbox = await collection(Project).find_one({"workspace_id": workspace["_id"], "slug": "inbox"})
    assert inbox is not None
    assert first["project_id"] == second["project_id"] == inbox["_id"]
    assert await names(first) == ["To do", "In progress", "Review", "Blocked", "Done"]
    assert (first["completed_at"], second["completed_at"] is None) == (None, False)
    assert second["assignee_id"] == owner.user_id


async def test_the_same_open_card_of_a_day_is_not_filed_again(owner: Context, workspace: WorkspaceRecord) -> None:
    board = await make_board(owner, workspace)
    slug = str(board.project["slug"])
    first = await submit(owner, workspace, project=slug)
    seq = await board.seq()
    assert not first.is_duplicate

    same = await submit(owner, workspace, project=str(board.project["_id"]), description="More")
    assert (same.card["_id"], same.is_duplicate, await board.seq()) == (first.card["_id"], True, seq)
    others = [
        await submit(owner, workspace, "Another", project=slug),
        await submit(owner, workspace, project=slug, assignee="me"),
        await submit(owner, workspace),
    ]
    assert not any(other.is_duplicate for other in others)

    yesterday = {"$set": {"created_at": first.card["created_at"] - timedelta(hours=24, seconds=1)}}
    await collection(Card).update_one({"_id": first.card["_id"]}, yesterday)
    younger = await submit(owner, workspace, project=slug)
    assert not younger.is_duplicate
    await revise(board, younger.card, stage=CardStage.DONE)
    assert not (await submit(owner, workspace, project=slug)).is_duplicate


async def test_a_board_without_kinds_has_stages_and_is_given_the_columns_that_it_lacks(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    board = await make_board(owner, workspace)
    card = await board.card()
    assert await stage_of(board, card) is CardStage.TODO

    await revise(board, card, stage=CardStage.IN_PROGRESS)
    assert (await board.stored(card))["column_id"] == board.column_id(1)
    await revise(board, card, stage=CardStage.REVIEW)
    assert await names(card) == ["Column 0", "Column 1", "Review", "Column 2"]
    done = await revise(board, card, stage=CardStage.DONE)
    assert (done["column_id"], done["completed_at"] is None) == (board.column_id(2), False)

    shelf = ColumnUpdate.of(kind=ColumnKind.BLOCKED)
    await update_column(board.ctx, board.columns[1]["_id"], shelf)
    waiting = await board.card(1)
    assert await stage_of(board, waiting) is CardStage.BLOCKED

    short = await make_board(owner, workspace, columns=1)
    card = await short.card()
    await revise(short, card, stage=CardStage.REVIEW)
    assert await names(card) == ["Column 0", "Review", "Done"]


async def test_whoever_tells_that_a_card_is_in_progress_begins_no_run(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given
    board = await make_board(owner, workspace)
    card = (await submit(owner, workspace, description="Do it", assignee="me")).card

    # When
    told = await revise(board, card, stage=CardStage.IN_PROGRESS)
    born = (await submit(owner, workspace, "Born so", description="Do it", stage=CardStage.IN_PROGRESS)).card

    # Then
    assert told["column_id"] == born["column_id"]
    assert await stage_of(board, card) is CardStage.IN_PROGRESS
    assert await collection(Mission).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_what_is_in_progress_never_comes_to_stand_where_it_counts_as_to_do(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given
    board = await make_board(owner, workspace, columns=2)
    for column, kind in zip(board.columns, (ColumnKind.REVIEW, ColumnKind.DONE), strict=True):
        await update_column(again(board.ctx), column["_id"], ColumnUpdate.of(kind=kind))
    card = await board.card(0)

    # When
    await revise(board, card, stage=CardStage.IN_PROGRESS)

    # Then
    assert await names(card) == ["To do", "In progress", "Column 0", "Column 1"]
    assert await stage_of(board, card) is CardStage.IN_PROGRESS


async def test_a_card_that_is_done_can_be_cancelled_and_is_done_no_more(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given
    board = await make_board(owner, workspace)
    card = await board.card(2)
    assert await stage_of(board, card) is CardStage.DONE

    # When
    cancelled = await revise(board, card, stage=CardStage.CANCELLED)

    # Then
    assert (cancelled["archived"], cancelled["completed_at"]) == (True, None)
    assert await stage_of(board, card) is CardStage.CANCELLED


async def test_what_is_cancelled_goes_back_to_todo_alone(owner: Context, workspace: WorkspaceRecord) -> None:
    board = await make_board(owner, workspace)
    card = await board.card(1)
    cancelled = await revise(board, card, stage=CardStage.CANCELLED)
    assert (cancelled["archived"], await stage_of(board, card)) == (True, CardStage.CANCELLED)
    seq = await board.seq()
    with pytest.raises(Conflict) as refused:
        await revise(board, card, stage=CardStage.DONE)
    assert refused.value.field == "stage"
    await revise(board, card, stage=CardStage.CANCELLED)
    assert await board.seq() == seq

    back = await revise(board, card, stage=CardStage.TODO)
    assert (back["archived"], back["column_id"]) == (False, board.column_id(0))
    finished = await board.card(2)
    await revise(board, finished, archived=True)
    assert await stage_of(board, finished) is CardStage.DONE
    with pytest.raises(BadUserInput):
        await revise(board, card, stage=CardStage.TODO, archived=True)
    born = (await submit(owner, workspace, stage=CardStage.CANCELLED)).card
    assert born["archived"]


async def test_whoever_is_assigned_is_named_in_words_and_joins_the_project(
    people: People, owner: Context, workspace: WorkspaceRecord, join: Join
) -> None:
    board = await make_board(owner, workspace)
    project, colleague = str(board.project["slug"]), await join(workspace, "colleague")
    atlas = await Crew(people, owner, workspace).hire("atlas")
    words = {
        "me": owner.user_id,
        "atlas": atlas.record["user_id"],
        "Atlas": atlas.record["user_id"],
        str(atlas.record["_id"]): atlas.record["user_id"],
        str(colleague.user_id): colleague.user_id,
    }
    for word, user_id in words.items():
        card = (await submit(owner, workspace, f"For {word}", project=project, assignee=word)).card
        assert card["assignee_id"] == user_id
    assert (await revise(board, card, assignee=None))["assignee_id"] is None

    stranger = await people.register("Stranger")
    for word in ("nobody", str(stranger.user_id), "7", "12345678901", str(workspace["_id"])):
        with pytest.raises(BadUserInput) as refused:
            await submit(owner, workspace, "For none", project=project, assignee=word)
        assert refused.value.field == "assignee"
    for word in ("no-such", str(workspace["_id"]), "0" * 24):
        with pytest.raises(BadUserInput) as refused:
            await submit(owner, workspace, "In none", project=word)
        assert refused.value.field == "project"


async def test_a_person_files_so_many_cards_a_minute(owner: Context, workspace: WorkspaceRecord) -> None:
    await submit(owner, workspace)
    await collection(AttemptCount).update_many({"made": 1}, {"$set": {"made": CARDS_A_MINUTE}})

    with pytest.raises(RateLimited):
        await submit(owner, workspace, "One more")
