"""The changelog follows the cards that come to be done, and is filled in once for those of before."""

from datetime import timedelta
from typing import Any

from models import Card, ChangelogEntry
from models.base import collection
from models.enums import ColumnKind
from models.records import ChangelogEntryRecord, WorkspaceRecord
from resolvers.card.card import delete_card
from resolvers.changelog import changelog
from resolvers.changelog.changelog import list_changelog, summarize_changelog
from resolvers.column.column import update_column
from resolvers.inputs.column import ColumnUpdate
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from resolvers.lane.changelog_rebuild import CHANGELOG_STEP
from resolvers.project.project import delete_project
from tests.resolvers.lab import People, again, events
from tests.resolvers.missions import Crew
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_sorting import NoWork

TODO, DONE = 0, 1


async def listed(board: Board, **filter: Any) -> list[ChangelogEntryRecord]:
    page = await list_changelog(board.ctx, board.workspace_id, Window.read(), filter or None)
    return page.nodes


async def test_a_card_stands_in_the_changelog_for_as_long_as_it_is_done(
    owner: Context, people: People, workspace: WorkspaceRecord
) -> None:
    # Given a card of an agent, and one of nobody
    board = await make_board(owner, workspace, columns=2)
    atlas = await Crew(people, owner, workspace).hire("atlas")
    await board.add_member(atlas.caller)
    card = await board.card(TODO, title="Polish the lens", assigneeId=str(atlas.record["user_id"]))
    other = await board.card(TODO, title="Sweep", type="ops", resolution="Swept")
    seq = await board.seq()

    # When both are done: moved by a person, and by the agent
    moved = await board.move(card, columnId=board.column_id(DONE))
    by_agent = Board(atlas.caller, board.project, board.columns)
    await by_agent.move(other, columnId=str(board.column_id(DONE)))

    # Then each has an entry, which an event told of beside the move, the latest first
    entries = await listed(board)
    assert [entry["title"] for entry in entries] == ["Sweep", "Polish the lens"]
    assert {entry["agent_id"] for entry in entries} == {atlas.record["_id"]}
    assert entries[1]["completed_at"] == moved["completed_at"]
    assert [(entry["type"], entry["resolution"]) for entry in entries] == [("ops", "Swept"), (None, None)]
    told = [event for event in await board.events_since(seq) if event["type"] == "ChangelogEntryAdded"]
    assert [(event["card_id"], event["data"]["changelog_entry"]) for event in told] == [
        (card["_id"], entries[1]),
        (other["_id"], entries[0]),
    ]
    assert await listed(board, card={"eq": str(card["_id"])}) == entries[1:]
    assert len(await listed(board, agent={"eq": str(atlas.record["_id"])})) == 2

    # And what changes of a card that stays done changes nothing of its entry
    await board.update(card, title="Polish the mirror", archived=True)
    assert await listed(board) == entries

    # When one is reopened and done again, and the other deleted
    await board.move(card, columnId=board.column_id(TODO))
    assert await listed(board) == entries[:1]
    await board.move(card, columnId=board.column_id(DONE))
    await delete_card(board.ctx, other["_id"])

    # Then it has another entry, as it is now, and the other none
    [anew] = await listed(board)
    assert (anew["title"], anew["card_id"]) == ("Polish the mirror", card["_id"])
    assert anew["_id"] != entries[1]["_id"]
    removed = [event["data"]["deleted_id"] for event in await events(board.workspace_id) if "Removed" in event["type"]]
    assert removed == [entries[1]["_id"], entries[0]["_id"]]

    # And what setting the kind of a column does to no card does nothing to the changelog
    await update_column(board.ctx, board.columns[TODO]["_id"], ColumnUpdate.of(kind=ColumnKind.DONE))
    assert await listed(board) == [anew]
    await delete_project(board.ctx, board.project["_id"])
    assert await collection(ChangelogEntry).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_cards_that_were_done_before_are_filled_in_once_and_added_up_by_day(
    owner: Context, people: People, workspace: WorkspaceRecord, monkeypatch: Any
) -> None:
    # Given cards of two projects that were done, without a changelog
    board, other = await make_board(owner, workspace, columns=2), await make_board(owner, workspace, columns=2)
    done = [await board.card(DONE, title=f"Step {number}") for number in range(3)]
    await other.card(DONE, title="Elsewhere")
    await board.card(TODO)
    before = await listed(board)
    await collection(ChangelogEntry).delete_many({"card_id": {"$in": [card["_id"] for card in done[1:]]}})

    # When they are filled in, twice
    await CHANGELOG_STEP.run(NoWork())
    await CHANGELOG_STEP.run(NoWork())

    # Then each has its entry again, the same
    assert await listed(board) == before

    # And a day is told by project
    monkeypatch.setattr(changelog, "TITLES", 2)
    days = await summarize_changelog(again(owner), workspace["_id"])
    assert sum(day["count"] for day in days) == 4
    first = days[0]["areas"][0]
    assert (first["project_id"], first["count"]) == (board.project["_id"], 3)
    assert first["titles"] == ["Step 2", "Step 1"]
    assert days[0]["date"] == done[0]["completed_at"].replace(hour=0, minute=0, second=0, microsecond=0)  # type: ignore[union-attr]


async def test_a_card_that_has_an_entry_gets_no_other_of_another_moment(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a card whose entry is of another moment than it is said to have been done at
    board = await make_board(owner, workspace, columns=2)
    card = await board.card(DONE, title="Step")
    assert card["completed_at"] is not None
    earlier = card["completed_at"] - timedelta(days=1)
    await collection(Card).update_one({"_id": card["_id"]}, {"$set": {"completed_at": earlier}})
    entries = await listed(board)
    assert len(entries) == 1

    # When the changelog is filled in
    await CHANGELOG_STEP.run(NoWork())

    # Then it has that entry alone
    assert await listed(board) == entries
