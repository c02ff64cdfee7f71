"""The full-text index of a workspace: one SQLite file (FTS5) each, beside the data, derived and expendable.

It holds no truth: a file that is missing, old or damaged is built anew from the database. `position` is the cursor of
the workspace's stream up to which it is current; whoever searches first brings it up to date
(`resolvers.search.follow`). Several processes share the files: a write holds SQLite's own lock, and is dropped where
another was faster.
"""

import asyncio
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from unicodedata import unidata_version

from bson import ObjectId

from models.enums import SearchType
from models.pool import Pool
from realtime.cursor import Cursor
from resolvers.words.query import Fragment, Query
from resolvers.words.words import TOKENIZER, indexed

T = TypeVar("T")

VERSION = 5 * 1_000_000 + int(unidata_version.replace(".", ""))
"""How an index is made. One that was made otherwise, or by other tables of Unicode, is built anew."""
SEARCHES = Pool("searches", threads=4, at_once=2, of_one=20, in_all=200)
RANKED = 4_000
"""Hits that are ranked, those that were written last: to rank one takes 3 µs, and a word that more have tells little of
any. The others follow, the latest first."""
PATIENCE_SECONDS = 30.0
"""How long a write waits for that of another process."""

_SCHEMA = (
    "DROP TABLE IF EXISTS words",
    "DROP TABLE IF EXISTS entry",
    "DROP TABLE IF EXISTS shown",
    "DROP TABLE IF EXISTS position",
    "CREATE TABLE position (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL)",
    """CREATE TABLE entry (place INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, type TEXT NOT NULL, project BLOB,
       archived INTEGER NOT NULL)""",
    "CREATE TABLE shown (place INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL)",
    # It keeps no text: what it is given is not what is shown.
    f"""CREATE VIRTUAL TABLE words USING fts5 (title, text, content = "", prefix = "3", tokenize = "{TOKENIZER}")""",
    # A word of the title counts as much as eight of the text.
    "INSERT INTO words (words, rank) VALUES ('rank', 'bm25(8.0, 1.0)')",
    f"PRAGMA user_version = {VERSION}",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What of an object can be found."""

    id: ObjectId
    type: SearchType
    project_id: ObjectId | None
    title: str
    text: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An object that was found. A lower `rank` is better, 0 of what is not ranked; `place` breaks ties."""

    id: ObjectId
    type: SearchType
    rank: float
    place: int
    title: list[Fragment]
    excerpt: list[Fragment]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is searched for, and what narrows it."""

    query: Query
    types: Sequence[SearchType]
    project_id: ObjectId | None = None
    archived: bool = False

    def where(self) -> tuple[str, list[Any]]:
        """The condition on `words` joined with `entry`, and its values."""
        sql = f"words MATCH ? AND entry.type IN ({_marks(self.types)})"
        values: list[Any] = [self.query.match, *self.types]
        if self.project_id is not None:
            sql, values = f"{sql} AND entry.project = ?", [*values, self.project_id.binary]
        return (sql if self.archived else f"{sql} AND NOT entry.archived"), values


class SearchIndex:
    """The indexes of all workspaces, in one folder. SQLite runs in threads, so the event loop goes on meanwhile."""

    def __init__(self, folder: Path | None = None) -> None:
        """In `folder`; without one, in a temporary folder that goes with the object."""
        self._folder = folder or Path(tempfile.mkdtemp(prefix="orrery-search-"))
        if folder is None:
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._locks: dict[ObjectId, asyncio.Lock] = {}
        self._here = set(self.known())

    @asynccontextmanager
    async def following(self, workspace_id: ObjectId) -> AsyncIterator[None]:
        """Held by whoever brings an index up to date, so that a process does it once at a time."""
        lock = self._locks.setdefault(workspace_id, asyncio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.locked():
                self._locks.pop(workspace_id, None)

    async def position(self, workspace_id: ObjectId) -> Cursor | None:
        """Where an index stands; None where it has to be built."""
        return await self._run(workspace_id, _position)

    async def apply(
        self, workspace_id: ObjectId, since: Cursor, until: Cursor, changed: Iterable[Entry], gone: Iterable[ObjectId]
    ) -> None:
        """Go on from one cursor to another. Where the index does not stand at `since` any more, nothing happens."""

        def write(connection: sqlite3.Connection) -> None:
            with _writing(connection):
                if _position(connection) == since:
                    _remove(connection, gone)
                    _put(connection, changed)
                    _stand(connection, until)

        await self._run(workspace_id, write)

    async def build(
        self, workspace_id: ObjectId, stale: Cursor | None, until: Cursor, portions: AsyncIterable[Sequence[Entry]]
    ) -> None:
        """Fill an index anew, unless another process has since it stood at `stale`."""
        connection = await SEARCHES.run(self._open, workspace_id)
        try:
            await SEARCHES.run(connection.execute, "BEGIN IMMEDIATE", admitted=True)
            if await SEARCHES.run(_position, connection, admitted=True) == stale:
                await SEARCHES.run(_clear, connection, admitted=True)
                async for portion in portions:
                    await SEARCHES.run(_put, connection, portion, admitted=True)
                await SEARCHES.run(_stand, connection, until, admitted=True)
            await SEARCHES.run(connection.execute, "COMMIT", admitted=True)
        finally:
            # Without a commit this undoes all of it.
            await SEARCHES.run(connection.close, admitted=True)

    async def find(
        self, workspace_id: ObjectId, terms: Terms, size: int, after: tuple[float, int] | None = None
    ) -> list[Hit]:
        """The best `size` hits, or those that come after a rank and place: of the RANKED latest, then of the others."""
        return await self._run(workspace_id, lambda connection: _find(connection, terms, size, after))

    async def latest(self, workspace_id: ObjectId, terms: Terms, most: int) -> list[ObjectId]:
        """The ids of what is to be found, without their texts: of so many objects, those that were changed last."""

        def found(connection: sqlite3.Connection) -> list[ObjectId]:
            where, values = terms.where()
            source = f"FROM words JOIN entry ON entry.place = words.rowid WHERE {where}"
            sql = f"SELECT entry.id {source} ORDER BY words.rowid DESC LIMIT ?"
            return [ObjectId(row[0]) for row in connection.execute(sql, [*values, most]).fetchall()]

        return await self._run(workspace_id, found)

    async def count(self, workspace_id: ObjectId, terms: Terms) -> int:
        """How many objects there are to find."""

        def counted(connection: sqlite3.Connection) -> int:
            where, values = terms.where()
            sql = f"SELECT count(*) FROM words JOIN entry ON entry.place = words.rowid WHERE {where}"  # noqa: S608
            return int(connection.execute(sql, values).fetchone()[0])

        return await self._run(workspace_id, counted)

    def has(self, workspace_id: ObjectId) -> bool:
        """Whether there was an index at the start, or one was asked here since."""
        return workspace_id in self._here

    def forget(self, workspace_id: ObjectId) -> None:
        """Delete an index."""
        self._here.discard(workspace_id)
        for ending in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                self._path(workspace_id).with_name(f"{workspace_id}.sqlite3{ending}").unlink()

    def known(self) -> list[ObjectId]:
        """The workspaces that have an index here."""
        return [ObjectId(file.stem) for file in self._folder.glob("*.sqlite3") if ObjectId.is_valid(file.stem)]

    def _path(self, workspace_id: ObjectId) -> Path:
        return self._folder / f"{workspace_id}.sqlite3"

    async def _run(self, workspace_id: ObjectId, work: Callable[[sqlite3.Connection], T]) -> T:
        def run() -> T:
            connection = self._open(workspace_id)
            try:
                return work(connection)
            finally:
                connection.close()

        return await SEARCHES.run(run)

    def _open(self, workspace_id: ObjectId) -> sqlite3.Connection:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._here.add(workspace_id)
        try:
            return _prepared(self._path(workspace_id))
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # locked, or a full disk: nothing that a new file would mend
            self.forget(workspace_id)
            return _prepared(self._path(workspace_id))


def _prepared(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, PATIENCE_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # A lost write shows in the position, which is lost with it.
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            with _writing(connection):
                if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                    for statement in _SCHEMA:
                        connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _position(connection: sqlite3.Connection) -> Cursor | None:
    found = connection.execute("SELECT cursor FROM position").fetchone()
    return None if found is None else Cursor.parse(found[0])


def _stand(connection: sqlite3.Connection, at: Cursor) -> None:
    connection.execute("INSERT OR REPLACE INTO position VALUES (1, ?)", [str(at)])


def _clear(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    for table in ("shown", "entry", "position"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608


def _remove(connection: sqlite3.Connection, ids: Iterable[ObjectId]) -> None:
    known = "SELECT place, title, text FROM shown WHERE place = (SELECT place FROM entry WHERE id = ?)"
    for object_id in ids:
        for place, title, text in connection.execute(known, [object_id.binary]).fetchall():
            # What keeps no text has to be told what it was given.
            given = [place, indexed(title), indexed(text)]
            connection.execute("INSERT INTO words (words, rowid, title, text) VALUES ('delete', ?, ?, ?)", given)
            connection.execute("DELETE FROM shown WHERE place = ?", [place])
            connection.execute("DELETE FROM entry WHERE place = ?", [place])


def _put(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    given = list(entries)
    _remove(connection, (item.id for item in given))
    for entry in given:
        project = None if entry.project_id is None else entry.project_id.binary
        place = connection.execute(
            "INSERT INTO entry (id, type, project, archived) VALUES (?, ?, ?, ?)",
            [entry.id.binary, entry.type, project, entry.archived],
        ).lastrowid
        connection.execute("INSERT INTO shown VALUES (?, ?, ?)", [place, entry.title, entry.text])
        values = [place, indexed(entry.title), indexed(entry.text)]
        connection.execute("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", values)


def _find(connection: sqlite3.Connection, terms: Terms, size: int, after: tuple[float, int] | None) -> list[Hit]:
    connection.execute("BEGIN")  # one state of the index for the places and for their texts
    try:
        return [
            Hit(ObjectId(id_), SearchType(type_), rank, place, *_texts(connection, terms.query, place))
            for place, rank, id_, type_ in _places(connection, terms, size, after)
        ]
    finally:
        connection.execute("ROLLBACK")


def _places(
    connection: sqlite3.Connection, terms: Terms, size: int, after: tuple[float, int] | None
) -> Iterator[tuple[int, float, bytes, str]]:
    """The place, rank, id and type of hits, without the texts, which a sort of all that fits would carry along."""
    where, values = terms.where()
    shown = "SELECT words.rowid AS place, {} AS rank, entry.id, entry.type"
    source = f"FROM words JOIN entry ON entry.place = words.rowid WHERE {where}"
    order = "ORDER BY words.rowid DESC LIMIT ?"
    if after is None or after[0] < 0:
        beyond, start = ("WHERE (rank, place) > (?, ?)", after) if after is not None else ("", ())
        ranked = f"SELECT * FROM ({shown.format('rank')} {source} {order}) {beyond} ORDER BY rank, place LIMIT ?"  # noqa: S608
        found = connection.execute(ranked, [*values, RANKED, *start, size]).fetchall()
        yield from found
        if len(found) == size or (after is None and len(found) < RANKED):
            return
        size -= len(found)
        last = connection.execute(f"SELECT words.rowid {source} {order} OFFSET ?", [*values, 1, RANKED - 1]).fetchone()
        before: int = 0 if last is None else last[0]
    else:
        before = after[1]
    others = f"{shown.format('0.0')} {source} AND words.rowid < ? {order}"
    yield from connection.execute(others, [*values, before, size]).fetchall()


def _texts(connection: sqlite3.Connection, query: Query, place: int) -> tuple[list[Fragment], list[Fragment]]:
    title, text = connection.execute("SELECT title, text FROM shown WHERE place = ?", [place]).fetchone()
    return query.mark(title), query.excerpt(text)


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
