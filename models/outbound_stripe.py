"""Stripe's SDK over the guarded way to the network.

To import it takes 0.3 s, so that whoever asks Stripe does so then (`resolvers.billing.stripe`).
"""

import logging
from collections.abc import Mapping

import httpx2
import orjson
import stripe

from models.errors import Unavailable
from models.outbound import Outbound

SECONDS = 20.0
MAX_ANSWER = 256 * 1024
VERSION = "2025-03-31.basil"
"""Of Stripe's interface, so that an answer looks as it does here whenever the account was made."""

stripe.enable_telemetry = False
# What it says below that has what is sent and answered in it, secrets of payments too.
logging.getLogger("stripe").setLevel(logging.WARNING)


class Guarded(stripe.HTTPClient):
    """How the SDK makes its requests: as the gateway makes all of its own."""

    name = "orrery"

    def __init__(self, outbound: Outbound) -> None:
        super().__init__()
        self._outbound = outbound

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Raises Unavailable where nobody answers, or somebody who is not Stripe."""
        body = None if post_data is None else post_data.encode()
        try:
            answer = await self._outbound.request(
                method.upper(), url, headers=headers, body=body, timeout=SECONDS, max_bytes=MAX_ANSWER
            )
            found = orjson.loads(answer.body)
        except (httpx2.TransportError, UnicodeEncodeError, orjson.JSONDecodeError) as error:  # of a key: any text
            raise Unavailable from error
        # The SDK takes for granted that it is Stripe who answers.
        if not isinstance(found, dict) or not isinstance(found.get("error", {}), dict):
            raise Unavailable
        return answer.body, answer.status, answer.headers


def stripe_client(outbound: Outbound, url: str, key: str) -> stripe.StripeClient:
    """An account of Stripe's. Whoever asks it asks once: what is not answered is for the caller to ask again."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": url.rstrip("/")},
        stripe_version=VERSION,
        http_client=Guarded(outbound),
        max_network_retries=0,
    )
