import asyncio
import os
import signal
import stat
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from gateway import embedded
from gateway.database import begin
from gateway.embedded import EmbeddedDatabase, EmbeddedError, running_url
from gateway.locking import holder
from gateway.settings import Settings

ROOT = Path(__file__).resolve().parents[2]

OWNER = """
import asyncio, sys
from pathlib import Path
from gateway.embedded import EmbeddedDatabase

async def own() -> None:
    database = EmbeddedDatabase(Path(sys.argv[1]))
    await database.start()
    print(database.pid, flush=True)
    await asyncio.sleep(3600)

asyncio.run(own())
"""

TURNS = """
import atexit, runpy, sys

def told(seconds: float) -> None:
    print("turns of", seconds, file=sys.stderr, flush=True)

def packs() -> None:
    print("packs by", sys.modules["swig_wiredtiger"].pack.__qualname__, file=sys.stderr, flush=True)

sys.setswitchinterval = told
atexit.register(packs)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[EmbeddedDatabase, AsyncMongoClient[dict[str, Any]]]]:
    database = EmbeddedDatabase(folder)
    url = await database.start()
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url)
    try:
        yield database, client
    finally:
        await client.close()
        await database.stop()


async def test_the_data_outlives_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, client):
        await client.orrery.things.insert_one({"_id": 1, "name": "kept"})

    async with running(tmp_path) as (_, client):
        assert await client.orrery.things.find_one({"_id": 1}) == {"_id": 1, "name": "kept"}


async def test_whoever_begins_has_a_process_before_it_accepts_connections_and_waits_for_that_later(
    tmp_path: Path,
) -> None:
    settings = Settings("", data_dir=tmp_path)

    async with begin(settings) as url:
        was_told = running_url(tmp_path)
        first, second = await url(), await url()

    assert was_told is None
    assert first == second
    assert first.startswith("mongodb://orrery:")


async def test_a_start_that_is_given_up_leaves_no_process_of_the_database(tmp_path: Path) -> None:
    database = EmbeddedDatabase(tmp_path)
    await database.begin()
    begun = database.pid
    await database.stop()

    assert begun is not None
    assert not psutil.pid_exists(begun)
    async with running(tmp_path) as (_, client):  # nobody has the folder
        await client.admin.command("ping")


async def test_the_port_answers_nobody_without_the_password(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, client):
        host, port = await client.address or ("", 0)
        async with AsyncMongoClient[dict[str, Any]](host, port) as stranger:
            with pytest.raises(OperationFailure) as caught:
                await stranger.orrery.things.insert_one({})

    assert host == "127.0.0.1"
    assert caught.value.code == 13
    assert stat.S_IMODE((tmp_path / "db.password").stat().st_mode) == 0o600


async def test_a_second_gateway_is_told_the_folder_and_the_owner(tmp_path: Path) -> None:
    async with running(tmp_path) as (_, client):
        with pytest.raises(EmbeddedError) as caught:
            await EmbeddedDatabase(tmp_path).start()
        await client.admin.command("ping")

    assert str(tmp_path) in str(caught.value)
    assert f"process {os.getpid()}" in str(caught.value)


async def test_a_killed_child_comes_back_on_its_port_with_every_acknowledged_write(tmp_path: Path) -> None:
    async with running(tmp_path) as (database, client):
        address = await client.address
        for number in range(3):
            await client.orrery.things.insert_one({"_id": number})
            first = database.pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            # A retryable write: the driver waits for the server and sends it once more.
            await client.orrery.things.insert_one({"_id": number + 100})
            assert database.pid not in (None, first)

        assert await client.address == address
        ids = sorted([thing["_id"] async for thing in client.orrery.things.find()])
        assert ids == [0, 1, 2, 100, 101, 102]


async def test_a_killed_gateway_leaves_nothing_that_blocks_the_next_start(tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert owner.stdout is not None
    orphan = int(await owner.stdout.readline())
    owner.kill()
    await owner.wait()

    async with running(tmp_path) as (database, client):
        await client.admin.command("ping")
        assert database.pid != orphan
        assert holder(tmp_path / "db.pid") == database.pid


async def test_a_child_that_hangs_when_its_gateway_is_killed_is_ended_by_the_next_start(tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert owner.stdout is not None
    orphan = int(await owner.stdout.readline())
    os.kill(orphan, signal.SIGSTOP)
    owner.kill()
    await owner.wait()
    assert holder(tmp_path / "db.pid") == orphan

    async with running(tmp_path) as (database, client):
        await client.admin.command("ping")
        assert database.pid != orphan


async def test_a_stop_ends_the_child_and_frees_the_folder(tmp_path: Path) -> None:
    async with running(tmp_path) as (database, _):
        child = database.pid
        assert holder(tmp_path / "db.pid") == child

    assert database.pid is None
    assert holder(tmp_path / "db.pid") is None
    assert holder(tmp_path / "gateway.pid") is None


async def test_a_configuration_file_in_the_folder_does_not_open_the_database(tmp_path: Path) -> None:
    (tmp_path / "secantusd.toml").write_text('[server]\nauth = false\nhost = "0.0.0.0"\n')

    async with running(tmp_path) as (_, client):
        host, port = await client.address or ("", 0)
        async with AsyncMongoClient[dict[str, Any]](host, port) as stranger:
            with pytest.raises(OperationFailure):
                await stranger.orrery.things.find_one({})


async def test_a_long_command_lets_short_ones_have_their_turns_before_it_serves_anybody(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret", encoding="ascii")
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", TURNS, str(ROOT / "gateway" / "embedded_child.py")),
        *(f"--data={tmp_path / 'db'}", f"--pid-file={tmp_path / 'pid'}", f"--password-file={tmp_path / 'password'}"),
        *("--user=orrery", "--port=0"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    port = await child.stdout.readline()
    _, log = await child.communicate(b"")  # the end of its input ends it

    assert int(port) > 0
    assert log.decode().index("turns of 0.0005") < log.decode().index("serving on port")
    assert "packs by quick_pack" in log.decode()


async def test_a_damaged_data_folder_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "db").write_text("not a folder")

    with pytest.raises(EmbeddedError) as caught:
        await EmbeddedDatabase(tmp_path).start()

    assert str(tmp_path / "db.log") in str(caught.value)
    assert holder(tmp_path / "gateway.pid") is None


async def test_a_start_that_takes_long_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(embedded, "SLOW_SECONDS", 0)

    async with running(tmp_path):
        pass

    assert "the embedded database is slow to start; waiting for up to 60 seconds" in caplog.messages


async def test_a_database_that_does_not_start_in_time_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "START_SECONDS", 0.001)

    with pytest.raises(EmbeddedError, match="did not start within"):
        await EmbeddedDatabase(tmp_path).start()

    assert holder(tmp_path / "gateway.pid") is None


async def test_the_database_of_a_running_gateway_is_reached_by_its_folder(tmp_path: Path) -> None:
    assert running_url(tmp_path) is None
    async with running(tmp_path) as (_, client):
        await client.orrery.things.insert_one({"_id": 1})
        url = running_url(tmp_path)
        assert url is not None
        async with AsyncMongoClient[dict[str, Any]](url) as other:
            assert await other.orrery.things.find_one({}) == {"_id": 1}

    assert running_url(tmp_path) is None


async def test_the_folder_says_which_version_wrote_it(tmp_path: Path) -> None:
    async with running(tmp_path):
        pass

    assert (tmp_path / "db.version").read_text() == f"{version('SecantusDB')}\n"


async def test_a_folder_of_another_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "db.version").write_text("0.6.0b1\n")

    with pytest.raises(EmbeddedError) as caught:
        await EmbeddedDatabase(tmp_path).start()

    said = str(caught.value)
    for part in (str(tmp_path), "0.6.0b1", version("SecantusDB"), "orrery dump", "orrery restore"):
        assert part in said
    assert not (tmp_path / "db").exists()
    assert holder(tmp_path / "gateway.pid") is None


def test_one_exact_version_of_the_embedded_database_is_installed_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [wanted] = project["optional-dependencies"]["embedded"]

    assert wanted == f"SecantusDB=={version('SecantusDB')}"
    assert wanted in (ROOT / "constraints.txt").read_text().splitlines()


async def test_a_place_on_a_map_is_refused_and_what_comes_after_is_answered(tmp_path: Path) -> None:
    within = {
        "at": {"$geoWithin": {"$geometry": {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 0]]]}}}
    }
    async with running(tmp_path) as (_, client):
        await client.test.things.insert_one({"at": {"type": "Point", "coordinates": [1, 1]}})

        with pytest.raises(OperationFailure):
            await client.test.things.find_one(within)

        assert await client.test.things.count_documents({}) == 1
