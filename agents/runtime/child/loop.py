"""The life of a mission: a turn of the model is kept, then its calls run one by one, each once, then comes the next."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from bson import ObjectId
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.usage import RequestUsage
from pymongo.errors import PyMongoError

from agents.runtime.child import history, prompt, telemetry
from agents.runtime.child.own_tools import (
    DESCRIBED,
    FINISH,
    OWN,
    Ask,
    Described,
    Finish,
    LoadSkill,
    Plan,
    read_own,
)
from agents.runtime.child.provider import Providers, cost_of
from agents.runtime.child.told import call_of, count_usage, done_by, parameters_of, shown
from agents.runtime.child.toolbox import Toolbox
from agents.runtime.child.turn import Answer, NoAnswerError, Pace, ask
from agents.runtime.child.writes import Writes
from agents.tools.tool import Result
from models import MissionStep
from models.base import Record, to_record, utc_now, with_changes
from models.enums import AutonomyMode, MissionActivityKind, MissionCallState, MissionStatus, MissionWait
from models.errors import ApprovalRequired, BudgetExhausted, OrreryError, Unavailable
from models.language_model import LanguageModel, LanguageModels
from models.mission_run import step_id
from models.organization import RelayMode
from models.records import (
    MessageRecord,
    MissionActivityRecord,
    MissionCallRecord,
    MissionRecord,
    MissionRunRecord,
    MissionStepRecord,
)
from resolvers.credential.assigned import assigned_credentials
from resolvers.kit.context import Context
from resolvers.kit.input import Input
from resolvers.mission import calls as calls_of_run
from resolvers.mission import turns
from resolvers.mission.call_mark import CallMark
from resolvers.mission.calls import Settled
from resolvers.mission.handoff import came_of
from resolvers.mission.quoted import quoted
from resolvers.mission.relay import NO_RELAY, Relaying, RelaySetting, relay_setting
from resolvers.mission.report import Report
from resolvers.mission.run import Held, RunLostError, insist, read_run
from resolvers.pilotage.standing_order import orders_for
from resolvers.skill.assign import load_skill, skill_lines
from resolvers.state.mission_time import overdue
from resolvers.usage.usage import Usage

log = logging.getLogger("orrery.agents")

MAX_BAD_TURNS = 5
"""Turns in a row that come to nothing, after which the mission fails."""
FULL = 0.7
"""Of a model's context, as a share: beyond it results of earlier turns are left out."""
MIN_TURNS = 2
"""Turns that a mission takes at least before it is handed over by itself."""
KEPT_TURNS = 4
"""Turns whose results are shown whatever room they take."""
MAX_REPORT = 20_000
"""Characters of a report."""


@dataclass(slots=True)
class Loop:
    """The work of one holder on one mission. `results` are those of the calls of this turn, whole.

    What its own writes have shown is not read again: `seen` is the mission with its run as the last one left them, and
    `calls` are those of this turn. `heard` is how many reports there are where its model has been told of all that
    others wrote, and `is_late` says that calls may wait for decisions after the model was told that they wait.
    """

    held: Held
    models: LanguageModels
    providers: Providers
    toolbox: Toolbox
    writes: Writes
    pace: Pace = field(default_factory=Pace)
    results: dict[ObjectId, str] = field(default_factory=dict)
    steps: list[MissionStepRecord] = field(default_factory=list)
    seen: tuple[MissionRecord, MissionRunRecord] | None = None
    calls: list[MissionCallRecord] | None = None
    heard: int | None = None
    is_late: bool = True
    orders: Sequence[str] = ()
    relay: RelaySetting = NO_RELAY
    relaying: Relaying = field(default_factory=Relaying)
    first: int = 1
    own: ClassVar[Mapping[str, type[Input]]] = OWN

    async def run(self) -> None:
        """Work until the mission has ended, waits for people, or is another's."""
        self.steps = await turns.steps_of(self.held.mission_id, self.first)
        standing = await orders_for(self.held.workspace_id, self.held.agent["_id"])
        self.orders = [order["text"] for order in standing]
        self.relay = await relay_setting(self.held.organization_id)
        try:
            with telemetry.agent_span(self.held):
                while await self._round():
                    pass
        except RunLostError:
            log.debug("the mission %s is no longer worked on here", self.held.mission_id)

    async def _round(self) -> bool:
        """The calls that are open, and the next turn; whether there is more to do."""
        mission, run = self.seen or await read_run(self.held)
        if (late := overdue(mission, utc_now())) is not None:
            return await self._fail(late)
        for call in list(await self._calls()):
            if call["finished_at"] is None and not call["late"] and not await self._carry_out(call):
                return False
        if self.steps and self._has_concluded(await self._calls()):
            self._forget()
            if await self._rest():
                return False
        mission, run = self.seen or await read_run(self.held)
        if self._n >= mission["max_steps"]:
            return await self._fail(f"It was not done within {mission['max_steps']} turns of its model")
        if await self._is_full() and await self.relaying.try_at(self._n, self.held):
            return False
        return await self._turn(mission, run)

    async def _is_full(self) -> bool:
        """Whether the context has grown so long that the organization has the mission handed over."""
        specs = self._specs()
        if len(self.steps) < MIN_TURNS or not specs or self.relay.mode is not RelayMode.AUTO:
            return False
        is_long = self._context_used() >= self.relay.threshold * specs[0].context
        # What people are still to decide on would end with it.
        return is_long and not await calls_of_run.has_proposed(self.held.mission_id)

    @property
    def _n(self) -> int:
        """The number of the last turn."""
        return self.steps[-1]["n"] if self.steps else self.first - 1

    async def _rest(self) -> bool:
        return await calls_of_run.wait_on(self.held)

    # --- turns

    async def _turn(self, mission: MissionRecord, run: MissionRunRecord) -> bool:
        specs = self._specs()
        if not specs:
            return await self._fail(f"There is no model {self.held.agent.get('model') or ''}".rstrip())
        if unpriced := next(
            (spec.name for spec in specs if cost_of(spec, RequestUsage(input_tokens=1, output_tokens=1)) is None), None
        ):
            return await self._fail(f"The model {unpriced} has no price: the file of ORRERY_MODELS has to say it")
        calls = await self._calls()
        has_heard = self.heard == mission["activity_count"]
        said: Sequence[MissionActivityRecord | MessageRecord] = [] if has_heard else await self._said(run)
        texts = [prompt.said(activity) for activity in said]
        if not self.steps:
            texts[0:0] = await self._beginning(mission)
        waited = await calls_of_run.late_calls(self.held) if self.is_late else []
        late = [call for call in waited if call["finished_at"] is not None]
        self.is_late = len(late) < len(waited)
        texts += [f"{call['tool']} {call['arguments']} was decided on: {call['result']}" for call in late]
        bad_turns = run["bad_turns"] + 1 if self._was_bad(calls, texts) else 0
        if bad_turns >= MAX_BAD_TURNS:
            return await self._fail(f"Its model came to nothing {MAX_BAD_TURNS} turns in a row")
        if self.steps and not calls and not texts:
            texts.append("That was no answer: call a tool, or `finish`.")
        request = history.request(self._instructions(), texts, calls, self.results)
        elided_before = self._elided_before(run, specs[0])
        messages = [*history.load(self.steps, elided_before), request]
        try:
            assigned = await assigned_credentials(self.held.organization_id, mission["project_id"], mission["card_id"])
            parameters = self._parameters()
            answer = await ask(self.held, self.writes, self.providers, specs, messages, parameters, self.pace, assigned)
        except BudgetExhausted as error:
            seen = {error.budget_id: error.updated_at}
            await calls_of_run.wait_for(self.held, MissionWait.BUDGET, error.message, seen)
            return False
        except NoAnswerError as error:
            if error.about_key:
                await calls_of_run.wait_for(self.held, MissionWait.CREDENTIAL, str(error), error.keys)
                return False
            return await self._fail(str(error))
        changes: Record = {
            # All that was reported before the mission was read was there to be read.
            "read_until": max([mission["activity_count"], *(activity["position"] for activity in said)]),
            "bad_turns": bad_turns,
            "elided_before": elided_before,
        }
        return await self._keep(request, answer, run, changes, [call["_id"] for call in late])

    async def _said(self, run: MissionRunRecord) -> Sequence[MissionActivityRecord | MessageRecord]:
        return await calls_of_run.said_since(self.held.mission_id, run["read_until"])

    async def _beginning(self, mission: MissionRecord) -> list[str]:
        before = await turns.mission_before(mission)
        task = prompt.objective(mission, before, None if before is None else await came_of(mission, before))
        return [task, *prompt.skills(await skill_lines(self.held.agent))]

    def _instructions(self) -> str:
        return prompt.instructions(self.held.agent, self.orders)

    def _reports(self, text: str, calls: Sequence[MissionCallRecord]) -> list[Report]:
        return [Report(MissionActivityKind.THOUGHT, text[:MAX_REPORT])] if text and calls else []

    async def _keep(
        self, request: Any, answer: Answer, run: MissionRunRecord, changes: Record, told: Sequence[ObjectId]
    ) -> bool:
        """Keep a turn, and say whether there is another one."""
        n = self._n + 1
        response, asked = history.cleaned(answer.response, n)
        text, usage = history.text_of(response), answer.response.usage
        cost = cost_of(answer.spec, usage) or 0
        used = Usage(usage.input_tokens, usage.output_tokens, cost, usage.cache_read_tokens)
        step = to_record(
            MissionStep(
                id=step_id(self.held.mission_id, n),
                workspace_id=self.held.workspace_id,
                mission_id=self.held.mission_id,
                n=n,
                attempt=answer.attempt.number,
                model=answer.spec.name,
                format=history.FORMAT,
                messages=history.dump([request, response]),
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cost=cost,
            )
        )
        calls = [call_of(self.held, n, index, call) for index, call in enumerate(asked)]
        reports = self._reports(text, calls)
        last_word = text[:MAX_REPORT] if text and not calls else None
        reserved = answer.attempt.reserved
        turn = turns.Turn(self.held, step, calls, reports, changes, reserved, used, told, last_word)
        kept = await self.writes.keep_turn(turn)
        self.steps.append(step)
        count_usage(answer.spec.name, used)
        self.results.clear()
        self.seen, self.calls = (kept.mission, with_changes(run, changes)), calls
        self.heard = changes["read_until"]
        self._see(kept.mission, len(reports))
        return kept.goes_on

    async def _calls(self) -> list[MissionCallRecord]:
        """Those of the last turn."""
        if self.calls is None:
            self.calls = await turns.calls_of(self.held.mission_id, self._n) if self.steps else []
        return self.calls

    def _see(self, mission: MissionRecord, reported: int) -> None:
        """Note how the mission is after a change of this run that has `reported` so often."""
        if self.seen is not None:
            self.seen = mission, self.seen[1]
        count = mission["activity_count"]
        self.heard = count if self.heard is not None and count == self.heard + reported else None

    def _note(self, settled: Settled) -> None:
        """Note what became of a call, which was reported."""
        if self.calls is not None:
            self.calls = [settled.call if call["_id"] == settled.call["_id"] else call for call in self.calls]
        self._see(settled.mission, 1)

    def _forget(self) -> None:
        """Have all read anew: what is done now changes more than is noted."""
        self.seen = self.calls = self.heard = None

    def _specs(self) -> list[LanguageModel]:
        """The model of the agent, and those that take its place."""
        first = self.models.find(self.held.agent.get("model"))
        return [] if first is None else [first, *(self.models.by_name[name] for name in first.fallbacks)]

    def _described_own(self) -> Sequence[Described]:
        return DESCRIBED

    def _parameters(self) -> ModelRequestParameters:
        theirs = self.toolbox.described(self.held.ctx.subject, self.held.agent["tools"])
        return parameters_of([*self._described_own(), *theirs])

    def _context_used(self) -> int:
        """Tokens of the last request and its answer."""
        return self.steps[-1]["input_tokens"] + self.steps[-1]["output_tokens"] if self.steps else 0

    def _elided_before(self, run: MissionRunRecord, spec: LanguageModel) -> int:
        """Before which turn results are left out: it moves in leaps, so that what is sent begins as before mostly."""
        if self._context_used() < spec.context * FULL:
            return run["elided_before"]
        return max(run["elided_before"], self._n - KEPT_TURNS + 1)

    def _was_bad(self, calls: Sequence[MissionCallRecord], texts: Sequence[str]) -> bool:
        """Whether the last turn, which asked for these calls, came to nothing; without any, nor did anybody else say
        something since."""
        if not calls:
            return bool(self.steps) and not texts
        return all(call["state"] == MissionCallState.REFUSED for call in calls)

    def _has_concluded(self, calls: Sequence[MissionCallRecord]) -> bool:
        """Whether the last turn, which asked for these calls, was to be the last one."""
        if not calls:
            return history.ends_with_text(self.steps[-1])
        return any(call["tool"] == FINISH and call["state"] == MissionCallState.DONE for call in calls)

    # --- calls

    async def _carry_out(self, call: MissionCallRecord) -> bool:
        """Run a call that is open; whether the mission goes on at once."""
        if call["state"] == MissionCallState.WAITING:
            self._forget()
            take = calls_of_run.take_answer if call["proposal_id"] is None else calls_of_run.take_decision
            return await take(self.held, call)
        arguments: dict[str, Any] = orjson.loads(call["arguments"])
        try:
            if call["tool"] in self.own:
                return await self._carry_out_own(call, arguments)
            with telemetry.tool_span(call):
                await self._use_tool(call, arguments)
        except ApprovalRequired as error:
            return await self._await_decision(call, error)
        except (RunLostError, Unavailable, PyMongoError):
            raise  # the call is still open: whoever works on the mission next makes it
        except OrreryError as error:
            await self._refuse(call, f"{error.code}: {error.message}")
        except Exception:
            log.exception("the call %s of %s failed", call["_id"], call["tool"])
            await self._refuse(call, "INTERNAL: something went wrong on our side")
        return True

    async def _await_decision(self, call: MissionCallRecord, error: ApprovalRequired) -> bool:
        self._forget()
        goes_on = self.held.agent["autonomy_mode"] == AutonomyMode.APPROVAL
        self.is_late = self.is_late or goes_on
        creates = error.proposal["creates"]
        told = {
            "status": "PENDING",
            "proposal": str(error.proposal["_id"]),
            **({"id": str(creates)} if creates else {}),
        }
        await calls_of_run.await_decision(self.held, call, orjson.dumps(told).decode(), goes_on=goes_on)
        return goes_on

    async def _use_tool(self, call: MissionCallRecord, arguments: dict[str, Any]) -> None:
        report = Report(MissionActivityKind.ACTION, shown(call), tool=call["tool"])
        found, marked = await insist(lambda: self._try(call, arguments, report))
        text = quoted(found) if isinstance(found, str) else prompt.as_text(found)
        self.results[call["_id"]] = text
        self._note(marked or await calls_of_run.settle(self.held, call, MissionCallState.DONE, text, report))

    async def _try(
        self, call: MissionCallRecord, arguments: dict[str, Any], report: Report
    ) -> tuple[Result, Settled | None]:
        """What a tool answers, and its mark, which is of this try alone: where others were, nothing was done."""
        mark = CallMark(self.held, call, report)
        ctx = Context(self.held.ctx.subject, self.held.ctx.services, marks=(mark,), mission_id=self.held.mission_id)
        return await self.toolbox.call(ctx, call["tool"], arguments), mark.marked

    async def _carry_out_own(self, call: MissionCallRecord, arguments: dict[str, Any]) -> bool:
        given = read_own(call["tool"], arguments)
        self._forget()
        match given:
            case Plan():
                await calls_of_run.keep_plan(self.held, call, given.text, given.progress)
                return True
            case LoadSkill():
                self.results[call["_id"]] = text = await load_skill(self.held.agent, given.skill)
                await calls_of_run.settle(self.held, call, MissionCallState.DONE, text, done_by(call))
                return True
            case Ask():
                await calls_of_run.ask_people(self.held, call, given.report)
                return False
            case Finish():
                to = MissionStatus.FAILED if given.failed else MissionStatus.COMPLETED
                return await calls_of_run.finish_by_call(self.held, call, to, given.summary)
        raise TypeError(call["tool"])

    async def _refuse(self, call: MissionCallRecord, why: str) -> None:
        report = Report(MissionActivityKind.ERROR, f"{call['tool']}: {why}"[:MAX_REPORT], tool=call["tool"])
        self._note(await calls_of_run.settle(self.held, call, MissionCallState.REFUSED, why, report))

    # --- ends

    async def _fail(self, error: str) -> bool:
        await calls_of_run.finish(self.held, MissionStatus.FAILED, error)
        return False
