import pytest

from models.enums import Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, new_id
from models.records import OrganizationRecord, WorkspaceRecord
from resolvers.budget.budget import (
    budgets_of_organization,
    budgets_of_workspace,
    delete_budget,
    update_budget,
)
from resolvers.inputs.budget import BudgetUpdate
from resolvers.kit.context import Context
from tests.resolvers.conftest import Join, Register, make_organization, make_workspace
from tests.resolvers.lab import again, event_types
from tests.resolvers.usage.lab import set_budget


async def test_a_subject_has_one_budget_a_period(owner: Context, organization: OrganizationRecord) -> None:
    first = await set_budget(owner, organization, organization["_id"], limitUsd=12.345678)
    await set_budget(owner, organization, organization["_id"], limitUsd=1, period="day")

    with pytest.raises(Conflict, match="subjectId"):
        await set_budget(owner, organization, organization["_id"], limitUsd=1)

    assert first["cost_limit"] == 12_345_678


async def test_a_subject_is_in_the_organization(
    owner: Context, organization: OrganizationRecord, register_person: Register
) -> None:
    elsewhere = await make_organization(owner)
    foreign = await make_workspace(owner, elsewhere)
    outsider = await register_person("outsider")
    wanted = {
        "Organization": elsewhere["_id"],
        "Workspace": foreign["_id"],
        "Agent": new_id(Kind.AGENT),
        "Mission": new_id(Kind.MISSION),
        "User": outsider.user_id,
    }

    for noun, subject_id in wanted.items():
        with pytest.raises(NotFound, match=f"{noun} not found"):
            await set_budget(owner, organization, subject_id, limitUsd=1)
    with pytest.raises(BadUserInput, match="subjectId"):
        await set_budget(owner, organization, new_id(Kind.CARD), limitUsd=1)


async def test_a_budget_has_a_limit(owner: Context, organization: OrganizationRecord) -> None:
    with pytest.raises(BadUserInput, match="limitUsd"):
        await set_budget(owner, organization, organization["_id"])
    budget = await set_budget(owner, organization, organization["_id"], limitTokens=10)

    with pytest.raises(BadUserInput, match="limitUsd"):
        await update_budget(again(owner), budget["_id"], BudgetUpdate.of(limit_tokens=None))
    changed = await update_budget(again(owner), budget["_id"], BudgetUpdate.of(limit_usd=1, limit_tokens=None))

    assert (changed.value["cost_limit"], changed.value["token_limit"]) == (1_000_000, None)


async def test_what_changes_of_a_budget_is_told_and_what_does_not_is_not(
    owner: Context, organization: OrganizationRecord
) -> None:
    budget = await set_budget(owner, organization, organization["_id"], limitUsd=1)
    await update_budget(again(owner), budget["_id"], BudgetUpdate.of(limit_usd=2))
    await update_budget(again(owner), budget["_id"], BudgetUpdate.of(limit_usd=2))
    await delete_budget(again(owner), budget["_id"])

    assert (await event_types(organization["_id"]))[-3:] == ["BudgetCreated", "BudgetUpdated", "BudgetDeleted"]


async def test_members_read_their_workspaces_budgets_and_admins_the_organizations(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    member = await join(workspace, "ada", Role.ADMIN)
    whole = await set_budget(owner, organization, organization["_id"], limitUsd=1)
    inside = await set_budget(owner, organization, workspace["_id"], limitUsd=1)

    [listed] = await budgets_of_organization(again(owner), [organization], None)
    [of_workspace] = await budgets_of_workspace(again(member), [workspace], None)

    assert [each["_id"] for each in listed.nodes] == [whole["_id"], inside["_id"]]
    assert [each["_id"] for each in of_workspace.nodes] == [inside["_id"]]
    with pytest.raises(Forbidden):
        await budgets_of_organization(again(member), [organization], None)
