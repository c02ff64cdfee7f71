"""Commands in the sandbox: what they reach, what ends them, and that nothing of them goes on."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.scripts import Scripts
from models.project_roots import Place
from models.records import ScriptRecord, ScriptRunRecord
from resolvers.inputs.script import ScriptCreate, ScriptStart
from resolvers.script import disk, sandbox
from resolvers.script.run import cancel_script, output_of, run_of, run_script
from resolvers.script.script import create_script
from resolvers.worktree.spot import folder_of
from resolvers.worktree.worktree import create_worktree
from tests.patience import PATIENCE, until
from tests.resolvers.worktree.conftest import Bench

pytestmark = pytest.mark.skipif(not sandbox.is_there(), reason="bubblewrap is not installed here")


async def ran(command: str, folder: Path, seconds: float = 30.0) -> tuple[sandbox.Ended, str]:
    written: list[bytes] = []

    async def take(piece: bytes) -> None:
        written.append(piece)

    ended = await sandbox.run(command, folder, take, asyncio.Event(), seconds=seconds)
    return ended, b"".join(written).decode()


def named(mark: str) -> list[str]:
    """The processes of this machine with a word in their command."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if mark.encode() in command:
            found.append(pid)
    return found


async def test_a_command_reaches_its_folder_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORRERY_SECRET_KEY", "what nobody may read")
    (tmp_path / "secret.txt").write_text("what nobody may read")
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)

    ended, told = await ran(
        f"id -u; pwd; echo made > made.txt; cat out/secret.txt {tmp_path}/secret.txt /etc/shadow; env; "
        "touch /usr/made; cat /proc/net/dev | tail -n +3 | cut -d: -f1; ls /proc | grep -c '^[0-9]'; "
        "for place in / /dev /dev/shm /tmp; do echo x > $place/made && echo made in $place; done; "
        "head -c 70000000 /dev/zero > /dev/shm/made || stat -c %s /dev/shm/made; "
        "unshare -U true || echo no namespaces; exit 3",
        folder,
    )

    assert (ended.exit_code, ended.reason) == (3, None)
    assert (folder / "made.txt").read_text() == "made\n"
    assert told.startswith("1000\n/work\n")
    assert "what nobody may read" not in told
    assert "root:" not in told
    assert "Read-only file system" in told
    assert [line.strip() for line in told.splitlines() if line.strip() in ("lo", "eth0")] == ["lo"]
    assert told.count("made in /") == told.count("made in /dev/shm") + told.count("made in /tmp") == 2
    assert str(sandbox.SHARED) in told.splitlines()
    assert told.splitlines()[-1] == "no namespaces"


async def test_a_command_ends_with_all_that_it_began(tmp_path: Path) -> None:
    """Given processes in sessions of their own, then none is left, however the command ends."""
    away = "setsid setsid sleep 4711 >/dev/null 2>&1 & "

    by_itself, _ = await ran(away + "sleep 0.3", tmp_path)
    by_time, _ = await ran(away + "sleep 4711", tmp_path, seconds=0.7)

    assert (by_itself.exit_code, by_time.reason) == (0, "time")
    await until(lambda: not named("4711"))


@pytest.mark.parametrize("how", ["stopped", "cancelled"])
async def test_a_command_that_is_ended_at_any_moment_of_its_beginning_leaves_nothing(how: str, tmp_path: Path) -> None:
    async def nothing(_: bytes) -> None: ...

    async def end_after(seconds: float) -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(sandbox.run("sleep 4716", tmp_path, nothing, stop))
        await asyncio.sleep(seconds)
        stop.set() if how == "stopped" else running.cancel()
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([running])

    for step in range(10):
        await asyncio.gather(*(end_after(step * 0.005 + more * 0.001) for more in range(5)))

    await until(lambda: not named("4716"))


async def test_a_command_that_multiplies_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_PROCESSES", 40)

    ended, _ = await ran("perl -e 'for (1..60) { if (!fork) { sleep 4712; exit } } sleep 4712'", tmp_path)

    # An account that is not root's is refused more processes by the system itself.
    assert ended.reason == "processes" or os.geteuid() != 0
    await until(lambda: not named("4712"))


async def test_a_command_that_fills_the_disk_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more than its folder may hold, in closed folders too, or a disk that is nearly full, then it ends."""
    monkeypatch.setattr(sandbox, "_MEASURE_EVERY", 0.02)
    monkeypatch.setattr(disk, "MAX_BYTES", 10_000_000)

    well, _ = await ran("mkdir in; cd in; head -c 8000000 /dev/zero > a; ln a b; ln -s /usr link; chmod 0 .", tmp_path)
    held = disk.held_in(Place(str(tmp_path)))
    filling = "mkdir more; cd more; while sleep 0.02; do i=$((i + 1)); head -c 1000000 /dev/zero > $i; done"
    too_large, _ = await ran(filling, tmp_path)
    monkeypatch.setattr(disk, "MAX_BYTES", 1 << 60)
    monkeypatch.setattr(disk, "MAX_ENTRIES", 4)
    too_many, _ = await ran("sleep 4715", tmp_path)
    monkeypatch.setattr(disk, "MAX_ENTRIES", 1_000_000)
    monkeypatch.setattr(disk, "LEAST_FREE", 1 << 60)
    full, _ = await ran("sleep 4715", tmp_path)

    assert well == sandbox.Ended(0)
    assert held is not None
    assert 8_000_000 <= held[0] < 9_000_000
    assert held[1] == 4
    assert [ended.reason for ended in (too_large, too_many, full)] == ["disk"] * 3


async def test_a_run_is_told_of_and_kept(bench: Bench) -> None:
    """Given a gateway that runs scripts, then they run in a card's worktree or in a copy, and one is cancelled."""
    bench.owner.services = replace(bench.owner.services, runs_scripts=True)
    card = await bench.card()
    await create_worktree(bench.ctx, card["_id"])
    gateway = Scripts(bench.owner.services, poll=0.2)
    await gateway.start()

    async def started(command: str, where: ScriptStart) -> ScriptRecord:
        values = ScriptCreate.of(project_id=bench.project["_id"], name="Test", command=command)
        script = (await create_script(bench.ctx, values)).value
        await run_script(bench.ctx, script["_id"], where)
        return script

    async def ended(script: ScriptRecord) -> ScriptRunRecord:
        async def over() -> list[ScriptRunRecord]:
            runs = await run_of(bench.ctx, [script], None)
            return [run for run in runs if run is not None and run["status"] != "running"]

        found: list[ScriptRunRecord] = await until(over)
        return found[0]

    try:
        well = await started("cat README.md; echo new > new.txt", ScriptStart(card_id=card["_id"]))
        badly = await started("ls; exit 7", ScriptStart())
        forever = await started("echo begun; sleep 4713", ScriptStart())
        good, bad = await ended(well), await ended(badly)
        await until(lambda: bool(named("sleep 4713")))
        await cancel_script(bench.ctx, forever["_id"])
        stopped = await ended(forever)
    finally:
        await gateway.stop()

    assert (good["status"], good["exit_code"], good["tail"]) == ("success", 0, "# Launch\n")
    assert await output_of(bench.ctx, [good], None) == ["# Launch\n"]
    folder = Path(folder_of(bench.owner.services, card["project_id"], card["_id"]).path)
    assert (folder / "new.txt").read_text() == "new\n"
    assert (bad["status"], bad["exit_code"], bad["tail"]) == ("error", 7, "README.md\nsrc\n")
    assert (stopped["status"], stopped["exit_code"], stopped["tail"]) == ("cancelled", None, "begun\n")
    assert named("4713") == []
    assert list((bench.owner.services.worktrees / "copies").iterdir()) == []
    assert not (bench.folder / "new.txt").exists()


def test_a_gateway_that_is_killed_takes_its_commands_with_it(tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib\nfrom resolvers.script import sandbox\n"
        "async def take(piece): print('begun', flush=True)\n"
        f"asyncio.run(sandbox.run('echo x; sleep 4714', pathlib.Path({str(tmp_path)!r}), take, asyncio.Event()))\n"
    )
    gateway = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
    assert gateway.stdout is not None
    assert gateway.stdout.readline() == b"begun\n"

    gateway.send_signal(signal.SIGKILL)
    gateway.wait()
    gateway.stdout.close()

    asyncio.run(until(lambda: not named("sleep 4714")))
