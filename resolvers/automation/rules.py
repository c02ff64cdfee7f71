"""The automations of a workspace as they are looked up: by the project and by what sets them off."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bson import ObjectId

from models import Agent, Automation
from models.base import collection
from models.enums import AutomationTrigger as Trigger
from models.enums import TokenScope
from models.errors import BadUserInput
from models.ids import portions
from models.records import AutomationRecord
from resolvers.automation.conditions import Conditions, read_conditions
from resolvers.automation.trigger import Occasion


@dataclass(frozen=True, slots=True)
class Rule:
    """An automation at work. Without `conditions` they cannot be read any more, as `error` says. `agent_id` is that of
    its owner, who may be the service user of an agent."""

    record: AutomationRecord
    conditions: Conditions | None
    error: str | None
    agent_id: ObjectId | None

    @property
    def scopes(self) -> frozenset[TokenScope]:
        """How far its owner's credential went."""
        return frozenset(map(TokenScope, self.record["scopes"]))


@dataclass(frozen=True, slots=True)
class Rules:
    """Those of a workspace that are enabled, as they were at a `version` of them."""

    version: int
    by_trigger: Mapping[tuple[ObjectId, Trigger], Sequence[Rule]]

    def set_off_by(self, occasion: Occasion) -> list[Rule]:
        """Those that wait for this, and did before it happened."""
        waiting = self.by_trigger.get((occasion.project_id, occasion.trigger), ())
        return [rule for rule in waiting if _waited(rule.record, occasion)]

    def timed(self) -> list[ObjectId]:
        """The projects in which some wait for dates."""
        return [project_id for project_id, trigger in self.by_trigger if trigger is Trigger.DUE_DATE_REACHED]


async def load_rules(workspace_id: ObjectId, version: int) -> Rules:
    """The automations of a workspace that are enabled."""
    enabled = {"workspace_id": workspace_id, "enabled": True}
    records = await collection(Automation).find(enabled).to_list()
    agents = await _agents(record["owner_id"] for record in records)
    by_trigger: dict[tuple[ObjectId, Trigger], list[Rule]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record["_id"]):
        key = record["project_id"], Trigger(record["trigger"])
        by_trigger[key].append(await _rule(record, agents.get(record["owner_id"])))
    return Rules(version, by_trigger)


async def _rule(record: AutomationRecord, agent_id: ObjectId | None) -> Rule:
    try:
        read = await read_conditions(Trigger(record["trigger"]), record["conditions"], record["project_id"])
    except BadUserInput as error:  # a custom field that is gone, say
        return Rule(record, None, error.message, agent_id)
    return Rule(record, read, None, agent_id)


async def _agents(user_ids: Iterable[ObjectId]) -> dict[ObjectId, ObjectId]:
    """The agents that act as some users."""
    found: dict[ObjectId, ObjectId] = {}
    for ids in portions(set(user_ids)):
        acting = collection(Agent).find({"user_id": {"$in": ids}, "deleted_at": None}, {"user_id": 1})
        found |= {agent["user_id"]: agent["_id"] for agent in await acting.to_list()}
    return found


def _waited(record: AutomationRecord, occasion: Occasion) -> bool:
    if occasion.seq is not None:
        return record["since"] < occasion.seq
    return occasion.at is not None and record["updated_at"] < occasion.at
