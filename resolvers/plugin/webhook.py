"""The webhook: events of a workspace go to an address, signed as Standard Webhooks says."""

import hmac
import time
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Mapping
from typing import Annotated, Any

import httpx2
import orjson
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from realtime.events import names_about
from realtime.events.base import Topic
from resolvers.kit.input import Input
from resolvers.plugin.kind import CredentialId, Delivery, DeliveryFailed, PluginKind, Url, check_url

SECONDS = 10.0
MAX_ANSWER = 64 * 1024
PREFIX = "whsec_"
"""Of a secret that is base64."""
GONE = 410


def _event_name(name: str) -> str:
    if name not in names_about(Topic.WORKSPACE):
        raise PydanticCustomError("event", "is no event of workspaces")
    return name


class WebhookSettings(Input):
    """Where events go to."""

    url: Url = Field(description="The address that is sent a POST for each event.")
    secret: CredentialId = Field(description="The credential that each request is signed with.")
    events: Annotated[list[Annotated[str, AfterValidator(_event_name)]], Field(max_length=100)] = Field(
        default_factory=list, description="The events to send, by their types; none for all of them."
    )


async def deliver(delivery: Delivery) -> None:
    """Send an event; raises DeliveryFailed for any answer but one of success."""
    settings: WebhookSettings = delivery.settings
    body, moment = orjson.dumps(delivery.event), str(int(time.time()))
    event_id = str(delivery.event["id"])
    headers = {
        "content-type": "application/json",
        "user-agent": "Orrery",
        "webhook-id": event_id,
        "webhook-timestamp": moment,
        "webhook-signature": signature(await delivery.reveal(settings.secret), event_id, moment, body),
    }
    try:
        answer = await delivery.outbound.request(
            "POST", settings.url, headers=headers, body=body, timeout=SECONDS, max_bytes=MAX_ANSWER
        )
    except httpx2.TransportError as error:
        raise DeliveryFailed(f"No answer: {error or type(error).__name__}") from error
    if not 200 <= answer.status < 300:
        raise DeliveryFailed(f"The answer was {answer.status}", for_good=answer.status == GONE)


def signature(secret: str, event_id: str, moment: str, body: bytes) -> str:
    """What proves that a request is ours: HMAC-SHA256 over its id, its time and its body, as `v1,` and base64."""
    digest = hmac.digest(_key(secret), f"{event_id}.{moment}.".encode() + body, "sha256")
    return f"v1,{b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    if secret.startswith(PREFIX):
        try:
            return b64decode(secret.removeprefix(PREFIX), validate=True)
        except NoBase64:
            pass
    return secret.encode()


def _wants(event: Mapping[str, Any], settings: WebhookSettings) -> bool:
    return not settings.events or event["type"] in settings.events


WEBHOOK = PluginKind(
    key="webhook",
    name="Webhook",
    description="Sends what happens in a workspace to an address: a POST for each event, in order, signed as Standard "
    "Webhooks says, again and again until it arrives.",
    version="1.0.0",
    settings=WebhookSettings,
    deliver=deliver,
    check=check_url,
    wants=_wants,
)
