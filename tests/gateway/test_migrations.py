"""Migrations: what is missing is found, built and back-filled once, and a start that may not do it says what will."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId
from pymongo import IndexModel
from pymongo.asynchronous.collection import AsyncCollection

from gateway import migrations
from gateway.database import Database, DatabaseError, connect, learn
from gateway.indexes import missing_indexes
from gateway.migrations import find_pending, migrate
from gateway.settings import Settings
from models import DOCUMENTS, Lease, LoggedEvent, Migration, Notification, Session, User
from models.base import collection
from realtime.lease import give_up, hold
from resolvers.kit.migration_step import PORTION, MigrationStep, Work, over_all
from tests.gateway.test_concerns import recorded
from tests.stubs import stubs


class Bar:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, int | None]] = []
        self.units = 0

    def begin(self, what: str, total: int | None = None) -> None:
        self.parts.append((what, total))

    def advance(self, units: int = 1) -> None:
        self.units += units


@pytest.fixture
async def built(clean: Database) -> AsyncIterator[Database]:
    """The database, which has its indexes again in the end."""
    yield clean
    await learn(clean)  # a test may have connected once more
    await migrate(clean.db, Bar())
    assert not await find_pending(clean.db)


async def url_of(database: Database, settings: Settings) -> str:
    host, port = await database.client.address or ("", 0)
    password = (settings.data_dir / "db.password").read_text().strip()
    return f"mongodb://orrery:{password}@{host}:{port}/orrery?authSource=admin"


async def somebody() -> None:
    await stubs(User).insert_one({"_id": ObjectId(), "email": "ann@example.com"})


async def test_a_started_database_misses_nothing(database: Database) -> None:
    assert await missing_indexes(database.db) == []
    assert not await find_pending(database.db)


async def test_an_index_that_is_missing_is_built_alone(built: Database) -> None:
    await collection(Notification).drop_indexes()
    wanted = len(Notification.get_settings().indexes)

    assert [one.told for one in await missing_indexes(built.db)] == [f"{wanted} of notifications"]
    assert await migrate(built.db, Bar()) == [f"Built {wanted} of notifications over 0 documents."]
    assert await migrate(built.db, Bar()) == []


@pytest.mark.parametrize(
    ("model", "name", "other"),
    [(LoggedEvent, "stream_id_1_seq_1", {}), (Session, "expires_at_1", {"expireAfterSeconds": 9})],
    ids=["unique", "expiry"],
)
async def test_an_index_of_the_name_that_is_otherwise_is_built_again(
    model: type[LoggedEvent] | type[Session], name: str, other: Any, built: Database
) -> None:
    documents = stubs(model)
    before = (await documents.index_information())[name]
    await documents.drop_index(name)
    await documents.create_index(before["key"], name=name, **other)

    assert [one.outdated for one in await missing_indexes(built.db)] == [[name]]
    await migrate(built.db, Bar())

    assert (await documents.index_information())[name] == before


async def test_an_index_that_a_declared_one_goes_further_than_is_dropped_and_others_stay(built: Database) -> None:
    # Given what an earlier version had, what somebody has added, and what says more than its keys
    documents = collection(Notification)
    await documents.create_index([("workspace_id", 1)])
    await documents.create_index([("project_id", 1)], name="ours")
    await documents.create_index([("user_id", 1)], sparse=True)
    before = set(await documents.index_information())

    assert [one.told for one in await missing_indexes(built.db)] == ["1 of notifications"]
    await migrate(built.db, Bar())

    assert before - set(await documents.index_information()) == {"workspace_id_1"}
    for name in ("ours", "user_id_1"):
        await documents.drop_index(name)


async def test_an_index_whose_building_was_interrupted_is_built_again(
    built: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await collection(Notification).drop_indexes()
    await stubs(Notification).insert_one({"_id": ObjectId()})
    create = AsyncCollection.create_indexes

    async def killed(documents: AsyncCollection[Any], indexes: Sequence[IndexModel]) -> None:
        await create(documents, indexes)  # which may be there in part, after a kill
        raise ConnectionError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(AsyncCollection, "create_indexes", killed)
        with pytest.raises(ConnectionError):
            await migrate(built.db, Bar())
    [again] = await missing_indexes(built.db)
    assert set(again.outdated) == {one.name for one in Notification.get_settings().indexes}

    await migrate(built.db, Bar())

    assert await missing_indexes(built.db) == []


async def test_every_index_of_every_document_is_looked_for(built: Database) -> None:
    for model in DOCUMENTS:
        await collection(model).drop_indexes()

    missing = await missing_indexes(built.db)

    declared = {model.__name__: len(model.get_settings().indexes) for model in DOCUMENTS}
    assert {one.model.__name__: len(one.indexes) for one in missing} == {k: v for k, v in declared.items() if v}


async def test_a_database_of_ones_own_is_left_to_the_command(built: Database, settings: Settings) -> None:
    await somebody()
    await collection(Notification).drop_indexes()
    theirs = replace(settings, mongodb_url=await url_of(built, settings))

    with pytest.raises(
        DatabaseError, match=r"needs indexes \(\d of notifications\): run orrery migrate first"
    ) as caught:
        await connect(theirs)

    assert "\n" not in str(caught.value)
    assert await missing_indexes(built.db)


async def test_a_database_that_nobody_has_used_is_migrated_by_the_start_however_long_that_takes(
    built: Database, settings: Settings
) -> None:
    await collection(Notification).drop_indexes()
    theirs = replace(settings, mongodb_url=await url_of(built, settings))

    with recorded() as commands:
        await (await connect(theirs)).close()

    assert await missing_indexes(built.db) == []
    building = [command for command in commands if "createIndexes" in command]
    assert ["maxTimeMS" in command for command in building] == [False]


@pytest.mark.parametrize("used", [True, False])
async def test_the_embedded_database_is_migrated_by_the_start_which_says_so_where_somebody_uses_it(
    used: bool, built: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "orrery")
    if used:
        await somebody()
    await collection(Notification).drop_indexes()

    await (await connect(settings, url=await url_of(built, settings))).close()

    assert await missing_indexes(built.db) == []
    assert caplog.messages == (["Indexing 0 documents of notifications"] if used else [])


def step(name: str, seen: list[int], *, fails_at: int | None = None) -> MigrationStep:
    """A step over every user, which is interrupted once it has seen some."""

    async def each(portion: Sequence[Any]) -> None:
        if fails_at is not None and len(seen) >= fails_at:
            raise ConnectionError("interrupted")
        seen.extend(one["number"] for one in portion)

    async def run(work: Work) -> None:
        await over_all(User, work, each, ["number"])

    return MigrationStep(name, "Users", run)


async def users(count: int) -> None:
    records = [{"_id": ObjectId(), "email": f"{n}@example.com", "number": n} for n in range(count)]
    await stubs(User).insert_many(records)


async def test_a_step_is_done_once_and_remembered(clean: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(migrations, "STEPS", [step("once", seen)])
    await users(3)
    bar = Bar()

    assert await migrate(clean.db, bar) == ["Users: 3 done."]
    assert await migrate(clean.db, bar) == []

    assert seen == [0, 1, 2]
    assert (bar.parts[-1], bar.units) == (("Users", 3), 3)
    assert (await stubs(Migration).find_one({"_id": "once"}) or {})["done_at"] is not None


async def test_a_step_that_was_interrupted_goes_on_where_it_was(
    clean: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    await users(PORTION * 2 + 1)
    monkeypatch.setattr(migrations, "STEPS", [step("twice", seen, fails_at=PORTION)])
    with pytest.raises(ConnectionError):
        await migrate(clean.db, Bar())
    assert (await find_pending(clean.db)).told == "Users"

    monkeypatch.setattr(migrations, "STEPS", [step("twice", seen)])
    assert await migrate(clean.db, Bar()) == [f"Users: {PORTION + 1} done."]

    assert seen == list(range(PORTION * 2 + 1))


async def test_one_process_at_a_time_migrates_and_the_other_finds_nothing_left(
    clean: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(migrations, "STEPS", [step("shared", seen)])
    monkeypatch.setattr(migrations, "POLL_SECONDS", 0.01)
    await users(3)

    both = await asyncio.gather(*(migrate(clean.db, Bar()) for _ in range(2)))

    assert sorted(both) == [[], ["Users: 3 done."]]
    assert await collection(Lease).find_one({"_id": migrations.WORK}) is None


async def test_the_lease_of_a_migration_that_takes_long_is_held_on_to(
    clean: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LEASE", migrations.LEASE / 100)
    untils: list[object] = []

    async def run(work: Work) -> None:
        while len(set(untils)) < 3:
            untils.append((await stubs(Lease).find_one({"_id": migrations.WORK}) or {})["until"])
            await asyncio.sleep(0.02)
        assert not await hold(migrations.WORK, "another", migrations.LEASE)

    monkeypatch.setattr(migrations, "STEPS", [MigrationStep("long", "Long", run)])

    await migrate(clean.db, Bar())

    assert await hold(migrations.WORK, "another", migrations.LEASE)
    await give_up(migrations.WORK, "another")
