"""Telling webhooks: signed, in order, until it arrives, and no more once it never does."""

import hmac
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from models import Activity, Notification, Plugin, PluginDelivery
from models.base import Record, collection, utc_now
from models.outbound import Outbound
from models.records import OrganizationRecord, PluginDeliveryRecord, PluginRecord, WorkspaceRecord
from resolvers.inputs.plugin import PluginInstall
from resolvers.inputs.skill import SkillCreate
from resolvers.kit.context import Context, Services
from resolvers.kit.input import read_input
from resolvers.notification.follow import follow as follow_notifications
from resolvers.plugin import follow
from resolvers.plugin.follow import FIRST_WAIT, GIVES_UP, deliver_some, due_deliveries, wake, wake_late
from resolvers.plugin.plugin import install_plugin
from resolvers.skill.skill import create_skill
from tests.resolvers.lab import again, event_types
from tests.resolvers.plugin.test_plugin import secret
from tests.resolvers.receiving import Receiver, receiving


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
def reaching(owner: Context, receiver: Receiver) -> Context:
    """The owner, where the gateway may call the receiver."""
    services = replace(owner.services, outbound=Outbound(frozenset({receiver.host})))
    return Context(owner.subject, services)


@pytest.fixture
async def hook(
    reaching: Context, receiver: Receiver, organization: OrganizationRecord, workspace: WorkspaceRecord
) -> PluginRecord:
    """A webhook that is told of skills."""
    settings = {"url": f"{receiver.url}/in", "secret": await secret(reaching, organization)}
    settings |= {"events": ["SkillCreated"]}  # type: ignore[dict-item]
    given = {"workspaceId": workspace["_id"], "plugin": "webhook", "name": "Chat", "settings": settings}
    return (await install_plugin(again(reaching), read_input(PluginInstall, given))).value


async def happen(ctx: Context, workspace: WorkspaceRecord, *slugs: str) -> None:
    for slug in slugs:
        values = SkillCreate.of(workspace_id=workspace["_id"], slug=slug, description="To be told", instructions="x")
        await create_skill(again(ctx), values)


async def told_all(services: Services, plugin: PluginRecord) -> PluginDeliveryRecord:
    """Tell a plugin of all that there is, as far as that is possible at once."""
    await wake([plugin["workspace_id"]])
    while plugin["_id"] in await due_deliveries(1000):
        await deliver_some(services, plugin["_id"])
    return await delivery_of(plugin)


async def delivery_of(plugin: PluginRecord) -> PluginDeliveryRecord:
    found = await collection(PluginDelivery).find_one({"_id": plugin["_id"]})
    assert found is not None
    return found


def slugs_of(receiver: Receiver) -> list[str]:
    return [orjson.loads(request.body)["data"]["skill"]["slug"] for request in receiver.received]


async def test_events_arrive_in_order_and_signed(
    reaching: Context, workspace: WorkspaceRecord, hook: PluginRecord, receiver: Receiver
) -> None:
    # When something happens
    slugs = [f"skill-{number}" for number in range(follow.PORTION + 3)]
    await happen(reaching, workspace, *slugs)
    delivery = await told_all(reaching.services, hook)

    # Then each event that is wanted has come once, in its order, and nothing is due any more
    assert slugs_of(receiver) == slugs
    assert (delivery["due_at"], delivery["failures"]) == (None, 0)

    # And its signature is that of Standard Webhooks, over an id of its own
    request = receiver.received[0]
    event: dict[str, Any] = orjson.loads(request.body)
    assert request.line == "POST /in HTTP/1.1"
    assert (event["type"], event["workspaceId"]) == ("SkillCreated", str(workspace["_id"]))
    assert event["data"]["skill"]["createdBy"] == event["actorId"] == str(reaching.user_id)
    assert event["timestamp"].endswith("Z")
    assert len({orjson.loads(each.body)["id"] for each in receiver.received}) == len(slugs)
    signed = f"{event['id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    mac = b64encode(hmac.digest(b"a secret of the webhook", signed, "sha256")).decode()
    assert (request.headers["webhook-id"], request.headers["webhook-signature"]) == (event["id"], f"v1,{mac}")


async def test_what_does_not_arrive_is_sent_again_before_all_else(
    reaching: Context, workspace: WorkspaceRecord, hook: PluginRecord, receiver: Receiver
) -> None:
    # Given a receiver that fails at the second event, twice
    receiver.statuses = [200, 500, 503, 200]
    await happen(reaching, workspace, "one", "two", "three")
    before = utc_now()
    failed = await told_all(reaching.services, hook)

    # Then that is due later, and longer each time
    assert slugs_of(receiver) == ["one", "two"]
    assert (failed["failures"], failed["failing_since"] is not None) == (1, True)
    assert failed["due_at"] is not None
    assert failed["due_at"] >= before + FIRST_WAIT * 0.7
    await set_delivery(hook, due_at=utc_now())
    again_failed = await told_all(reaching.services, hook)
    assert again_failed["failures"] == 2
    assert again_failed["failing_since"] == failed["failing_since"]

    # And once it succeeds, the rest follows; the same event has the same id
    await set_delivery(hook, due_at=utc_now())
    done = await told_all(reaching.services, hook)
    assert slugs_of(receiver) == ["one", "two", "two", "two", "three"]
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 3
    assert (done["failures"], done["failing_since"], done["due_at"]) == (0, None, None)


async def test_one_that_fails_for_days_is_disabled_and_says_why(
    reaching: Context, workspace: WorkspaceRecord, hook: PluginRecord, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    await happen(reaching, workspace, "one")
    await told_all(reaching.services, hook)
    long_ago = utc_now() - GIVES_UP - timedelta(minutes=1)
    await set_delivery(hook, due_at=utc_now(), failing_since=long_ago)

    await deliver_some(reaching.services, hook["_id"])

    plugin = await collection(Plugin).find_one({"_id": hook["_id"]})
    assert plugin is not None
    assert (plugin["enabled"], plugin["disabled_reason"]) == (False, "The answer was 500")
    assert await collection(PluginDelivery).find_one({"_id": hook["_id"]}) is None
    assert "PluginDisabled" in await event_types(workspace["_id"])

    # And who installed it is notified
    await follow_notifications(reaching.services)
    [notice] = await collection(Notification).find({"user_id": reaching.user_id}).to_list()
    activity = await collection(Activity).find_one({"_id": notice["activity_id"]})
    assert activity is not None
    assert (activity["type"], activity["meta"]["message"]) == ("plugin_disabled", "The answer was 500")


async def test_one_whose_address_is_gone_is_disabled_at_once(
    reaching: Context, workspace: WorkspaceRecord, hook: PluginRecord, receiver: Receiver
) -> None:
    receiver.statuses = [410]
    await happen(reaching, workspace, "one", "two")
    await wake([workspace["_id"]])

    await deliver_some(reaching.services, hook["_id"])

    assert slugs_of(receiver) == ["one"]
    assert "PluginDisabled" in await event_types(workspace["_id"])


async def test_an_address_that_may_not_be_called_is_a_failure(
    owner: Context, reaching: Context, workspace: WorkspaceRecord, hook: PluginRecord, receiver: Receiver
) -> None:
    # Given an operator who no longer allows the receiver
    await happen(reaching, workspace, "one")
    delivery = await told_all(owner.services, hook)

    assert (delivery["failures"], receiver.received) == (1, [])


async def test_settings_that_cannot_be_read_any_more_are_a_failure_that_tells_nothing_of_them(
    reaching: Context, workspace: WorkspaceRecord, hook: PluginRecord, receiver: Receiver
) -> None:
    # Given settings of another version of the plugin
    await collection(Plugin).update_one({"_id": hook["_id"]}, {"$set": {"settings": {"token": "hush"}}})
    await happen(reaching, workspace, "one")
    delivery = await told_all(reaching.services, hook)
    assert (delivery["failures"], receiver.received) == (1, [])

    # When that has been so for days
    await set_delivery(hook, due_at=utc_now(), failing_since=utc_now() - GIVES_UP - timedelta(minutes=1))
    await deliver_some(reaching.services, hook["_id"])

    plugin = await collection(Plugin).find_one({"_id": hook["_id"]})
    assert plugin is not None
    assert (plugin["enabled"], plugin["disabled_reason"]) == (False, "BadUserInput")


async def test_what_nobody_has_heard_of_is_found_late(
    reaching: Context, workspace: WorkspaceRecord, hook: PluginRecord
) -> None:
    await told_all(reaching.services, hook)
    await happen(reaching, workspace, "one")
    assert (await delivery_of(hook))["due_at"] is None

    await wake_late(reaching.services)

    assert (await delivery_of(hook))["due_at"] is not None


async def set_delivery(plugin: PluginRecord, **changes: Any) -> None:
    values: Record = changes
    await collection(PluginDelivery).update_one({"_id": plugin["_id"]}, {"$set": values})
