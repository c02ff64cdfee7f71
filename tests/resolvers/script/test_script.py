"""Scripts of projects: who writes and runs them, and what becomes of a run, with and without whatever runs it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from gateway.scripts import AT_ONCE, Scripts
from models import ScriptRun
from models.base import collection, utc_now
from models.enums import Role
from models.errors import BadUserInput, Conflict, Forbidden, NotBound, NotConfigured, NotFound
from models.ids import Kind, new_id
from models.records import ScriptRecord, ScriptRunRecord
from resolvers.inputs.project import ProjectUpdate
from resolvers.inputs.script import MAX_SCRIPTS, ScriptCreate, ScriptReorder, ScriptStart, ScriptUpdate
from resolvers.kit.context import Context
from resolvers.project.project import update_project
from resolvers.script import carry, sandbox
from resolvers.script import script as scripts
from resolvers.script.carry import MAX_OUTPUT, MAX_TOLD, Output, claim
from resolvers.script.copies import copy_of
from resolvers.script.run import MAX_RUNNING, cancel_script, run_of, run_script
from resolvers.script.script import create_script, delete_script, list_scripts, reorder_scripts, update_script
from tests.patience import PATIENCE
from tests.resolvers.conftest import Join
from tests.resolvers.lab import events
from tests.resolvers.worktree.conftest import Bench

ANYWHERE = ScriptStart()
Take = Callable[[bytes], Awaitable[None]]


async def written(bench: Bench, name: str = "Test", command: str = "true") -> ScriptRecord:
    values = ScriptCreate.of(project_id=bench.project["_id"], name=name, command=command)
    return (await create_script(bench.ctx, values)).value


def running(bench: Bench) -> Context:
    """A request of the owner at a gateway that runs scripts."""
    ctx = bench.ctx
    ctx.services = replace(ctx.services, runs_scripts=True)
    return ctx


async def last_run(bench: Bench, script: ScriptRecord) -> ScriptRunRecord | None:
    [run] = await run_of(bench.ctx, [script], None)
    return run


async def test_scripts_are_kept_in_order_by_the_admins_of_a_project(bench: Bench, join: Join) -> None:
    one, two = await written(bench, "One"), await written(bench, "Two")
    member = await join(bench.workspace, "ada", Role.MEMBER)

    await update_script(bench.ctx, one["_id"], ScriptUpdate.of(command="make test"))
    await reorder_scripts(bench.ctx, ScriptReorder(project_id=bench.project["_id"], ids=[two["_id"], one["_id"]]))
    for refused in (
        create_script(member, ScriptCreate.of(project_id=bench.project["_id"], name="Mine", command="true")),
        update_script(member, one["_id"], ScriptUpdate.of(name="Mine")),
        run_script(member, one["_id"], ANYWHERE),
        cancel_script(member, one["_id"]),
        delete_script(member, one["_id"]),
    ):
        with pytest.raises(Forbidden):
            await refused

    assert [script["name"] for script in await list_scripts(member, bench.project["_id"])] == ["Two", "One"]
    with pytest.raises(Conflict):
        await reorder_scripts(bench.ctx, ScriptReorder(project_id=bench.project["_id"], ids=[one["_id"]]))
    await delete_script(bench.ctx, two["_id"])
    assert [script["command"] for script in await list_scripts(bench.ctx, bench.project["_id"])] == ["make test"]


async def test_a_project_has_so_many_scripts_and_no_more(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_SCRIPTS == 50
    monkeypatch.setattr(scripts, "MAX_SCRIPTS", 1)
    await written(bench)

    with pytest.raises(Conflict):
        await written(bench)


async def test_no_script_runs_where_nobody_has_allowed_it(bench: Bench) -> None:
    script = await written(bench)

    with pytest.raises(NotConfigured):
        await run_script(bench.ctx, script["_id"], ANYWHERE)
    with pytest.raises(NotFound):
        await cancel_script(running(bench), script["_id"])
    card = await bench.card()
    with pytest.raises(Conflict):
        await run_script(running(bench), script["_id"], ScriptStart(card_id=card["_id"]))
    with pytest.raises(BadUserInput):
        await run_script(running(bench), script["_id"], ScriptStart(card_id=new_id(Kind.CARD)))
    await update_project(bench.ctx, bench.project["_id"], ProjectUpdate.of(path="/etc"))
    with pytest.raises(NotBound):
        await run_script(running(bench), script["_id"], ANYWHERE)
    assert await last_run(bench, script) is None


async def test_a_script_has_one_run_which_takes_the_place_of_the_one_before(bench: Bench) -> None:
    script = await written(bench)
    first = (await run_script(running(bench), script["_id"], ANYWHERE)).value

    with pytest.raises(Conflict):
        await run_script(running(bench), script["_id"], ANYWHERE)
    cancelled = (await cancel_script(running(bench), script["_id"])).value
    again = (await cancel_script(running(bench), script["_id"])).value
    second = (await run_script(running(bench), script["_id"], ANYWHERE)).value

    assert (first["status"], cancelled["status"], again["status"]) == ("running", "cancelled", "cancelled")
    assert await collection(ScriptRun).count_documents({"script_id": script["_id"]}) == 1
    assert second["_id"] != first["_id"]
    told = [
        event["data"]["script_run"]["status"]
        for event in await events(bench.workspace["_id"])
        if event["type"] == "ScriptRunChanged"
    ]
    assert told == ["running", "cancelled", "running"]

    # Of one workspace so many run at once, and no more
    others = [await written(bench) for _ in range(MAX_RUNNING)]
    for other in others[1:]:
        await run_script(running(bench), other["_id"], ANYWHERE)
    with pytest.raises(Conflict) as refused:
        await run_script(running(bench), others[0]["_id"], ANYWHERE)
    assert refused.value.details["limit"] == MAX_RUNNING < AT_ONCE


async def test_the_run_of_a_gateway_that_is_gone_is_lost(bench: Bench) -> None:
    """Given a gateway that died, then one that runs no scripts itself ends its run, and removes the files of that."""
    await collection(ScriptRun).delete_many({})
    script, services = await written(bench), bench.owner.services
    await run_script(running(bench), script["_id"], ANYWHERE)
    taken = await claim(services, "gone")
    assert taken is not None
    assert taken["script_id"] == script["_id"]
    copies = [copy_of(services, run_id) for run_id in (taken["_id"], new_id(Kind.SCRIPT_RUN))]
    for copy in copies:
        (copy / "folder").mkdir(parents=True)
        (copy / "folder").chmod(0)
    gateway = Scripts(services)
    await gateway._round()
    still = await last_run(bench, script)
    kept = [copy.exists() for copy in copies]

    over = {"$set": {"lease_until": utc_now() - timedelta(seconds=1)}}
    await collection(ScriptRun).update_one({"_id": taken["_id"]}, over)
    await gateway._round()

    run = await last_run(bench, script)
    assert still is not None
    assert run is not None
    assert (still["status"], run["status"], run["finished_at"] is not None) == ("running", "lost", True)
    assert kept == [True, False]
    assert not copies[0].exists()
    assert await claim(services, "other") is None


async def test_a_command_ends_before_its_lease_where_that_cannot_be_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a database that goes away while a command runs, and is back when that has ended, then its end is told."""
    await collection(ScriptRun).delete_many({})
    script, services = await written(bench), bench.owner.services
    await run_script(running(bench), script["_id"], ANYWHERE)
    monkeypatch.setattr(carry, "LEASE", carry.MARGIN + timedelta(seconds=0.5))
    monkeypatch.setattr(carry, "TELL_EVERY", 0.05)
    keep, finish = carry._keep, carry._finish
    leases: list[timedelta] = []
    failures = [AutoReconnect("away")] * 2

    async def away(*_: object) -> bool:
        raise AutoReconnect("away")

    async def failing(*args: Any, **values: Any) -> None:
        if failures:
            raise failures.pop()
        await finish(*args, **values)

    async def command(_: str, folder: Path, take: Take, stop: asyncio.Event) -> sandbox.Ended:
        await take((folder / "README.md").read_bytes())
        monkeypatch.setattr(carry, "_keep", away)
        await asyncio.wait_for(stop.wait(), PATIENCE)
        run = await last_run(bench, script)
        assert run is not None
        assert run["lease_until"] is not None
        leases.append(run["lease_until"] - utc_now())
        monkeypatch.setattr(carry, "_keep", keep)
        return sandbox.Ended(None, "stopped")

    monkeypatch.setattr(sandbox, "run", command)
    monkeypatch.setattr(carry, "_finish", failing)
    taken = await claim(services, "here")
    assert taken is not None
    await carry.carry_out(services, taken, "here")

    run = await last_run(bench, script)
    assert run is not None
    assert (run["status"], run["tail"], failures) == ("lost", "# Launch\n", [])
    assert timedelta(0) < leases[0] < carry.LEASE
    assert not copy_of(services, run["_id"]).exists()


def test_of_what_is_written_so_much_is_kept() -> None:
    output = Output()
    output.add("é" * 50_000)
    first, new = output.taken()
    output.add("b" * (2 * MAX_OUTPUT))
    second, _ = output.taken()
    output.add("more")

    whole = "".join(output.pieces)
    assert new == "é" * 50_000
    assert first.keys() == {"output.0"}
    assert "output.0" in second
    assert len(whole.encode()) <= MAX_OUTPUT + 100
    assert whole.endswith("left out]")
    assert len(output.tail.encode()) <= MAX_TOLD
    assert output.taken()[1] == ""
