"""Every query about credentials, budgets, what models cost, and jobs runs on an index."""

from datetime import timedelta

import pytest

from gateway.database import Database
from models.base import utc_now
from models.enums import JobState
from models.errors import BudgetExhausted
from models.records import LedgerEntryRecord, OrganizationRecord, WorkspaceRecord
from models.wallet import LedgerEntryType
from realtime.log import Change
from resolvers.billing.overview import get_billing_overview
from resolvers.billing.top_up import pay_due
from resolvers.budget.budget import budgets_of_organization, budgets_of_workspace, delete_budget, update_budget
from resolvers.credential.credential import (
    create_credential,
    credentials_of,
    delete_credential,
    reveal_credential,
    rotate_credential,
)
from resolvers.credential.rewrap import warn_of_missing
from resolvers.inputs.budget import BudgetUpdate
from resolvers.inputs.credential import CredentialCreate, CredentialRotate
from resolvers.inputs.job import (
    FactoryUpdate,
    JobClaim,
    JobComplete,
    JobCreate,
    QueueCreate,
    ScheduleCreate,
    ScheduleSubmit,
)
from resolvers.inputs.wallet import TokenTopUpCreate, WalletConsume
from resolvers.job.due import run_due
from resolvers.job.factory import get_factory, update_factory
from resolvers.job.job import claim_jobs, complete_job, create_job
from resolvers.job.listing import counts_of, list_jobs
from resolvers.job.queue import create_queue, delete_queue, list_queues
from resolvers.job.schedule import create_schedule, submit_schedule
from resolvers.job.worker import held_of_workers, list_workers
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from resolvers.organization.organization import delete_organization
from resolvers.usage.sums import usage_of_mission, usage_of_workspace
from resolvers.usage.usage import Usage
from resolvers.wallet.ledger import credit
from resolvers.wallet.top_up import create_token_top_up
from resolvers.wallet.wallet import consume, list_ledger_entries
from tests.resolvers.lab import VAULT, People, again
from tests.resolvers.missions import Crew
from tests.resolvers.test_indexes import check, recorded
from tests.resolvers.usage.lab import call, reserve_call, set_budget


async def test_credentials_run_on_indexes(owner: Context, organization: OrganizationRecord, database: Database) -> None:
    values = CredentialCreate.of(organization_id=organization["_id"], key="anthropic", value="sk")

    with recorded() as queries:
        made = (await create_credential(again(owner), values)).value
        await rotate_credential(again(owner), made["_id"], CredentialRotate(value="sk-2"))
        await reveal_credential(again(owner), made["_id"])
        await credentials_of(again(owner), [organization], None)
        await warn_of_missing(VAULT)
        await delete_credential(again(owner), made["_id"])

    await check(database, queries)


async def test_budgets_and_what_models_cost_run_on_indexes(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, people: People, database: Database
) -> None:
    crew = Crew(people, owner, workspace)
    mission = await crew.ask(await crew.hire())

    with recorded() as queries:
        budget = await set_budget(owner, organization, mission["agent_id"], limitUsd=0.0001)
        await set_budget(owner, organization, owner.user_id, limitUsd=1)
        await update_budget(again(owner), budget["_id"], BudgetUpdate.of(limit_tokens=10_000))
        await call(owner, mission, Usage(10, 10, 85))
        with pytest.raises(BudgetExhausted):
            await reserve_call(owner, mission)
        await budgets_of_organization(again(owner), [organization], None)
        await budgets_of_workspace(again(owner), [workspace], None)
        await usage_of_workspace(again(owner), [workspace], None)
        await usage_of_mission(again(owner), [mission], None)
        await delete_budget(again(owner), budget["_id"])

    await check(database, queries)


async def test_wallets_run_on_indexes(owner: Context, organization: OrganizationRecord, database: Database) -> None:
    ours = organization["_id"]

    async def pay(change: Change) -> LedgerEntryRecord:
        return await credit(change, ours, 100, LedgerEntryType.PURCHASE, "pi_1")

    with recorded() as queries:
        await create_token_top_up(
            again(owner), TokenTopUpCreate(organization_id=ours, threshold=1, package="tokens-100k")
        )
        await owner.write_as(ours, None, pay)
        await consume(again(owner), WalletConsume(organization_id=ours, amount=10, action="Render", reference="one"))
        await list_ledger_entries(again(owner), ours, Window.read())
        await list_ledger_entries(again(owner), ours, Window.read(), {"type": {"eq": LedgerEntryType.CONSUME}})
        await get_billing_overview(again(owner), ours)
        await pay_due(owner.services)
        await delete_organization(again(owner), ours)

    await check(database, queries)


async def test_jobs_run_on_indexes(owner: Context, workspace: WorkspaceRecord, database: Database) -> None:
    with recorded() as queries:
        queue = (await create_queue(again(owner), QueueCreate.of(workspace_id=workspace["_id"], name="Mails"))).value
        await create_job(again(owner), JobCreate.of(queue_id=queue["_id"], name="Send", key="one"))
        await create_job(again(owner), JobCreate.of(queue_id=queue["_id"], name="Later", delay_ms=10))
        nightly = ScheduleCreate.of(queue_id=queue["_id"], name="Sweep", every_seconds=1)
        await create_schedule(again(owner), nightly)
        submitted = ScheduleSubmit.of(workspace_id=workspace["_id"], queue="Mails", name="Sweep", every_seconds=2)
        await submit_schedule(again(owner), submitted)
        await update_factory(again(owner), workspace["_id"], FactoryUpdate.of(worker_count=2))
        [held] = (await claim_jobs(again(owner), queue["_id"], JobClaim(worker="w-1"))).value
        await held_of_workers(again(owner), await list_workers(again(owner), workspace["_id"]), None)
        await get_factory(again(owner), workspace["_id"])
        await counts_of(again(owner), await list_queues(again(owner), workspace["_id"]), None)
        for state in (None, JobState.WAITING, JobState.FAILED):
            await list_jobs(again(owner), queue["_id"], Window.read(), state, prioritized=False)
        await complete_job(again(owner), held["_id"], JobComplete(lease_token=held["lease_token"]))
        for ahead in (2, 400):
            await claim_jobs(again(owner), queue["_id"], JobClaim(size=5))
            await run_due(owner.services, utc_now() + timedelta(seconds=ahead))
        await delete_queue(again(owner), queue["_id"])

    await check(database, queries)
