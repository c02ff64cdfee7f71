"""Automations follow the history of their workspace: what happened, in its order, and what the clock tells.

One process at a time works (`gateway.follower`); that nothing is done twice does not depend on it, but on the traces.
How far it has come is written after what it did, so whoever goes on may see some of it again, and finds it done. A
workspace without automations costs a look into a set for each of its changes.
"""

import logging
from asyncio import Semaphore, gather, get_running_loop
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bson import ObjectId

from models import AutomationProgress, AutomationTrace, StreamHead
from models.base import Record, collection, utc_now
from models.ids import portions
from models.records import AutomationProgressRecord, StreamHeadRecord
from realtime.log import Change
from resolvers.automation.due import dates_come
from resolvers.automation.rules import Rule, Rules, load_rules
from resolvers.automation.run import PER_MINUTE, run, trace_id
from resolvers.automation.trigger import TYPES, Occasion, occasions
from resolvers.kit.context import Services

log = logging.getLogger("orrery.automations")

SWEEP = 1.5
"""Seconds after which all workspaces with automations are looked at, whatever was heard of them."""
PORTION = 100
"""Events, and dates, that a workspace is served with before others have their turn."""
UNWRITTEN = 200
"""Events without any meaning here that may be read again after a crash, instead of a write for each."""
TOGETHER = 16
"""Workspaces, and cards of one, that are served side by side; a transaction takes several."""
LOOK = timedelta(seconds=20)
"""How often dates are looked at."""
CAUGHT_UP = timedelta(hours=24)
"""How old a date may be that nobody looked at when it came."""
QUEUE = ObjectId(b"automations\0")
"""Where it is written how far they have come, one after the other in a process, and behind nobody's changes."""


@dataclass(slots=True)
class _Dates:
    """Dates that are being told of, of those up to `until`."""

    until: datetime
    occasions: AsyncIterator[Occasion]


class Automations:
    """The automations of all workspaces, as one process follows them."""

    def __init__(self, services: Services, *, per_minute: int = PER_MINUTE) -> None:
        self._services = services
        self._per_minute = per_minute
        self._followed: set[ObjectId] = set()
        self._changed: set[ObjectId] = set()
        self._rules: dict[ObjectId, Rules] = {}
        self._seen: dict[ObjectId, int] = {}
        self._dates: dict[ObjectId, _Dates] = {}
        self._sweep_at = 0.0

    def hears(self, stream_id: ObjectId) -> bool:
        """Whether a change of this stream may set something off, which is remembered."""
        if stream_id not in self._followed:
            return False
        self._changed.add(stream_id)
        return True

    async def follow_some(self) -> bool:
        """Serve each workspace in which something has happened with a portion of it; whether there is more.

        Raises what failed, after the rest.
        """
        changed, self._changed = self._changed, set()
        clock = get_running_loop().time
        if clock() >= self._sweep_at:
            changed |= await self._sweep()
            self._sweep_at = clock() + SWEEP
        failure: BaseException | None = None
        heads = await _heads(changed)
        for some in portions(changed, TOGETHER):
            found = await collection(AutomationProgress).find({"_id": {"$in": some}, "is_followed": True}).to_list()
            served = await gather(
                *(self._serve(each, heads.get(each["_id"])) for each in found), return_exceptions=True
            )
            for progress, outcome in zip(found, served, strict=True):
                if outcome is not False:
                    self._changed.add(progress["_id"])
                if isinstance(outcome, BaseException):
                    self._dates.pop(progress["_id"], None)
                    failure = failure or outcome
        if failure is not None:
            raise failure
        return bool(self._changed)

    async def _sweep(self) -> set[ObjectId]:
        """Learn which workspaces have automations at work; those to look at."""
        found = await collection(AutomationProgress).find({"is_followed": True}).to_list()
        self._followed = {progress["_id"] for progress in found}
        for kept in (self._rules, self._seen, self._dates):
            for gone in kept.keys() - self._followed:
                kept.pop(gone)
        heads = await _heads(self._followed)
        late = utc_now() - LOOK
        return {
            progress["_id"]
            for progress in found
            if (progress["due_through"] is not None and progress["due_through"] <= late)
            or (progress["_id"] in heads and heads[progress["_id"]]["seq"] > self._read_through(progress))
        }

    def _read_through(self, progress: AutomationProgressRecord) -> int:
        return max(progress["seq"], self._seen.get(progress["_id"], 0))

    async def _serve(self, progress: AutomationProgressRecord, head: StreamHeadRecord | None) -> bool:
        """Serve a workspace with a portion; whether there is more."""
        rules = self._rules.get(progress["_id"])
        if rules is None or rules.version != progress["version"]:
            rules = self._rules[progress["_id"]] = await load_rules(progress["_id"], progress["version"])
        if not rules.by_trigger:  # they went with their project
            await self._services.hub.log.aside(QUEUE, partial(_leave, progress))
            return False
        is_more = False if head is None else await self._events(progress, rules, head)
        return await self._due(progress, rules) or is_more

    async def _events(self, progress: AutomationProgressRecord, rules: Rules, head: StreamHeadRecord) -> bool:
        """The next events of a workspace; whether there are more."""
        workspace_id, after = progress["_id"], self._read_through(progress)
        if after < head["floor"]:
            log.warning("automations of workspace %s have missed events that are gone from the log", workspace_id)
            after = head["floor"]
        through = min(head["seq"], after + PORTION)
        if through <= after:
            return False
        events = await self._services.hub.log.read(workspace_id, after, through - after, TYPES)
        told = [occasion for event in events for occasion in occasions(event)]
        has_run = await self._run(rules, told)
        self._seen[workspace_id] = through
        if has_run or through - progress["seq"] >= UNWRITTEN:
            await self._write(workspace_id, {"seq": through})
        return has_run or through < head["seq"]  # what they did may set others off

    async def _due(self, progress: AutomationProgressRecord, rules: Rules) -> bool:
        """The next dates of a workspace that have come; whether there may be more."""
        workspace_id, since = progress["_id"], progress["due_through"]
        if since is None:
            return False
        dates = self._dates.get(workspace_id)
        if dates is None:
            until = utc_now()
            if until - since < LOOK:
                return False
            come = dates_come(rules.timed(), max(since, until - CAUGHT_UP), until)
            dates = self._dates[workspace_id] = _Dates(until, come)
        told: list[Occasion] = []
        async for occasion in dates.occasions:
            told.append(occasion)
            if len(told) == PORTION:
                break
        await self._run(rules, told)
        if len(told) == PORTION:
            return True
        del self._dates[workspace_id]
        await self._write(workspace_id, {"due_through": dates.until})
        return False

    async def _run(self, rules: Rules, told: Sequence[Occasion]) -> bool:
        """Have the automations do what they wait for, those of one card in its order; whether there are some."""
        set_off = [(rule, occasion) for occasion in told for rule in rules.set_off_by(occasion)]
        done = await _done(set_off)
        by_card: dict[ObjectId, list[tuple[Rule, Occasion]]] = {}
        for rule, occasion in set_off:
            if trace_id(rule.record["_id"], occasion.event_id) not in done:
                by_card.setdefault(occasion.card_id, []).append((rule, occasion))
        turns = Semaphore(TOGETHER)

        async def serve(runs: Iterable[tuple[Rule, Occasion]]) -> None:
            async with turns:
                for rule, occasion in runs:
                    await run(self._services, rule, occasion, self._per_minute)

        for outcome in await gather(*map(serve, by_card.values()), return_exceptions=True):
            if outcome is not None:
                raise outcome
        return bool(set_off)

    async def _write(self, workspace_id: ObjectId, values: Mapping[str, Any]) -> None:
        """Write how far a workspace has come. Another process may have written less, which then sees it again."""
        await self._services.hub.log.aside(QUEUE, partial(_set, workspace_id, values))


async def follow(services: Services, *, per_minute: int = PER_MINUTE) -> None:
    """Have the automations of all workspaces do all that there is to do."""
    automations = Automations(services, per_minute=per_minute)
    while await automations.follow_some():
        pass


async def _set(workspace_id: ObjectId, values: Mapping[str, Any], change: Change) -> None:
    update: Record = {"$max": dict(values)}
    where = {"_id": workspace_id, **{name: {"$ne": None} for name in values}}
    await collection(AutomationProgress).update_one(where, update, session=change.session)


async def _leave(progress: AutomationProgressRecord, change: Change) -> None:
    """Follow a workspace no more, unless its automations have changed meanwhile."""
    same = {"_id": progress["_id"], "version": progress["version"]}
    left = {"$set": {"is_followed": False, "due_through": None}}
    await collection(AutomationProgress).update_one(same, left, session=change.session)


async def _done(set_off: Collection[tuple[Rule, Occasion]]) -> set[ObjectId]:
    """The ids of traces that are there already."""
    found: set[ObjectId] = set()
    for ids in portions(trace_id(rule.record["_id"], occasion.event_id) for rule, occasion in set_off):
        traces = await collection(AutomationTrace).find({"_id": {"$in": ids}}, {"_id": 1}).to_list()
        found |= {trace["_id"] for trace in traces}
    return found


async def _heads(workspace_ids: Iterable[ObjectId]) -> dict[ObjectId, StreamHeadRecord]:
    """Where the histories of workspaces stand, and where they begin."""
    found: dict[ObjectId, StreamHeadRecord] = {}
    for ids in portions(workspace_ids):
        heads = collection(StreamHead).find({"_id": {"$in": ids}}, {"seq": 1, "floor": 1})
        found |= {head["_id"]: head for head in await heads.to_list()}
    return found
