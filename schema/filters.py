"""Filters and orders of lists, made of what models declare; `resolvers.kit.filters` compiles them."""

import strawberry

import models
from schema.fields import filters, orders
from schema.inputs.base import given


@filters(models.Card, "Which cards. Without a condition on `archived`, archived ones are left out.")
class CardFilter:
    pass


@filters(models.Project, "Which projects.")
class ProjectFilter:
    pass


@filters(models.Mission, "Which missions.")
class MissionFilter:
    pass


@filters(models.Proposal, "Which proposals.")
class ProposalFilter:
    pass


@filters(models.Team, "Which teams.")
class TeamFilter:
    pass


@filters(models.Document, "Which documents.")
class DocumentFilter:
    pass


@filters(models.Objective, "Which objectives.")
class ObjectiveFilter:
    pass


@filters(models.PilotagePriority, "Which priorities.")
class PilotagePriorityFilter:
    pass


@filters(models.Todo, "Which todos.")
class TodoFilter:
    pass


@filters(models.StandingOrder, "Which standing orders.")
class StandingOrderFilter:
    pass


@filters(models.AgentAutomation, "Which automations of agents.")
class AgentAutomationFilter:
    pass


@filters(models.ChangelogEntry, "Which entries.")
class ChangelogEntryFilter:
    pass


@filters(models.LedgerEntry, "Which entries of a ledger.")
class LedgerEntryFilter:
    pass


@filters(models.WorkspaceFile, "Which files.")
class WorkspaceFileFilter:
    pass


@orders(
    models.Card,
    CUSTOM_FIELD="The value of the custom field `customFieldId`; none comes first, options come in the field's order.",
)
class CardOrder:
    custom_field_id: strawberry.ID | None = given("The custom field, for CUSTOM_FIELD; at most three in one order.")


@orders(models.Project)
class ProjectOrder:
    pass


@orders(models.Document)
class DocumentOrder:
    pass
