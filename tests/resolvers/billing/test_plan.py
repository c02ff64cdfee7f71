"""Plans: what an organization may have, looked at where it would have more."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from models import Organization
from models.base import collection
from models.billing import Billing, Plan, PlanLimits
from models.enums import Role, StorageKind
from models.errors import BadUserInput, Conflict, NotConfigured, PlanLimit
from models.records import OrganizationRecord, WorkspaceRecord
from realtime.log import Change
from resolvers.agent.agent import create_agent
from resolvers.billing.plan import change_plan, plans_of
from resolvers.files.storage_account import charge
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.billing import BillingPlanChange
from resolvers.inputs.organization import OrganizationCreate, OrganizationMemberAdd
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.transfer import ProjectImport
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.organization_member import add_organization_member
from resolvers.organization.organization import create_organization
from resolvers.project.project import create_project
from resolvers.transfer.transfer import import_project
from tests.resolvers.lab import People, again, event_types

FREE = Plan("free", "Free", limits=PlanLimits(members=1, agents=0, projects=1, storage=1000))
LARGE = Plan("large", "Large")
OFFERED = Billing(plans={"free": FREE, "large": LARGE})


@pytest.fixture
def planned(owner: Context) -> Context:
    """The owner, where an operator has plans and takes no payments."""
    return Context(owner.subject, replace(owner.services, billing=OFFERED))


async def put(ctx: Context, organization: OrganizationRecord, plan: str) -> Any:
    return (await change_plan(again(ctx), organization["_id"], BillingPlanChange(plan=plan))).value


async def test_a_plan_is_changed_at_once_where_nothing_is_paid(
    planned: Context, organization: OrganizationRecord
) -> None:
    changed = await put(planned, organization, "large")
    assert (changed["plan"], set(changed["limits"].values())) == ("large", {None})
    await put(planned, organization, "large")

    assert (await event_types(organization["_id"])).count("OrganizationUpdated") == 1
    with pytest.raises(BadUserInput, match="is no plan: there are free, large"):
        await put(planned, organization, "empire")
    [plans] = await plans_of(planned, [organization], None)
    assert [(plan["slug"], plan["is_paid"]) for plan in plans] == [("free", False), ("large", False)]


async def test_without_plans_or_where_they_are_paid_for_nobody_chooses(
    owner: Context, organization: OrganizationRecord
) -> None:
    with pytest.raises(NotConfigured, match="ORRERY_PLANS"):
        await put(owner, organization, "free")
    paid = Context(owner.subject, replace(owner.services, billing=replace(OFFERED, key="sk_test_1")))
    with pytest.raises(Conflict, match="follows what is paid"):
        await put(paid, organization, "free")


async def test_a_plan_that_holds_less_than_there_is_is_refused_with_all_of_that(
    planned: Context, organization: OrganizationRecord, workspace: WorkspaceRecord
) -> None:
    for name in ("One", "Two"):
        await create_project(again(planned), ProjectCreate.of(workspace_id=workspace["_id"], name=name))
    made = read_input(AgentCreate, {"workspaceId": workspace["_id"], "name": "Atlas", "slug": "atlas"})
    await create_agent(again(planned), made)

    with pytest.raises(PlanLimit) as refused:
        await put(planned, organization, "free")

    limits: Any = refused.value.details["limits"]
    assert {"name": "projects", "limit": 1, "used": 2} in limits
    assert {"name": "agents", "limit": 0, "used": 1} in limits


async def test_what_a_plan_does_not_hold_is_not_made(
    planned: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, people: People
) -> None:
    # Given an organization on a small plan, with the most of everything
    await put(planned, organization, "free")
    project = ProjectCreate.of(workspace_id=workspace["_id"], name="One")
    await create_project(again(planned), project)
    ada = await people.register("Ada")
    await people.confirm(ada)
    member = OrganizationMemberAdd(email=people.email(ada), role=Role.MEMBER)
    agent = read_input(AgentCreate, {"workspaceId": workspace["_id"], "name": "Atlas", "slug": "atlas"})
    imported = read_input(ProjectImport, {"project": {"name": "Two"}})

    async def store(change: Change) -> None:
        await charge(planned, change, workspace["_id"], StorageKind.DOCUMENTS, 1001)

    # When more of it is to be made, then it is refused, with what there is
    more: dict[str, Callable[[], Awaitable[Any]]] = {
        "projects": lambda: create_project(again(planned), project),
        "members": lambda: add_organization_member(again(planned), organization["_id"], member),
        "agents": lambda: create_agent(again(planned), agent),
        "storage": lambda: again(planned).write(workspace["_id"], store),
    }
    for name, make in more.items():
        with pytest.raises(PlanLimit) as refused:
            await make()
        limits: Any = refused.value.details["limits"]
        assert [limit["name"] for limit in limits] == [name]
    with pytest.raises(PlanLimit):
        await import_project(again(planned), workspace["_id"], imported)

    # And a larger plan lets all of it pass
    await put(planned, organization, "large")
    for make in more.values():
        await make()


async def test_a_new_organization_is_on_the_plan_that_nobody_pays_for(planned: Context, owner: Context) -> None:
    made = (await create_organization(again(planned), OrganizationCreate(name="Dome", slug="dome-free"))).value
    other = (await create_organization(again(owner), OrganizationCreate(name="Dome", slug="dome-none"))).value

    assert (made["plan"], made["limits"]["projects"]) == ("free", 1)
    assert (other["plan"], other["limits"]["projects"]) == (None, None)
    assert await collection(Organization).count_documents({"plan": "free"}) >= 1
