"""Processes for work that holds the interpreter: others go on meanwhile, and one that dies or hangs takes one work."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from models.caller import work_for
from models.pool import Pool
from models.processes import ProcessDiedError, Processes, ProcessTooSlowError
from resolvers.content.convert import convert
from tests.gateway.process import ROOT, is_alive
from tests.models import working
from tests.patience import PATIENCE, until


@pytest.fixture
def processes() -> Iterator[Processes]:
    made = Processes()
    yield made
    made.end()


@pytest.fixture
def pool() -> Pool:
    return Pool("test works", threads=2, at_once=1, of_one=4, in_all=6)


def wait_for(come_true: Callable[[], bool]) -> None:
    ends = monotonic() + PATIENCE
    while not come_true():
        assert monotonic() < ends
        sleep(0.01)


def test_work_is_done_in_another_process_that_is_kept_for_the_next(processes: Processes) -> None:
    first = processes.run(working.pid)

    assert first != os.getpid()
    assert processes.run(working.pid) == first
    assert processes.run(working.answer, {"a": "x" * 5_000_000}) == {"a": "x" * 5_000_000}
    assert processes.pids == {first}


def test_what_work_raises_is_raised_with_where_and_ends_no_process(processes: Processes) -> None:
    first = processes.run(working.pid)

    with pytest.raises(LookupError, match="nothing there") as raised:
        processes.run(working.fail, "nothing there")

    assert "working.py" in raised.value.__notes__[0]
    assert processes.run(working.pid) == first


def test_a_process_has_no_settings_no_sockets_and_no_database_and_comes_after_others(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a process that holds secrets, and sockets that anybody who is started would inherit
    monkeypatch.setenv("ORRERY_SECRET_KEY", "secret-" * 10)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.set_inheritable(True)

        # When one is started that has read a text
        processes.run(convert, "*a*", None)
        names, files, niceness, packages = processes.run(working.surroundings)

    # Then
    assert not [name for name in names if name.startswith(("ORRERY_", "JWT_"))]
    assert not [one for one in files if one.startswith("socket:")]
    assert niceness > os.nice(0)
    assert "markdown_it" in packages
    assert packages.isdisjoint({"beanie", "pymongo", "pydantic", "strawberry", "starlette"})


def test_a_process_that_dies_takes_one_work_with_it(processes: Processes, tmp_path: Path) -> None:
    # Given another one at work
    started, gate = tmp_path / "started", tmp_path / "gate"
    found: list[int] = []
    other = threading.Thread(target=lambda: found.append(processes.run(working.work_until, started, gate)))
    other.start()
    wait_for(started.exists)

    # When one dies
    with pytest.raises(ProcessDiedError):
        processes.run(working.die)

    # Then the next work is done, and the other one goes on
    assert processes.run(working.answer, "a") == "a"
    gate.touch()
    other.join()
    assert found == [int(started.read_text())]


def test_a_process_that_was_killed_while_it_waited_is_replaced(processes: Processes) -> None:
    first = processes.run(working.pid)
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)

    assert processes.run(working.pid) != first


def test_a_process_that_hangs_is_killed_when_its_time_is_up(tmp_path: Path) -> None:
    started = tmp_path / "started"
    processes = Processes(deadline=3)
    try:
        with pytest.raises(ProcessTooSlowError):
            processes.run(working.hang, started)

        assert processes.pids == set()
        assert not started.exists() or not is_alive(int(started.read_text()))
    finally:
        processes.end()


def test_a_process_that_nobody_asks_is_ended() -> None:
    processes = Processes(idle=0.05)
    first = processes.run(working.pid)

    wait_for(lambda: not processes.pids and not is_alive(first))


def test_an_end_takes_idle_processes_and_those_at_work(processes: Processes, tmp_path: Path) -> None:
    started, errors = tmp_path / "started", list[Exception]()

    def ask() -> None:
        try:
            processes.run(working.hang, started)
        except ProcessDiedError as error:
            errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_for(lambda: started.exists() and started.read_text() != "")
    idle = processes.run(working.pid)

    processes.end()
    thread.join(PATIENCE)

    assert len(errors) == 1
    assert not is_alive(idle)
    assert not is_alive(int(started.read_text()))


async def test_the_event_loop_turns_while_a_process_holds_its_interpreter(
    processes: Processes, pool: Pool, tmp_path: Path
) -> None:
    # Given work that ends only after the loop has turned many times
    started, gate = tmp_path / "started", tmp_path / "gate"
    work = asyncio.create_task(pool.run(processes.run, working.work_until, started, gate))
    await until(started.exists)

    for _ in range(1_000):
        await asyncio.sleep(0)
    assert not work.done()
    gate.touch()

    assert await work != os.getpid()


async def test_a_caller_that_gives_up_leaves_its_process_at_work_and_no_place_for_more(
    processes: Processes, pool: Pool, tmp_path: Path
) -> None:
    # Given
    started, gate = tmp_path / "started", tmp_path / "gate"
    work_for("impatient")
    given_up = asyncio.create_task(pool.run(processes.run, working.work_until, started, gate))
    await until(started.exists)

    # When
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)

    # Then what he asks next waits, and a stranger is served by another process
    later = asyncio.create_task(pool.run(processes.run, working.pid))
    work_for("stranger")
    stranger = await pool.run(processes.run, working.pid)
    assert not later.done()
    gate.touch()
    await later
    assert stranger != int(started.read_text())
    assert len(processes.pids) == 2


@pytest.mark.parametrize("work", ["pid", "work_until"])
def test_no_process_outlives_one_that_is_killed(work: str, tmp_path: Path) -> None:
    # Given a process that has asked one, which has nothing more to do or is at work
    started = tmp_path / "started"
    asks = f"""
        import sys
        from pathlib import Path
        from models.processes import Processes
        from tests.models import working

        processes, started = Processes(), Path({str(started)!r})
        if {work!r} == "pid":
            started.write_text(str(processes.run(working.pid)))
            sys.stdin.read()
        processes.run(working.work_until, started, Path({str(tmp_path / "never")!r}))
    """
    command = [sys.executable, "-c", textwrap.dedent(asks)]
    parent = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    with parent:
        wait_for(lambda: started.exists() and started.read_text() != "")
        child = int(started.read_text())
        assert is_alive(child)

        # When
        parent.kill()

    # Then
    wait_for(lambda: not is_alive(child))
