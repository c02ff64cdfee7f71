"""What goes wrong while a model works on a mission: refusals, garbage, silence, a database that is away."""

import socket
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from agents.runtime.child import loop, prompt
from agents.runtime.child.toolbox import Toolbox
from models import Card, Mission, MissionCall, MissionRun, MissionStep, UsageRecord
from models.base import Record, collection, timestamp, utc_now
from models.enums import MissionCallState, MissionStatus, UsageState
from models.errors import RateLimited
from models.language_model import LanguageModels
from models.outbound import Outbound
from models.records import WorkspaceRecord
from realtime.log import Change
from resolvers.kit.context import Context
from resolvers.mission.losses import MAX_LOSSES
from resolvers.mission.run import held_runs, take
from tests.agents.lab import card_in, comment, comments, desk, results, working
from tests.agents.model_server import Fault, Json, Turn, turns

pytestmark = pytest.mark.usefixtures("nothing_due")


async def test_what_a_call_is_refused_for_is_read_by_the_model(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a model that calls what there is not, with what does not fit, and with what is no JSON, all by one id
    def script(request: Json, before: int) -> Turn:
        if before == 0:
            bad: tuple[tuple[str, Any], ...] = (("fly", {}), ("comment", {"cardId": card_in(request)}), ("plan", "{no"))
            return Turn("", (*bad, comment(request, "Fine")), id="same")
        return Turn("Enough.")

    async with desk(owner, workspace, script) as at, working(at.owner.services):
        mission = await at.ended(await at.ask())

        # Then each call has its own answer, and what was right is done
        fly, unfit, no_json, fine = results(at.model.requests[1])
        assert "NOT_FOUND" in fly
        assert "content: is required" in unfit
        assert "no JSON" in no_json
        assert "DONE" in fine
        assert len({m["tool_call_id"] for m in at.model.requests[1]["messages"] if m["role"] == "tool"}) == 4
        assert await comments(at) == ["Fine"]
        assert (mission["status"], mission["summary"]) == (MissionStatus.COMPLETED, "Enough.")


@pytest.mark.parametrize(
    ("of_card", "of_mission", "error"),
    [
        ({"max_duration_seconds": 60}, {}, "It was not done within 60 seconds, which is what its card gives"),
        ({}, {"deadline": timestamp(utc_now() + timedelta(days=1))}, "It was not done by its deadline"),
        ({"max_duration_seconds": 200_000}, {}, None),
    ],
    ids=["card", "deadline", "in time"],
)
async def test_a_mission_fails_that_takes_longer_than_its_card_or_its_deadline_gives(
    owner: Context,
    workspace: WorkspaceRecord,
    monkeypatch: pytest.MonkeyPatch,
    of_card: Record,
    of_mission: Record,
    error: str | None,
) -> None:
    async with desk(owner, workspace, turns(Turn("Done."))) as at:
        # Given a mission with a limit
        await collection(Card).update_one({"_id": at.card_id}, {"$set": of_card})
        mission_id = await at.ask(**of_mission)

        # When it is worked on for more than a day
        monkeypatch.setattr(loop, "utc_now", lambda: utc_now() + timedelta(days=1, seconds=1))
        async with working(at.owner.services):
            ended = await at.ended(mission_id)

        # Then its model is asked no more, unless the limit is longer
        assert (ended["error"], len(at.model.requests)) == (error, int(error is None))
        assert ended["status"] == (MissionStatus.COMPLETED if error is None else MissionStatus.FAILED)


@pytest.mark.parametrize(
    ("turn", "error"),
    [
        (Turn("", (("fly", {}),)), "came to nothing 5 turns in a row"),
        (Turn(""), "came to nothing 5 turns in a row"),
        (Turn("", (("plan", {"steps": [{"title": "Again"}]}),)), "within 7 turns"),
    ],
    ids=["refused", "empty", "loops"],
)
async def test_a_model_that_gets_nowhere_fails_its_mission(
    owner: Context, workspace: WorkspaceRecord, turn: Turn, error: str
) -> None:
    async with desk(owner, workspace, turns(turn)) as at, working(at.owner.services):
        mission = await at.ended(await at.ask(maxSteps=7))

        assert mission["status"] == MissionStatus.FAILED
        assert error in (mission["error"] or "")
        assert len(at.model.requests) <= 7


@pytest.mark.parametrize("protocol", ["openai", "anthropic"])
async def test_a_model_that_fails_for_a_while_is_asked_again(
    owner: Context, workspace: WorkspaceRecord, protocol: str
) -> None:
    # Given a model that is busy, breaks off, ends in the middle as if that were all, and reports no usage
    said = turns(Turn("All is well.", usage=False))
    async with desk(owner, workspace, said, protocol=protocol) as at:
        busy = (Fault(status=429, retry_after="0.01"), Fault(status=529))
        at.model.faults.extend((*busy, Fault(cut_after=1), Fault(cut_after=2), Fault(stop_after=3)))
        async with working(at.owner.services):
            mission_id = await at.ask()
            mission = await at.ended(mission_id)

    # Then its last answer alone counts
    assert (mission["status"], mission["summary"]) == (MissionStatus.COMPLETED, "All is well.")
    [step] = await collection(MissionStep).find({"mission_id": mission_id}).to_list()
    assert (step["attempt"], step["n"]) == (6, 1)


@pytest.mark.parametrize("status", [429, 529])
async def test_a_model_that_does_not_come_back_fails_the_mission(
    owner: Context, workspace: WorkspaceRecord, status: int
) -> None:
    async with desk(owner, workspace, turns(Turn("Never"))) as at, working(at.owner.services):
        at.model.faults.extend([Fault(status=status)] * 20)
        mission = await at.ended(await at.ask())

        assert (mission["status"], len(at.model.requests)) == (MissionStatus.FAILED, 6)
        assert f"asked 6 times (status {status})" in (mission["error"] or "")


async def test_requests_that_were_never_sent_cost_nothing(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a model that nobody listens for
    async with desk(owner, workspace, turns(Turn("Never"))) as at:
        mission_id = await at.ask()
        with socket.create_server(("127.0.0.1", 0)) as closed:
            host = f"127.0.0.1:{closed.getsockname()[1]}"
        [spec] = at.owner.services.models.by_name.values()
        models = LanguageModels({spec.name: replace(spec, base_url=f"http://{host}/v1")}, spec.name)
        services = replace(at.owner.services, models=models, outbound=Outbound(frozenset({host})))

        # When a mission has failed for that
        async with working(services):
            mission = await at.ended(mission_id)

    # Then nothing is reserved for it any more
    assert mission["status"] == MissionStatus.FAILED
    usages = await collection(UsageRecord).find({"mission_id": mission_id}).to_list()
    assert [usage["state"] for usage in usages] == [UsageState.SETTLED] * 6


@pytest.mark.parametrize("protocol", ["openai", "anthropic"])
async def test_a_host_that_the_guard_refuses_is_asked_once_and_costs_nothing(
    owner: Context, workspace: WorkspaceRecord, protocol: str
) -> None:
    # Given a model whose host nobody has allowed
    async with desk(owner, workspace, turns(Turn("Never")), protocol=protocol) as at:
        mission_id = await at.ask()

        # When a mission has failed for that
        async with working(replace(at.owner.services, outbound=Outbound())):
            mission = await at.ended(mission_id)

        # Then it says so, and nothing is reserved for it any more
        assert at.model.requests == []
    assert "Only https:// URLs are called" in (mission["error"] or "")
    [usage] = await collection(UsageRecord).find({"mission_id": mission_id}).to_list()
    assert (usage["state"], usage["cost"]) == (UsageState.SETTLED, 0)


async def test_a_mission_whose_work_fails_by_itself_ends(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given something about a mission that nobody thought of
    def broken(*_: Any) -> str:
        raise ValueError("nobody thought of it")

    monkeypatch.setattr(prompt, "instructions", broken)
    async with desk(owner, workspace, turns(Turn("Never"))) as at, working(at.owner.services):
        mission = await at.ended(await at.ask())

    # Then it is tried again, and not for ever
    assert mission["status"] == MissionStatus.FAILED
    assert "The work on it failed 3 times in a row" in (mission["error"] or "")


async def test_a_mission_whose_holders_went_away_rests_longer_each_time_and_fails_in_the_end(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a mission that nobody ever takes a turn of
    async with desk(owner, workspace, turns(Turn("Never"))) as at:
        mission_id, services = await at.ask(), at.owner.services
        runs = collection(MissionRun)
        rests = []

        # When each holder goes away, and the next one comes when it is due
        for number in range(1, 2 * MAX_LOSSES):
            held = await take(services, mission_id, f"holder {number}")
            run = await runs.find_one({"_id": mission_id})
            if run is None:
                break
            if held is None:
                # Then it is nobody's while it rests
                assert (run["holder"], await held_runs(f"holder {number}")) == (None, {})
                rests.append(round((run["due_at"] or utc_now()).timestamp() - utc_now().timestamp()))
            await runs.update_one({"_id": mission_id}, {"$set": {"due_at": utc_now()}})
        [mission] = await collection(Mission).find({"_id": mission_id}).to_list()

    # Then those beside it are left alone for longer and longer
    assert rests == [10, 20, 40, 80, 160]
    assert (mission["status"], mission["error"]) == (
        MissionStatus.FAILED,
        "Whoever worked on it went away 8 times in a row",
    )


async def test_a_call_that_did_not_reach_the_database_is_made_again_and_not_refused(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a database that is away when the first call is made, and a workspace that is busy while the second one is,
    # which finds nothing to do afterwards
    away, busy, call = [AutoReconnect("away")], [RateLimited("busy")], Toolbox.call

    async def shaky(toolbox: Toolbox, ctx: Context, name: str, arguments: Any) -> Any:
        if away:
            raise away.pop()
        if arguments["content"] == "Here.":
            return await call(toolbox, ctx, name, arguments)

        async def refused(change: Change) -> None:
            await ctx.marks[0].marking(nothing)(change)
            raise busy.pop()

        if busy:
            await ctx.services.hub.log.write(workspace["_id"], None, refused)
        return "Said before"

    async def nothing(_: Change) -> None:
        pass

    monkeypatch.setattr(Toolbox, "call", shaky)
    async with desk(owner, workspace, turns(Turn())) as at:

        def script(request: Json, before: int) -> Turn:
            said = comment(request, "Here."), comment(request, "There.")
            return Turn("", said) if before == 0 else Turn("Done.")

        at.model.script = script

        # When
        async with working(at.owner.services):
            mission = await at.ended(await at.ask())

        # Then the model has heard nothing of it
        assert mission["status"] == MissionStatus.COMPLETED
        assert len(at.model.requests) == 2
        assert "INTERNAL" not in results(at.model.requests[1])[0]
        assert "Said before" in results(at.model.requests[1])[1]
        assert await comments(at) == ["Here."]
        calls = await collection(MissionCall).find({"mission_id": mission["_id"]}).sort("index", 1).to_list()
        assert [call["state"] for call in calls] == [MissionCallState.DONE] * 2
