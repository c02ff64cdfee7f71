"""Pays for what is bought by itself, in one gateway process for all of them."""

import logging
from dataclasses import dataclass

from realtime.lease import Tenure
from realtime.loop import NONE, Loop, Rest
from resolvers.billing.top_up import pay_due
from resolvers.kit.context import Services

log = logging.getLogger("orrery.billing")

WORK = "top-ups"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look, how long the work is held without a sign of life, and how long stopping waits for
    what Stripe is asked."""

    poll: float = 5.0
    lease: float = 60.0
    stop: float = 5.0


class TopUps:
    """The worker of one process. It does nothing where nothing is paid."""

    def __init__(self, services: Services, *, pace: Pace | None = None) -> None:
        self._services = services
        self._pace = pace or Pace()
        self._tenure = Tenure(WORK, self._pace.lease)
        self._loop = Loop(
            "top-ups",
            self._round,
            log=log,
            told="top-ups wait",
            after_failure=Rest(self._pace.poll),
            patience=self._pace.stop,
        )

    async def start(self) -> None:
        if self._services.billing.key is not None:
            self._loop.start()

    async def stop(self) -> None:
        """Finish what Stripe is asked, and stop."""
        if await self._loop.stop():
            await self._tenure.give_up()

    async def _round(self) -> Rest:
        if not await self._tenure.hold():
            return Rest(self._pace.poll, is_woken=False)
        return NONE if await pay_due(self._services, go_on=self._tenure.hold) else Rest(self._pace.poll)
