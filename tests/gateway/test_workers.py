"""`orrery serve --workers 2` over the embedded database, with nothing else: real processes, killed and replaced."""

import asyncio
import contextlib
import http.client
import os
import re
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import psutil
import pytest

from gateway.locking import holder
from gateway.workers import METRICS_DIR
from tests.gateway.live_lab import LiveSocket, Owner, new_owner, watching
from tests.gateway.process import Serving, is_alive, orrery, serving
from tests.patience import PATIENCE, until
from tests.realtime.redis_lab import RedisServer

TWO = {"ORRERY_WORKERS": "2"}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("workers"), **TWO) as running:
        yield running


@pytest.fixture(scope="module")
def owner(gateway: Serving) -> Owner:
    return new_owner(gateway)


def workers(gateway: Serving) -> list[psutil.Process]:
    """The processes that serve, or are about to."""
    found = []
    for one in psutil.Process(gateway.process.pid).children():
        with contextlib.suppress(psutil.Error):  # it has just been killed
            if "gateway.worker" in one.cmdline():
                found.append(one)
    return found


def worker_of(gateway: Serving, live: LiveSocket) -> int:
    """The process that a socket is connected to."""
    ours = live.connection.local_address[1]
    for worker in workers(gateway):
        if any(one.raddr and one.raddr.port == ours for one in worker.net_connections("tcp")):
            return int(worker.pid)
    raise AssertionError("no worker has the connection")


async def watching_each(stack: AsyncExitStack, gateway: Serving, owner: Owner) -> dict[int, LiveSocket]:
    """One socket to each of two workers."""
    found: dict[int, LiveSocket] = {}
    async with asyncio.timeout(PATIENCE):
        while len(found) < 2:  # one that was just started may not accept yet
            async with AsyncExitStack() as attempt:
                live = await attempt.enter_async_context(watching(gateway, owner))
                if found.setdefault(worker_of(gateway, live), live) is live:
                    stack.push_async_exit(attempt.pop_all())
            await asyncio.sleep(0.02)
    return found


def metrics(gateway: Serving) -> str:
    """What one of the workers answers to Prometheus."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(gateway.url).netloc, timeout=PATIENCE)) as connection:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()


def metric(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not in\n{text}"
    return float(found[1])


async def test_what_one_worker_commits_reaches_the_subscribers_of_both(gateway: Serving, owner: Owner) -> None:
    async with AsyncExitStack() as stack:
        sockets = await watching_each(stack, gateway, owner)

        names = [f"shared {n}" for n in range(10)]
        await asyncio.to_thread(owner.create, gateway, *names)
        for live in sockets.values():
            await live.until(names[-1])

    assert [live.heard.names for live in sockets.values()] == [names, names]


async def test_the_bus_is_quicker_than_the_poll(gateway: Serving, owner: Owner) -> None:
    async with AsyncExitStack() as stack:
        sockets, numbers = await watching_each(stack, gateway, owner), count()

        async def are_quick() -> bool:
            waits = []
            for _ in range(6):
                name = f"quick {next(numbers)}"
                await asyncio.to_thread(owner.create, gateway, name)
                committed_at = monotonic()
                for live in sockets.values():
                    await live.until(name)
                waits.append(monotonic() - committed_at)
            # A poll alone comes every two seconds, and what is written just after one waits for nearly all of that.
            return max(waits) < 0.5

        # Whatever else the machine does: some of many rounds.
        await until(are_quick)


async def test_metrics_are_those_of_all_workers(gateway: Serving, owner: Owner) -> None:
    before = metrics(gateway)
    async with AsyncExitStack() as stack:
        sockets = await watching_each(stack, gateway, owner)
        await asyncio.to_thread(owner.create, gateway, "counted")
        for live in sockets.values():
            await live.until("counted")

        def are_of_all(text: str) -> bool:
            delivered = metric(text, "orrery_live_deliveries_total") - metric(before, "orrery_live_deliveries_total")
            lags = metric(text, "orrery_live_lag_seconds_count") - metric(before, "orrery_live_lag_seconds_count")
            return (
                metric(text, "orrery_workers") == 2
                and metric(text, 'orrery_live_subscribers{transport="websocket"}') >= 2
                and metric(text, "orrery_bus_connected") == 1
                and delivered >= 2
                and lags >= 2  # once in each process
            )

        # The numbers of the other worker are a second old at most; then it is the same whichever answers.
        await until(lambda: all(are_of_all(metrics(gateway)) for _ in range(5)))


async def test_a_killed_worker_is_replaced_while_the_other_serves(gateway: Serving, owner: Owner) -> None:
    async with AsyncExitStack() as stack:
        sockets = await watching_each(stack, gateway, owner)
        (killed, lost), (kept, live) = sockets.items()

        # When one of two is killed
        os.kill(killed, signal.SIGKILL)
        await asyncio.to_thread(owner.create, gateway, "meanwhile")

        # Then the streams of the other go on
        await live.until("meanwhile")
        await lost.connection.wait_closed()
        # and a new one takes its place
        await until(lambda: len(workers(gateway)) == 2)
        now = {one.pid for one in workers(gateway)}
        assert kept in now
        assert killed not in now

        # Its reader resumes where it was, wherever it gets to
        async with watching(gateway, owner, lost.heard.cursor) as again:
            assert again.heard.recovered
            await again.until("meanwhile")

    # And the new one serves
    async with AsyncExitStack() as stack:
        assert (await watching_each(stack, gateway, owner)).keys() == now


async def test_the_workers_outlive_their_database(gateway: Serving, owner: Owner) -> None:
    async with AsyncExitStack() as stack:
        sockets = await watching_each(stack, gateway, owner)

        os.kill(gateway.database_pid, signal.SIGKILL)
        await asyncio.to_thread(owner.create, gateway, "after the database", "and once more")

        for live in sockets.values():
            await live.until("and once more")
            assert live.heard.names == ["after the database", "and once more"]


async def test_a_burst_of_connections_is_shared_out(gateway: Serving, owner: Owner) -> None:
    async with AsyncExitStack() as stack:
        opened = await asyncio.gather(*(stack.enter_async_context(watching(gateway, owner)) for _ in range(60)))
        served = [worker_of(gateway, live) for live in opened]

    assert min(served.count(one.pid) for one in workers(gateway)) >= 3


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_nothing_is_left_behind_whatever_ends_the_parent(tmp_path: Path, by: signal.Signals) -> None:
    with serving(tmp_path, **TWO) as gateway:
        processes = [one.pid for one in workers(gateway)] + [gateway.database_pid]
        folder = psutil.Process(processes[0]).environ()[METRICS_DIR]
        owner = await asyncio.to_thread(new_owner, gateway)
        async with watching(gateway, owner) as live:
            await asyncio.to_thread(owner.create, gateway, "last words")

            ended = await asyncio.to_thread(gateway.end, by)

            await live.until("last words")
            await live.connection.wait_closed()

    assert len(processes) == 3
    assert live.connection.close_code == 1012
    if by is not signal.SIGKILL:
        assert (ended.status, ended.troubles) == (0, [])
        assert not os.path.exists(folder)  # noqa: ASYNC240
    await until(lambda: not any(is_alive(pid) for pid in processes))
    assert holder(tmp_path / "gateway.pid") is None
    assert holder(tmp_path / "db.pid") is None


async def test_workers_over_redis_outlive_it(tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    redis.start()
    with serving(tmp_path / "data", ORRERY_BUS_URL=redis.url, **TWO) as gateway:
        owner = await asyncio.to_thread(new_owner, gateway)
        async with AsyncExitStack() as stack:
            sockets = await watching_each(stack, gateway, owner)
            names = [f"redis {n}" for n in range(30)]
            await asyncio.to_thread(owner.create, gateway, *names[:10])

            # When Redis is away for a second while changes are made
            redis.kill()
            await asyncio.to_thread(owner.create, gateway, *names[10:20])
            await asyncio.sleep(1)
            redis.start()
            await asyncio.to_thread(owner.create, gateway, *names[20:])

            # Then both workers' subscribers get all of them, once and in order
            for live in sockets.values():
                await live.until(names[-1])
                assert live.heard.names == names
    redis.kill()


def test_a_start_that_cannot_succeed_ends_with_one_sentence(tmp_path: Path) -> None:
    ended = orrery("serve", "--port", "0", "--workers", "2", data_dir=tmp_path, ORRERY_BUS_URL="memory://")

    assert ended.status == 1
    assert ended.errors.startswith("orrery: ORRERY_BUS_URL ")
    assert ended.errors.count("\n") == 1
