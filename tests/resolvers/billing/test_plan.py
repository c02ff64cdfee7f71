"""Plans: what an organization may have, looked at where it would have more."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from bson import ObjectId

from models import Organization, UsageSum
from models.base import collection, utc_now
from models.billing import Billing, BillingSubscription, Plan, PlanLimits
from models.enums import Role, StorageKind, SubscriptionStatus
from models.errors import BadUserInput, Conflict, NotConfigured, PlanLimit
from models.outbound import Outbound
from models.records import OrganizationRecord, WorkspaceRecord
from realtime.log import Change
from resolvers.agent.agent import create_agent
from resolvers.billing.plan import NotPaid, change_plan, plans_of
from resolvers.billing.summary import check_plan, get_billing_summary
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
from tests.resolvers.stripe import stripe_on_loopback, subscription_of

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


async def test_where_plans_are_paid_for_nobody_has_one_without_that(
    owner: Context, organization: OrganizationRecord
) -> None:
    with pytest.raises(NotConfigured, match="ORRERY_PLANS"):
        await put(owner, organization, "free")
    plans = {**OFFERED.plans, "team": Plan("team", "Team", "price_1")}
    paid = Context(owner.subject, replace(owner.services, billing=Billing("sk_test_1", plans=plans)))

    with pytest.raises(NotPaid, match="begin a checkout"):
        await put(paid, organization, "team")
    with pytest.raises(Conflict, match="ask the operator"):
        await put(paid, organization, "large")
    assert (await put(paid, organization, "free"))["plan"] == "free"


async def test_what_is_paid_is_changed_at_stripe_and_the_organization_follows(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord
) -> None:
    # Given an organization that pays for a plan
    ours = organization["_id"]
    plans = {"free": FREE, "team": Plan("team", "Team", "price_1"), "company": Plan("company", "Company", "price_2")}
    async with stripe_on_loopback() as stripe:
        billing = Billing("sk_test_1", stripe.receiver.url, plans={**plans, "large": LARGE})
        outbound = Outbound(frozenset({stripe.receiver.host}))
        paying = Context(owner.subject, replace(owner.services, billing=billing, outbound=outbound))
        paid = BillingSubscription(subscription_id="sub_1", customer_id="cus_1", status=SubscriptionStatus.ACTIVE)
        known = {"subscription": paid.model_dump(), "plan": "team"}
        await collection(Organization).update_one({"_id": ours}, {"$set": known})
        stripe.states["sub_1"] = subscription_of(ours)

        # When another one is chosen, Stripe is asked for its price, and what it says then is followed
        changed = await put(paying, organization, "company")
        assert (changed["plan"], changed["subscription"]["renews_at"].year) == ("company", 2030)
        [asked] = [received for received in stripe.receiver.received if received.line.startswith("POST")]
        form = {name: value for name, [value] in parse_qs(asked.body.decode()).items()}
        assert asked.line == "POST /v1/subscriptions/sub_1 HTTP/1.1"
        assert (form["items[0][id]"], form["items[0][price]"]) == ("si_1", "price_2")

        # When it has more than the plan that nobody pays for holds, Stripe is asked for nothing
        for name in ("One", "Two"):
            await create_project(again(paying), ProjectCreate.of(workspace_id=workspace["_id"], name=name))
        count = len(stripe.receiver.received)
        for name, error in (("free", PlanLimit), ("large", Conflict)):
            with pytest.raises(error):
                await put(paying, organization, name)
        assert len(stripe.receiver.received) == count

        # And where it has not, what is paid ends when that is over
        smaller = replace(billing, plans={**billing.plans, "free": Plan("free", "Free")})
        ending = Context(owner.subject, replace(paying.services, billing=smaller))
        changed = await put(ending, organization, "free")
        assert (changed["plan"], changed["subscription"]["is_ending"]) == ("company", True)


async def test_a_summary_counts_what_plans_limit_and_a_check_says_what_is_too_much(
    planned: Context, organization: OrganizationRecord, workspace: WorkspaceRecord
) -> None:
    ours = organization["_id"]
    for name in ("One", "Two"):
        await create_project(again(planned), ProjectCreate.of(workspace_id=workspace["_id"], name=name))
    counted = {"input_tokens": 40, "output_tokens": 2, "cached_tokens": 9, "calls": 1, "cost": 5}
    mine = {"subject_id": ours, "organization_id": ours, "workspace_id": None, "model": "m", **counted}
    days = [utc_now().date().isoformat(), "2020-01-01"]
    rows: list[Any] = [{"_id": ObjectId(), "day": day, **mine} for day in days]
    await collection(UsageSum).insert_many(rows)

    summary = await get_billing_summary(again(planned), ours)
    fits, beyond = [await check_plan(again(planned), ours, plan) for plan in ("large", "free")]

    assert summary["used"] == {"members": 1, "agents": 0, "projects": 2, "storage": 0, "tokens": 42}
    assert (summary["plan"], summary["subscription"], summary["limits"]["projects"]) == (None, None, None)
    assert (summary["period_start"].day, summary["period_end"].day) == (1, 1)
    assert (fits.fits, beyond.fits) == (True, False)
    assert {"name": "projects", "limit": 1, "used": 2} in beyond.exceeded
    with pytest.raises(BadUserInput, match="is no plan"):
        await check_plan(again(planned), ours, "empire")


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
    assert "members" not in {limit["name"] for limit in limits}  # the agent is none


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
