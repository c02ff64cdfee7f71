"""Search: what was just written is found, by everyone who may read it and by nobody else."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from models import StreamHead
from models.base import collection
from models.enums import SearchType
from models.errors import BadUserInput, NotFound
from models.records import WorkspaceRecord
from resolvers.card.card import delete_card
from resolvers.inputs.project import ProjectUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.project.project import delete_project, update_project
from resolvers.search.follow import sweep
from resolvers.search.search import FoundPage, search, totals_of
from resolvers.words import index as words_index
from resolvers.words.index import SearchIndex
from resolvers.words.query import Fragment, read_query
from resolvers.workspace.workspace import delete_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace, columns=2)


async def find(board: Board, query: str, **options: Any) -> FoundPage:
    return await search(board.ctx, board.workspace_id, query, **options)


async def ids(board: Board, query: str, **options: Any) -> list[ObjectId]:
    return [found.node["_id"] for found in (await find(board, query, **options)).nodes]


async def test_a_card_is_found_by_words_and_beginnings_as_soon_as_it_is_written(board: Board) -> None:
    card = await board.card(0, title="Polish the prism", description="With cerium oxide, twice.")

    for query in ("prism", "PRISM", "pris", "cerium oxide", "poli ceri", '"cerium oxide"', "oxide cerium"):
        assert await ids(board, query) == [card["_id"]], query
    for query in ("prisms", "prism lens", '"oxide cerium"', "rism"):
        assert await ids(board, query) == [], query


async def test_accents_and_case_make_no_difference(board: Board) -> None:
    card = await board.card(0, title="Überprüfung der Größe in São Paulo")

    assert await ids(board, "uberprufung sao") == [card["_id"]]


async def test_words_of_every_script_are_found_and_no_more_once_they_are_gone(board: Board) -> None:
    words = {
        "東京都庁で会議": "会議",
        "우리학교에서": "학교",
        "วันนี้ประชุม": "ประชุม",
        "שָׁלוֹם": "שלום",
        "C# here": "c#",
        "🚀": "🚀",
    }
    cards = {query: await board.card(0, title=title) for title, query in words.items()}

    assert {query: await ids(board, query) for query in cards} == {query: [one["_id"]] for query, one in cards.items()}

    for card in cards.values():
        await board.update(card, title="Café au lait")
    assert [await ids(board, query) for query in cards] == [[]] * len(cards)
    assert len(await ids(board, "cafe\u0301")) == len(cards)


async def test_an_index_of_another_version_is_built_anew(board: Board, tmp_path: Path) -> None:
    card = await board.card(0, title="東京都庁")
    ctx = _over(board.ctx, SearchIndex(tmp_path))
    await search(ctx, board.workspace_id, "都庁")
    make_old(tmp_path)

    found = await search(_over(board.ctx, SearchIndex(tmp_path)), board.workspace_id, "都庁")

    assert [one.node["_id"] for one in found.nodes] == [card["_id"]]


async def test_a_change_is_found_under_its_new_words_alone(board: Board) -> None:
    card = await board.card(0, title="Mount the camera")
    assert await ids(board, "camera") == [card["_id"]]

    await board.update(card, title="Mount the spectrograph", checklist=[{"title": "Torque the bolts"}])

    assert await ids(board, "camera") == []
    assert await ids(board, "spectrograph") == [card["_id"]]
    assert await ids(board, "bolts") == [card["_id"]]


async def test_what_was_deleted_is_found_no_more(board: Board) -> None:
    gone, kept = await board.card(0, title="Dome motor"), await board.card(0, title="Dome paint")
    said = await board.comment(gone)
    assert len(await ids(board, "dome")) == 2

    await delete_card(board.ctx, gone["_id"])

    assert await ids(board, "dome") == [kept["_id"]]
    assert said["_id"] not in await ids(board, said["content"])


async def test_everything_of_a_project_goes_with_it(board: Board) -> None:
    await board.card(0, title="Dome motor")
    await update_project(board.ctx, board.project["_id"], read_input(ProjectUpdate, {"name": "Dome works"}))
    assert len(await ids(board, "dome")) == 2

    await delete_project(board.ctx, board.project["_id"])

    assert await ids(board, "dome") == []


async def test_comments_documents_and_projects_are_found_too_and_can_be_asked_for_alone(board: Board) -> None:
    await update_project(board.ctx, board.project["_id"], read_input(ProjectUpdate, {"name": "Hello works"}))
    card = await board.card(0, title="Hello card")
    said = await board.comment(card, "Hello from here")

    document = await Shelf(board.ctx, board.workspace_id).document("Plan", content="# Hello\n\nworld")

    by_type = {one: await ids(board, "hello", types=[one]) for one in SearchType}

    assert by_type[SearchType.DOCUMENT] == [document["_id"]]
    assert by_type[SearchType.PROJECT] == [board.project["_id"]]
    assert by_type[SearchType.CARD] == [card["_id"]]
    assert by_type[SearchType.COMMENT] == [said["_id"]]
    everything = set().union(*by_type.values())
    assert set(await ids(board, "hello")) == everything
    assert await ids(board, "hello", types=[]) == []


async def test_a_document_is_found_by_its_newest_text_alone(board: Board) -> None:
    shelf = Shelf(board.ctx, board.workspace_id)
    document = await shelf.document("Plan", content="about mirrors", tags=["optics"])
    assert await ids(board, "mirrors optics") == [document["_id"]]

    await shelf.update(document, content="about lenses")

    assert await ids(board, "mirrors") == []
    assert await ids(board, "lenses") == [document["_id"]]


async def test_archived_cards_are_found_only_when_asked_for(board: Board) -> None:
    card = await board.card(0, title="Retired plan")
    await board.update(card, archived=True)

    assert await ids(board, "retired") == []
    assert await ids(board, "retired", archived=True) == [card["_id"]]


async def test_a_word_of_the_title_counts_more_than_one_of_the_text(board: Board) -> None:
    text = await board.card(0, title="Something else", description="about the gimbal")
    title = await board.card(0, title="Gimbal")

    assert await ids(board, "gimbal") == [title["_id"], text["_id"]]


async def test_what_fits_is_sorted_without_its_texts_and_those_of_the_page_are_read_singly(
    board: Board, tmp_path: Path
) -> None:
    index = WatchedIndex(tmp_path)
    for number in range(8):  # each fits better than those before it
        await board.card(0, title=f"Probe {number}", description="filler " * (80 - 10 * number))
    await search(_over(board.ctx, index), board.workspace_id, "probe")  # brings it up to date
    index.asked.clear()

    page = await search(_over(board.ctx, index), board.workspace_id, "probe", first=2)

    assert len(page.nodes) == 2
    # One more than the page tells whether there is a next one.
    assert len([one for one in index.asked if "FROM shown" in one]) == 3


async def test_what_was_searched_for_is_marked(board: Board) -> None:
    await board.card(0, title="Align the finder", description="Use <b>stars</b> near the pole to align it")

    (found,) = (await find(board, "alig pole")).nodes

    assert found.hit.title == [Fragment("Align", True), Fragment(" the finder", False)]
    assert "".join(one.text for one in found.hit.excerpt) == "Use <b>stars</b> near the pole to align it"
    assert [one.text for one in found.hit.excerpt if one.is_match] == ["pole", "align"]


async def test_pages_hold_everything_once_and_in_order(board: Board) -> None:
    for number in range(7):
        await board.card(0, title=f"Probe {number}", description="probe " * number)

    whole = await ids(board, "probe")
    walked: list[ObjectId] = []
    after: str | None = None
    while True:
        page = await find(board, "probe", first=3, after=after)
        walked += [found.node["_id"] for found in page.nodes]
        assert await totals_of(board.ctx, [page], None) == [7]
        if not page.has_next:
            break
        after = page.cursor(page.nodes[-1])

    assert len(whole) == 7
    assert walked == whole


async def test_of_very_many_hits_the_latest_are_ranked_and_the_others_follow_them(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words_index, "RANKED", 3)
    cards = [await board.card(0, title=f"Probe {number}", description="filler " * number) for number in range(8)]

    whole = await ids(board, "probe", first=100)
    walked: list[ObjectId] = []
    after: str | None = None
    while len(walked) < 8:
        page = await find(board, "probe", first=2, after=after)
        walked += [found.node["_id"] for found in page.nodes]
        after = page.cursor(page.nodes[-1])

    assert whole == [cards[number]["_id"] for number in (5, 6, 7, 4, 3, 2, 1, 0)]
    assert walked == whole
    assert not page.has_next


async def test_a_project_narrows_the_search(board: Board, owner: Context, workspace: WorkspaceRecord) -> None:
    other = await make_board(again(owner), workspace, columns=1)
    here, there = await board.card(0, title="Seal"), await other.card(0, title="Seal")

    assert await ids(board, "seal", project_id=board.project["_id"]) == [here["_id"]]
    assert set(await ids(board, "seal")) == {here["_id"], there["_id"]}


async def test_nothing_of_another_workspace_is_found(board: Board, people: People) -> None:
    await board.card(0, title="Secret lens")
    stranger = await people.register("stranger")

    with pytest.raises(NotFound):
        await search(stranger, board.workspace_id, "lens")


async def test_every_member_finds_it(board: Board, join: Join, workspace: WorkspaceRecord) -> None:
    card = await board.card(0, title="Shared lens")
    ada = await join(workspace, "ada")

    found = await search(again(ada), board.workspace_id, "lens")

    assert [one.node["_id"] for one in found.nodes] == [card["_id"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "query"),
        (" -- ** ", "query"),
        ('""', "query"),
        ("x" * 201, "query"),
        ("a " * 13, "query"),
        ("a\x00b", "query"),
        ("\ud800", "query"),
    ],
)
async def test_a_query_without_words_or_with_too_many_is_refused(board: Board, query: str, field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        await find(board, query)

    assert refused.value.details["field"] == field


@pytest.mark.parametrize(
    "text", ["NEAR(a b)", "title:lens", "a OR b", "a*", "(", '"a', "x AND", "^a", "a-b", "{a}", "'"]
)
async def test_the_syntax_of_the_index_is_only_text(board: Board, text: str) -> None:
    try:
        read_query(text)
    except BadUserInput:
        return

    assert await ids(board, text) == []


@pytest.mark.parametrize(
    "options", [{"first": 101}, {"first": -1}, {"after": "x"}, {"after": "WzEsMl0"}, {"after": "e30"}, {"after": "NQ"}]
)
async def test_a_bad_page_is_refused(board: Board, options: dict[str, Any]) -> None:
    with pytest.raises(BadUserInput):
        await find(board, "lens", **options)


async def test_many_who_search_at_once_build_the_index_once(board: Board) -> None:
    card = await board.card(0, title="Crowded lens")

    found = await asyncio.gather(*(ids(board, "crowded") for _ in range(10)))

    assert found == [[card["_id"]]] * 10


async def test_an_index_is_built_anew_where_the_log_does_not_reach_back(board: Board) -> None:
    first = await board.card(0, title="Early lens")
    assert await ids(board, "lens") == [first["_id"]]
    second = await board.card(0, title="Late lens")
    head = await collection(StreamHead).find_one({"_id": board.workspace_id})
    assert head is not None

    await collection(StreamHead).update_one({"_id": board.workspace_id}, {"$set": {"floor": head["seq"]}})

    assert set(await ids(board, "lens")) == {first["_id"], second["_id"]}


async def test_a_damaged_index_is_built_anew(board: Board, tmp_path: Path) -> None:
    card = await board.card(0, title="Broken lens")
    index = SearchIndex(tmp_path)
    ctx = _over(board.ctx, index)
    await search(ctx, board.workspace_id, "lens")

    damage(tmp_path)

    found = await search(_over(board.ctx, index), board.workspace_id, "lens")
    assert [one.node["_id"] for one in found.nodes] == [card["_id"]]


async def test_two_processes_share_an_index(board: Board, tmp_path: Path) -> None:
    one, other = SearchIndex(tmp_path), SearchIndex(tmp_path)
    cards = []
    for number in range(6):
        cards.append((await board.card(0, title=f"Shared {number}"))["_id"])
        both = await asyncio.gather(
            *(search(_over(board.ctx, index), board.workspace_id, "shared") for index in (one, other))
        )
        for found in both:
            assert {hit.node["_id"] for hit in found.nodes} == set(cards)
    assert stored(tmp_path, "entry") == stored(tmp_path, "words") == len(cards) + 1  # and the project


async def test_an_index_goes_with_its_workspace(board: Board, tmp_path: Path) -> None:
    await board.card(0, title="Last lens")
    index, elsewhere = SearchIndex(tmp_path / "here"), SearchIndex(tmp_path / "there")
    for one in (index, elsewhere):
        await search(_over(board.ctx, one), board.workspace_id, "lens")
        assert one.known() == [board.workspace_id]

    await delete_workspace(_over(board.ctx, index), board.workspace_id)
    await sweep(elsewhere)

    assert index.known() == elsewhere.known() == []


class WatchedIndex(SearchIndex):
    """Keeps the statements that it sends."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked: list[str] = []

    def _open(self, workspace_id: ObjectId) -> sqlite3.Connection:
        connection = super()._open(workspace_id)
        connection.set_trace_callback(self.asked.append)
        return connection


def damage(folder: Path) -> None:
    for beside in folder.glob("*.sqlite3-*"):
        beside.unlink()
    (file,) = folder.glob("*.sqlite3")
    file.write_bytes(b"no database at all" * 1000)


def make_old(folder: Path) -> None:
    """An index as the first release made it."""
    (file,) = folder.glob("*.sqlite3")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for table in ("words", "shown"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("CREATE VIRTUAL TABLE words USING fts5 (title, text)")
        connection.execute("PRAGMA user_version = 1")


def stored(folder: Path, table: str) -> int:
    (file,) = folder.glob("*.sqlite3")
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def _over(ctx: Context, index: SearchIndex) -> Context:
    return Context(ctx.subject, replace(ctx.services, search=index))
