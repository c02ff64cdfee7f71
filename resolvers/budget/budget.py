"""Budgets: set, changed and deleted by the admins of an organization."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import budget as policy
from auth.policies import mission
from models import Budget, Organization, OrganizationMember, UsageSum, Workspace
from models.base import Record, aggregate, collection, to_record
from models.enums import BudgetPeriod, TokenScope
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, kind_of
from models.records import BudgetRecord, OrganizationMemberRecord, OrganizationRecord, WorkspaceRecord
from models.write import find_and_delete
from realtime.events.budget import BudgetCreated, BudgetDeleted, BudgetUpdated
from realtime.log import Change, Committed
from resolvers.inputs.budget import MAX_BUDGETS, BudgetCreate, BudgetUpdate, micro
from resolvers.kit.access import access, check_organizations
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import BUDGET, NOUNS, ORGANIZATION
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import Page, Window, pages
from resolvers.state.mission_wake import wake_waiting
from resolvers.usage.spending import is_nearly_spent, period_of

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
PEOPLES = "people say what may be spent"


get_budget = reader("budget", BUDGET, no_tool=PEOPLES)


@edge(scope=READ, viewer=True)
async def budgets_of_organization(
    ctx: Context,
    organizations: Sequence[OrganizationRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
) -> list[Page]:
    """The budgets of each organization and of all that is in it, oldest first. Raises Forbidden for others than its
    admins."""
    await check_organizations(ctx, [organization["_id"] for organization in organizations], policy.READ)
    return await _pages("organization_id", organizations, Window.read(first, after))


@edge(scope=READ)
async def budgets_of_workspace(
    ctx: Context,
    workspaces: Sequence[WorkspaceRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
) -> list[Page]:
    """The budgets of each workspace, its agents and its missions, oldest first."""
    return await _pages("workspace_id", workspaces, Window.read(first, after))


async def _pages(key: str, parents: Sequence[Record] | Sequence[Any], window: Window) -> list[Page]:
    found = await pages(Budget, key, [parent["_id"] for parent in parents], window)
    return [found[parent["_id"]] for parent in parents]


@operation("budgetCreate", inside=ORGANIZATION, permission=policy.WRITE, scope=WRITE, no_tool=PEOPLES)
async def create_budget(
    ctx: Context, membership: OrganizationMemberRecord, values: BudgetCreate
) -> Committed[BudgetRecord]:
    """Set a budget for what models cost."""
    organization_id = membership["organization_id"]
    if values.limit_usd is None and values.limit_tokens is None:
        raise BadUserInput("is needed, or limitTokens", field="limitUsd")
    workspace_id = await _workspace_of(ctx, organization_id, values.subject_id)

    async def body(change: Change) -> BudgetRecord:
        await require_parent(change, Organization, organization_id)
        if workspace_id is not None:
            await _require_workspace(change, organization_id, workspace_id, values.subject_id)
        mine = {"organization_id": organization_id}
        await require_room(change, Budget, mine, MAX_BUDGETS, "budgets in this organization")
        current = period_of(values.period, change.at)
        spent = await _spent(change, organization_id, values.subject_id, current)
        budget = to_record(
            Budget(
                organization_id=organization_id,
                workspace_id=workspace_id,
                subject_id=values.subject_id,
                period=values.period,
                cost_limit=micro(values.limit_usd),
                token_limit=values.limit_tokens,
                current=current,
                **spent,
                created_by=ctx.user_id,
                created_at=change.at,
                updated_at=change.at,
            )
        )
        try:
            await collection(Budget).insert_one(budget, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict("has a budget for this period already", field="subjectId") from error
        change.append(organization_id, BudgetCreated(budget=budget))
        return budget

    return await ctx.write(organization_id, body)


@operation("budgetUpdate", opens=BUDGET.whole, permission=policy.WRITE, scope=WRITE, no_tool=PEOPLES)
async def update_budget(ctx: Context, door: BudgetRecord, values: BudgetUpdate) -> Committed[BudgetRecord]:
    """Change the limits of a budget."""
    given = values.given()
    changes: Record = {}
    if "limit_usd" in given:
        changes["cost_limit"] = micro(values.limit_usd)
    if "limit_tokens" in given:
        changes["token_limit"] = values.limit_tokens

    async def body(change: Change) -> BudgetRecord:
        budget, differs = await set_fields(change, Budget, door["_id"], changes)
        if budget["cost_limit"] is None and budget["token_limit"] is None:
            raise BadUserInput("is needed, or limitTokens", field="limitUsd")
        if differs:
            # With more to spend, it is told anew once little is left of that.
            again, _ = await set_fields(
                change, Budget, door["_id"], {"is_noticed": budget["is_noticed"] and is_nearly_spent(budget)}
            )
            change.append(again["organization_id"], BudgetUpdated(budget=again))
            return again
        return budget

    committed = await ctx.write(door["organization_id"], body)
    await wake_waiting(door["_id"])
    return committed


@operation("budgetDelete", opens=BUDGET, permission=policy.WRITE, scope=WRITE, no_tool=PEOPLES)
async def delete_budget(ctx: Context, door: BudgetRecord) -> Committed[ObjectId]:
    """Delete a budget: what it bounded is bounded no more."""

    async def body(change: Change) -> ObjectId:
        if await find_and_delete(Budget, {"_id": door["_id"]}, change.session) is None:
            raise NotFound("Budget")
        change.append(door["organization_id"], BudgetDeleted(deleted_id=door["_id"]))
        return door["_id"]

    committed = await ctx.write(door["organization_id"], body)
    await wake_waiting(door["_id"])
    return committed


async def _workspace_of(ctx: Context, organization_id: ObjectId, subject_id: ObjectId) -> ObjectId | None:
    """The workspace of a subject; None where it is in none. Raises NotFound for what is not in the organization, or is
    in a workspace that the caller is not in; whether a workspace is in the organization is asked within the change."""
    kind = kind_of(subject_id)
    if kind is Kind.ORGANIZATION:
        if subject_id != organization_id:
            raise NotFound(kind.title)
        return None
    if kind is Kind.USER:
        mine = {"organization_id": organization_id, "user_id": subject_id}
        if await collection(OrganizationMember).find_one(mine, {"_id": 1}) is None:
            raise NotFound(kind.title)
        return None
    if kind is Kind.AGENT or kind is Kind.MISSION:
        found = await access(ctx, NOUNS[kind], subject_id, mission.READ, field="subjectId", fields=frozenset())
        return ObjectId(found["workspace_id"])
    return subject_id


async def _require_workspace(
    change: Change, organization_id: ObjectId, workspace_id: ObjectId, subject_id: ObjectId
) -> None:
    """Raise NotFound for a subject in a workspace that is not there, or not in the organization."""
    there = {"_id": workspace_id, "organization_id": organization_id}
    if await collection(Workspace).find_one(there, {"_id": 1}, session=change.session) is None:
        kind = kind_of(subject_id)
        raise NotFound("Subject" if kind is None else kind.title)


async def _spent(change: Change, organization_id: ObjectId, subject_id: ObjectId, current: str) -> Record:
    """What was spent in a day or a month until now; one that never begins anew counts from when it is set."""
    if current == BudgetPeriod.TOTAL:
        return {}
    mine = {
        "subject_id": subject_id,
        "organization_id": organization_id,
        "day": {"$gte": current, "$lt": f"{current}~"},
    }
    tokens = {"$add": ["$input_tokens", "$output_tokens"]}
    total = {"_id": None, "cost_spent": {"$sum": "$cost"}, "tokens_spent": {"$sum": tokens}}
    rows = await aggregate(UsageSum, [{"$match": mine}, {"$group": total}], session=change.session)
    return {name: row[name] for row in rows for name in ("cost_spent", "tokens_spent")}
