"""Budgets for models."""

import strawberry

import models
from models.base import utc_now
from models.records import BudgetRecord
from resolvers.budget.budget import budgets_of_organization, budgets_of_workspace
from resolvers.usage.spending import as_of
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.references import OrganizationRef, WorkspaceRef
from schema.usage import MICRO

_OF_PERIOD = ("period", "current", "cost_spent", "tokens_spent", "cost_reserved", "tokens_reserved")


def _usd(amount: int | None) -> float | None:
    return None if amount is None else amount / MICRO


def _now(budget: BudgetRecord) -> BudgetRecord:
    return as_of(budget, utc_now())


@shows(models.Budget, "How much models may cost an organization, a workspace, an agent, a mission or a person.")
class Budget:
    id: strawberry.ID = strawberry.field(description="The id.")
    subject_id: strawberry.ID = strawberry.field(
        description="Whose it is: the id of an organization, a workspace, an agent, a mission or a user."
    )
    limit_usd: float | None = derived(
        lambda budget: _usd(budget["cost_limit"]),
        needs=("cost_limit",),
        description="US dollars that may be spent in a period; null for any.",
    )
    limit_tokens: float | None = derived(
        lambda budget: budget["token_limit"],
        needs=("token_limit",),
        description="Tokens that may be read and written in a period; null for any.",
    )
    spent_usd: float = derived(
        lambda budget: _usd(_now(budget)["cost_spent"]),
        needs=_OF_PERIOD,
        description="US dollars that were spent in this period.",
    )
    spent_tokens: float = derived(
        lambda budget: _now(budget)["tokens_spent"],
        needs=_OF_PERIOD,
        description="Tokens that were read and written in this period.",
    )
    reserved_usd: float = derived(
        lambda budget: _usd(_now(budget)["cost_reserved"]),
        needs=_OF_PERIOD,
        description="US dollars that calls may come to whose end is not known.",
    )
    reserved_tokens: float = derived(
        lambda budget: _now(budget)["tokens_reserved"],
        needs=_OF_PERIOD,
        description="Tokens of the same.",
    )


@extends(WorkspaceRef, after="usage")
class OfWorkspace:
    budgets: Connection[Budget] = edge(
        budgets_of_workspace,
        arguments=window,
        description="The budgets of it, its agents and its missions, oldest first.",
    )


@extends(OrganizationRef, after="default_credential")
class OfOrganization:
    budgets: Connection[Budget] = edge(
        budgets_of_organization,
        arguments=window,
        description="The budgets of it and of all that is in it, oldest first: for its admins.",
    )
