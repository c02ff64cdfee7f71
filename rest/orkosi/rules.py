"""Rules: the standing orders of a workspace, for all agents or for one, which its address calls by its name."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from bson import ObjectId

from models.errors import BadUserInput
from models.limits import NAME, Text
from models.records import StandingOrderRecord
from resolvers.inputs.pilotage import StandingOrderCreate, StandingOrderUpdate
from resolvers.kit.input import Flag
from resolvers.kit.load import one_by
from resolvers.kit.nouns import AGENT, STANDING_ORDER
from resolvers.kit.page import Window
from resolvers.kit.slugs import agent_by_slug
from resolvers.pilotage.standing_order import (
    create_standing_order,
    delete_standing_order,
    list_standing_orders,
    update_standing_order,
)
from rest.orkosi.agent_names import of_agent
from rest.orkosi.bodies import Body, Changes, Deleted, Query, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.ids import path_id, read_number_or_id
from rest.orkosi.paging import whole
from rest.orkosi.present.rule import ALL, Rule, rule
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes("rules", "/rules", about="What agents always keep to.", place=60, tag_place=260)

RuleText = Annotated[str, Text(1, 1000)]
Word = Annotated[str, NAME]
scopes_of = one_by(AGENT, "agent_id")


class RuleQuery(Query):
    """Which rules. `scope` is `all` or the name of an agent; `agent` one whose rules are listed with those for all."""

    scope: Word | None = None
    agent: Word | None = None
    category: Word | None = None
    permanent: Literal["0", "1"] | None = None


class RuleBody(Body):
    """A new rule, for `all` or for the agent that `scope` names."""

    rule: RuleText
    scope: Word = ALL
    category: Word | None = None
    permanent: Flag = False


class RulePatch(Changes):
    """What changes of a rule."""

    rule: RuleText | None = None
    scope: Word | None = None
    category: Word | None = None
    permanent: Flag | None = None


@routes.get("", "List architectural rules", runs=list_standing_orders, query=RuleQuery, names_object=True)
async def find(call: Call) -> list[Rule]:
    """Oldest first."""
    workspace_id, wanted = await workspace_of(call), call.query(RuleQuery)
    conditions: list[dict[str, Any]] = []
    if wanted.scope is not None:
        conditions.append(await _for_one(workspace_id, wanted.scope))
    if wanted.agent is not None:
        conditions.append({"or": [{"agent": {"null": True}}, await _for_one(workspace_id, wanted.agent)]})
    if wanted.category is not None:
        conditions.append({"category": {"eq": wanted.category}})
    if wanted.permanent is not None:
        conditions.append({"permanent": {"eq": wanted.permanent == "1"}})
    where = {"and": conditions} if conditions else None
    found = await whole(
        call, lambda first, after: list_standing_orders(call.ctx, workspace_id, Window.read(first, after), where)
    )
    return await shown_rules(call, found)


@routes.post("", "Create a new rule", runs=create_standing_order, body=RuleBody, names_object=True)
async def create(call: Call) -> Rule:
    """It stands in the prompt of every mission that it is for."""
    workspace_id, body = await workspace_of(call), call.body(RuleBody)
    values = StandingOrderCreate.of(
        workspace_id=workspace_id,
        text=body.rule,
        agent_id=await _scope(workspace_id, body.scope),
        category=body.category,
        permanent=body.permanent,
    )
    return await _one(call, (await create_standing_order(call.ctx, values)).value)


@routes.patch("/{ruleNumber}", "Update a rule", runs=update_standing_order, body=RulePatch)
async def update(call: Call) -> Rule:
    workspace_id = await workspace_of(call)
    order_id = await path_id(call, "ruleNumber", STANDING_ORDER, workspace_id)
    given = call.body(RulePatch).given()
    values = {name: value for name, value in given.items() if value is not None or name == "category"}
    if (text := values.pop("rule", None)) is not None:
        values["text"] = text
    if (scope := values.pop("scope", None)) is not None:
        values["agent_id"] = await _scope(workspace_id, scope)
    return await _one(call, (await update_standing_order(call.ctx, order_id, StandingOrderUpdate.of(**values))).value)


@routes.delete("/{ruleNumber}", "Delete a rule that is not permanent", runs=delete_standing_order)
async def delete(call: Call) -> Deleted:
    order_id = await path_id(call, "ruleNumber", STANDING_ORDER, await workspace_of(call))
    await delete_standing_order(call.ctx, order_id)
    return deleted(read_number_or_id(call.path["ruleNumber"], STANDING_ORDER.kind, field="ruleNumber"))


async def _for_one(workspace_id: ObjectId, scope: str) -> dict[str, Any]:
    """The condition that a rule is for `all`, or for the agent of a name: for nobody, where there is none."""
    if scope == ALL:
        return {"agent": {"null": True}}
    return await of_agent(workspace_id, scope)


async def _scope(workspace_id: ObjectId, scope: str) -> ObjectId | None:
    """Whose a rule is: an agent's, or of all."""
    if scope == ALL:
        return None
    if (agent_id := await agent_by_slug(workspace_id, scope)) is None:
        raise BadUserInput(f"must be {ALL}, or the name of an agent", field="scope")
    return agent_id


async def _one(call: Call, record: StandingOrderRecord) -> Rule:
    [shown] = await shown_rules(call, [record])
    return shown


async def shown_rules(call: Call, records: Sequence[StandingOrderRecord]) -> list[Rule]:
    """Rules that the caller has read, as they are shown."""
    agents = await scopes_of(call.ctx, records, frozenset({"slug"}))
    return [rule(record, agent) for record, agent in zip(records, agents, strict=True)]
