"""One automation does what it is for, once for each event: its trace is written in the transaction of what it does."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.subject import Subject
from models import Automation, AutomationTrace, Card, WorkspaceMember
from models.base import Record, aggregate, collection, to_record
from models.enums import ActivityType, AutomationStatus, AutomationStop
from models.errors import ApprovalRequired, Forbidden, OrreryError, Unauthenticated
from models.fanout import Audience
from models.ids import Kind, id_of
from models.reach import LATER
from models.records import AutomationRecord, CardRecord
from realtime.change import Cause, Change
from realtime.events.automation import AutomationRan
from resolvers.activity.activity import new_activity, record_activities
from resolvers.automation.action import act
from resolvers.automation.automation import write_automation
from resolvers.automation.rules import Rule
from resolvers.automation.trigger import Occasion
from resolvers.kit.context import Context, Services

T = TypeVar("T")
log = logging.getLogger("orrery.automations")

MAX_DEPTH = 5
"""Automations that set each other off, one after the other."""
PER_MINUTE = 100
"""How often one may be set off: far more than people move cards."""
MINUTE = timedelta(minutes=1)
TOO_DEEP = f"It would be more than {MAX_DEPTH} automations that set each other off"
TOO_OFTEN = "It was set off too often within a minute, and is disabled"
LEFT = "Its owner is not in the workspace any more"
UNEXPECTED = "Something went wrong on our side"


class _Over(Exception):  # noqa: N818
    """There is nothing to do: it is done already, or the automation is at work no more."""


class _TooOften(Exception):  # noqa: N818
    """It was set off too often within a minute."""


def trace_id(automation_id: ObjectId, event_id: ObjectId) -> ObjectId:
    """The id of what comes of an event for an automation."""
    return id_of(Kind.AUTOMATION_TRACE, event_id, automation_id)


@dataclass(slots=True)
class Run:
    """What one occasion is to one automation: marked in the transaction of what it does, and so at most once. `tried`
    says that it has met somebody, who may have been faster."""

    rule: Rule
    occasion: Occasion
    per_minute: int = PER_MINUTE
    reveals: bool = False
    tried: bool = False

    async def is_done(self, change: Change | None = None) -> bool:
        """Whether its trace is there."""
        mine = {"_id": trace_id(self._automation["_id"], self.occasion.event_id)}
        session = None if change is None else change.session
        return await collection(AutomationTrace).find_one(mine, {"_id": 1}, session=session) is not None

    def marking(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        """A change that also writes the trace, and whose events name the automation. What it begins stays inside the
        project where it was set off from there."""

        async def marked(change: Change) -> T:
            change.cause = self._cause
            change.confined = self.occasion.confined
            await self._enter(change)
            value = await body(change)
            await self._trace(change, AutomationStatus.SUCCESS)
            return value

        return marked

    async def failed(self, error: str, change: Change) -> None:
        """Write that it could not, and why."""
        await self._enter(change, is_free=True)
        await self._trace(change, AutomationStatus.FAILURE, error)

    async def stopped(self, reason: AutomationStop, error: str, change: Change) -> None:
        """Write that it could not, disable the automation, and tell its owner."""
        await self.failed(error, change)
        values = {"enabled": False, "disabled_reason": reason.value}
        automation, _ = await write_automation(change, self._automation["_id"], values)
        project: Record = {"_id": automation["project_id"], "workspace_id": automation["workspace_id"]}
        meta = {"automation": automation["name"], "automationId": str(automation["_id"]), "message": error}
        told = new_activity(change, project, ActivityType.AUTOMATION_DISABLED, meta)
        await record_activities(change, [told], Audience.NAMED, [automation["owner_id"]])

    @property
    def _automation(self) -> AutomationRecord:
        return self.rule.record

    @property
    def _cause(self) -> Cause:
        before = self.occasion.cause
        return Cause(self._automation["_id"], 1 if before is None else before.depth + 1)

    async def _enter(self, change: Change, *, is_free: bool = False) -> None:
        """Raise _Over where it is done, or no more to be; _TooOften where it was too much lately, unless `is_free`."""
        # It was not done when this began: where it is now, the insert of its trace fails, and it is tried again.
        if self.tried and await self.is_done(change):
            raise _Over
        self.tried = True
        at_work = {"_id": self._automation["_id"], "enabled": True}
        if await collection(Automation).find_one(at_work, {"_id": 1}, session=change.session) is None:
            raise _Over
        if not is_free and await self._count(change) >= self.per_minute:
            raise _TooOften

    async def _count(self, change: Change) -> int:
        """How often it was set off lately, counted once for all changes that share a transaction."""
        automation_id = self._automation["_id"]
        if automation_id not in change.together.known:
            lately = {"automation_id": automation_id, "created_at": {"$gt": change.at - MINUTE}}
            traces = collection(AutomationTrace)
            found = await traces.count_documents(lately, limit=self.per_minute, session=change.session)
            change.together.known[automation_id] = found
        return int(change.together.known[automation_id])

    async def _trace(self, change: Change, status: AutomationStatus, error: str | None = None) -> None:
        automation = self._automation
        trace = to_record(
            AutomationTrace(
                id=trace_id(automation["_id"], self.occasion.event_id),
                workspace_id=automation["workspace_id"],
                project_id=automation["project_id"],
                automation_id=automation["_id"],
                event_id=self.occasion.event_id,
                card_id=self.occasion.card_id,
                actor_id=automation["owner_id"],
                status=status,
                error=error,
                created_at=change.at,
            )
        )
        try:
            await collection(AutomationTrace).insert_one(trace, session=change.session)
        except DuplicateKeyError as conflict:  # another process was faster: the change is run again, and finds it
            conflict._add_error_label("TransientTransactionError")
            raise
        if automation["_id"] in change.together.known:
            change.together.known[automation["_id"]] += 1
        event = AutomationRan(trace=trace, actor_id=automation["owner_id"], project_id=trace["project_id"])
        change.append(automation["workspace_id"], event)


async def run(services: Services, rule: Rule, occasion: Occasion, per_minute: int = PER_MINUTE) -> None:
    """Have an automation do what it is for, where its conditions hold and it has not done so before.

    What it may not do disables it, what it cannot do is in its trace. Raises what another attempt may not meet.
    """
    automation, attempt = rule.record, Run(rule, occasion, per_minute)
    if occasion.cause is not None and occasion.cause.automation_id == automation["_id"]:
        return
    if await attempt.is_done():  # by another process, since this one asked of all that is to be done
        return
    if rule.conditions is None:
        await _write(services, rule, partial(attempt.failed, f"Its conditions cannot be read: {rule.error}"))
        return
    if not rule.conditions.hold(occasion.before, occasion.after):
        return
    here = {"_id": occasion.card_id, "project_id": automation["project_id"]}
    # A stage of its own: the embedded database finds no index for a query with an operator at its top.
    met: list[CardRecord] = await aggregate(Card, [{"$match": here}, {"$match": rule.conditions.query}])
    if not met:
        return
    (card,) = met
    if occasion.cause is not None and occasion.cause.depth >= MAX_DEPTH:
        await _write(services, rule, partial(attempt.failed, TOO_DEEP))
        return
    ctx = await _of_owner(services, attempt)
    if ctx is None:
        await _write(services, rule, partial(attempt.stopped, AutomationStop.RIGHTS, LEFT))
        return
    try:
        with suppress(_Over, ApprovalRequired):  # what an agent may not do by itself is proposed, and marked with that
            await act(ctx, automation, card)
    except _TooOften:
        await _write(services, rule, partial(attempt.stopped, AutomationStop.TOO_OFTEN, TOO_OFTEN))
    except LATER:
        raise
    except (Forbidden, Unauthenticated) as error:
        await _write(services, rule, partial(attempt.stopped, AutomationStop.RIGHTS, error.message))
    except OrreryError as error:
        await _write(services, rule, partial(attempt.failed, error.message))
    except Exception:
        log.exception("automation %s failed", automation["_id"])
        await _write(services, rule, partial(attempt.failed, UNEXPECTED))


async def _write(services: Services, rule: Rule, body: Callable[[Change], Awaitable[Any]]) -> None:
    async def unless_over(change: Change) -> None:
        with suppress(_Over):
            await body(change)

    await services.hub.log.write(rule.record["workspace_id"], None, unless_over)


async def _of_owner(services: Services, attempt: Run) -> Context | None:
    """A request of the owner's, in the workspace alone; None where they are not in it any more."""
    rule = attempt.rule
    workspace_id, user_id = rule.record["workspace_id"], rule.record["owner_id"]
    inside = {"workspace_id": workspace_id, "user_id": user_id}
    membership = await collection(WorkspaceMember).find_one(inside)
    if membership is None:
        return None
    subject = Subject(user_id, scopes=rule.scopes, agent_id=rule.agent_id, workspace_id=workspace_id)
    return Context(subject, services, memberships={workspace_id: membership}, marks=(attempt,))
