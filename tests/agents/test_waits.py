"""What a mission waits for beside people: a budget with room, and a key that is taken."""

from datetime import timedelta

import pytest
from bson import ObjectId

from models import MissionRun
from models.base import collection, utc_now
from models.enums import MissionStatus, MissionWait
from models.ids import Kind, new_id
from models.records import BudgetRecord, OrganizationRecord, WorkspaceRecord
from resolvers.budget.budget import delete_budget, update_budget
from resolvers.credential.credential import create_credential, rotate_credential
from resolvers.inputs.budget import BudgetUpdate
from resolvers.inputs.credential import CredentialCreate, CredentialRotate
from resolvers.kit.context import Context
from resolvers.state.mission_wake import ENVIRONMENT, changed_since
from tests.agents.lab import Desk, desk, working
from tests.agents.model_server import Fault, Turn, turns
from tests.resolvers.lab import again
from tests.resolvers.usage.lab import set_budget

pytestmark = pytest.mark.usefixtures("nothing_due")


async def waiting_for_long(at: Desk, what: MissionWait) -> ObjectId:
    """A mission that waits for something, and would not look again by itself before the test is over."""
    mission_id = await at.ask()
    await at.until(mission_id, lambda mission: mission["waiting_for"] == what)
    later = {"$set": {"due_at": utc_now() + timedelta(hours=1)}}
    await collection(MissionRun).update_one({"_id": mission_id, "holder": None}, later)
    return mission_id


@pytest.mark.parametrize("how", ["raised", "deleted"])
async def test_a_mission_goes_on_as_soon_as_its_budget_has_room(
    owner: Context, workspace: WorkspaceRecord, organization: OrganizationRecord, how: str
) -> None:
    # Given a mission that may spend nothing
    async with desk(owner, workspace, turns(Turn("Done."))) as at, working(at.owner.services):
        budget = await set_budget(owner, organization, at.agent["_id"], limitTokens=0, period="total")
        mission_id = await waiting_for_long(at, MissionWait.BUDGET)

        # When
        await _gives_room(owner, budget, how)

        # Then
        assert (await at.ended(mission_id))["status"] == MissionStatus.COMPLETED


async def _gives_room(owner: Context, budget: BudgetRecord, how: str) -> None:
    if how == "raised":
        await update_budget(again(owner), budget["_id"], BudgetUpdate.of(limit_tokens=1_000_000))
    else:
        await delete_budget(again(owner), budget["_id"])


async def test_a_mission_goes_on_as_soon_as_its_credential_holds_another_key(
    owner: Context, workspace: WorkspaceRecord, organization: OrganizationRecord
) -> None:
    # Given a model that refuses its key
    values = CredentialCreate.of(organization_id=organization["_id"], key="scripted", value="sk-of-yesterday")
    credential = (await create_credential(again(owner), values)).value
    async with (
        desk(owner, workspace, turns(Turn("Done.")), credential=str(credential["_id"])) as at,
        working(at.owner.services),
    ):
        at.model.faults.append(Fault(status=401))
        mission_id = await waiting_for_long(at, MissionWait.CREDENTIAL)

        # When
        await rotate_credential(again(owner), credential["_id"], CredentialRotate(value="sk-of-today"))

        # Then it is asked with the other one
        assert (await at.ended(mission_id))["status"] == MissionStatus.COMPLETED
        assert at.model.keys == ["sk-of-yesterday", "sk-of-today"]


async def test_a_new_process_of_agents_tries_the_keys_of_its_environment_again(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a model whose variable was not set
    async with desk(owner, workspace, turns(Turn("Done.")), key_variable="ORRERY_TEST_KEY") as at:
        async with working(at.owner.services):
            mission_id = await waiting_for_long(at, MissionWait.CREDENTIAL)

        # When another process begins, with it
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("ORRERY_TEST_KEY", "sk-set")
            async with working(at.owner.services):
                # Then
                assert (await at.ended(mission_id))["status"] == MissionStatus.COMPLETED


async def test_what_changed_before_a_mission_waited_for_it_is_found_changed(
    owner: Context, organization: OrganizationRecord
) -> None:
    budget = await set_budget(owner, organization, organization["_id"], limitTokens=1)
    seen, gone = budget["updated_at"], str(new_id(Kind.BUDGET))
    assert await changed_since({str(budget["_id"]): seen, ENVIRONMENT: None}) == []

    await update_budget(again(owner), budget["_id"], BudgetUpdate.of(limit_tokens=2))

    assert await changed_since({str(budget["_id"]): seen, gone: seen}) == [str(budget["_id"]), gone]
