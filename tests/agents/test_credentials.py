"""The credentials of an organization, as models are asked with them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bson import ObjectId

from models import UsageRecord, UsageSum
from models.base import collection
from models.enums import MissionStatus, MissionWait
from models.language_model import ModelProvider
from models.records import CredentialRecord, OrganizationRecord, WorkspaceRecord
from resolvers.card.credential import set_card_credential
from resolvers.credential.assigned import set_default_credential
from resolvers.credential.credential import create_credential, delete_credential, rotate_credential
from resolvers.credential.usage import usage_of_credential
from resolvers.credential.verify import verify_credential
from resolvers.inputs.credential import CredentialAssign, CredentialCreate, CredentialRotate
from resolvers.kit.context import Context
from resolvers.project.credential import set_project_credential
from tests.agents.lab import desk, working
from tests.agents.model_server import Fault, Turn, turns
from tests.resolvers.lab import again

pytestmark = pytest.mark.usefixtures("nothing_due")

PROVIDER = "scripted"


async def credential_of(owner: Context, organization: OrganizationRecord, name: str, **values: str) -> CredentialRecord:
    given = {"provider": PROVIDER, "value": f"sk-{name}", **values}
    made = CredentialCreate.of(organization_id=organization["_id"], name=name, **given)
    return (await create_credential(again(owner), made)).value


def assign(credential: CredentialRecord | None) -> CredentialAssign:
    return CredentialAssign(credential_id=None if credential is None else credential["_id"])


async def test_models_are_asked_with_the_cards_credential_then_the_projects_then_the_organizations(
    owner: Context, workspace: WorkspaceRecord, organization: OrganizationRecord
) -> None:
    ours, projects, cards = [await credential_of(owner, organization, name) for name in ("ours", "projects", "cards")]
    elsewhere = await credential_of(owner, organization, "elsewhere", provider="another")
    async with (
        desk(owner, workspace, turns(Turn("Done.")), provider=PROVIDER) as at,
        working(at.owner.services),
    ):
        # Given a model that takes no key but one
        at.model.faults.append(Fault(status=401))
        waiting = await at.ask()
        await at.until(waiting, lambda mission: mission["waiting_for"] == MissionWait.CREDENTIAL)

        # When one after the other is assigned, the mission that waits goes on, and each new one is asked with its own
        await set_default_credential(again(owner), organization["_id"], assign(ours))
        assert (await at.ended(waiting))["status"] == MissionStatus.COMPLETED
        await set_project_credential(again(owner), at.project_id, assign(projects))
        await at.ended(await at.ask())
        await set_card_credential(again(owner), at.card_id, assign(cards))
        await at.ended(await at.ask())
        # One of another provider is nothing for this model, and one that is gone counts for nothing
        await set_card_credential(again(owner), at.card_id, assign(elsewhere))
        await at.ended(await at.ask())
        await delete_credential(again(owner), projects["_id"])
        await at.ended(await at.ask())

        # Then
        assert at.model.keys == ["none", "sk-ours", "sk-projects", "sk-cards", "sk-projects", "sk-ours"]
        [told] = await usage_of_credential(again(owner), [ours])
        tokens_in = [bill[0] for bill in (at.model.bill[0], at.model.bill[-1])]
        assert [(told[name]["calls"], told[name]["input_tokens"]) for name in told] == [(2, sum(tokens_in))] * 3


async def test_calls_of_long_ago_count_in_all_and_not_of_late(
    owner: Context, workspace: WorkspaceRecord, organization: OrganizationRecord
) -> None:
    credential = await credential_of(owner, organization, "ours")
    async with desk(owner, workspace, turns(Turn("Done.")), provider=PROVIDER) as at, working(at.owner.services):
        await set_default_credential(again(owner), organization["_id"], assign(credential))
        await at.ended(await at.ask())

    # When the call was made six hours ago, and its day is past
    made = await collection(UsageRecord).find_one({"credential_id": credential["_id"]})
    assert made is not None
    await collection(UsageRecord).delete_one({"_id": made["_id"]})
    earlier = made["created_at"] - timedelta(hours=6)
    await collection(UsageRecord).insert_one({**made, "_id": _at(made["_id"], earlier.timestamp())})
    await collection(UsageSum).update_one(
        {"subject_id": credential["_id"]}, {"$set": {"day": earlier.date().isoformat()}}
    )

    [told] = await usage_of_credential(again(owner), [credential])
    assert [told[name]["calls"] for name in ("total", "five_hours", "seven_days")] == [1, 0, 1]


def _at(object_id: ObjectId, seconds: float) -> ObjectId:
    return ObjectId(int(seconds).to_bytes(4) + object_id.binary[4:])


async def test_a_credential_is_verified_by_its_provider_and_what_it_says_is_kept(
    owner: Context, workspace: WorkspaceRecord, organization: OrganizationRecord
) -> None:
    credential = await credential_of(owner, organization, "ours")
    empty = CredentialCreate.of(organization_id=organization["_id"], name="Empty", provider=PROVIDER)
    nothing = (await create_credential(again(owner), empty)).value
    async with desk(owner, workspace, turns(Turn("Done."))) as at:
        found = ModelProvider(PROVIDER, "anthropic", at.model.url)
        known = replace(at.owner.services, models=replace(at.owner.services.models, providers={PROVIDER: found}))
        asking = Context(owner.subject, known)

        taken = (await verify_credential(again(asking), credential["_id"])).value
        at.model.faults.append(Fault(status=401))
        refused = (await verify_credential(again(asking), credential["_id"])).value
        rotated = (await rotate_credential(again(asking), credential["_id"], CredentialRotate(value="sk-new"))).value
        unheld = (await verify_credential(again(asking), nothing["_id"])).value

        assert at.model.keys == ["sk-ours", "sk-ours"]
    assert (taken["problem"], taken["verified_at"] is not None) == (None, True)
    assert refused["problem"] == "The provider does not let it in"
    assert (rotated["problem"], rotated["verified_at"]) == (None, None)
    assert (nothing["version"], nothing["mask"], unheld["problem"]) == (
        0,
        None,
        "It holds nothing that lets anybody in",
    )
    gone = Context(owner.subject, known)
    unreachable = (await verify_credential(again(gone), credential["_id"])).value["problem"]
    assert unreachable == "The provider does not answer"
