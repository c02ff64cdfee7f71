"""One process of agents: started by `gateway/agents.py` as `python -m gateway.agent_process`, never by hand.

Standard input brings its order, and then the messages of the gateway's bus, if that is in memory; its end, however the
gateway ended, ends the process. Standard output carries the messages of this process.
"""

import asyncio
import importlib
import logging
import os
import pickle
import select
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway import demo_model, telemetry
from gateway.agent_pipe import counted, read_exactly, relay, standard_streams
from gateway.garbage import begin_to_load, keep_what_is_loaded
from gateway.settings import Settings
from realtime.counts import COUNTS
from realtime.hub import Hub

if TYPE_CHECKING:
    from serving.graph.engine import GraphEngine

LENGTH = 8
"""Bytes that say how long the order is."""
TRANSACTIONS = 4
"""That a process has at a time, or half of those of a gateway where these are few: missions of many workspaces keep
nobody from the database who waits for an answer."""
BEHIND = 10
"""How much lower its priority is than that of its gateway: nobody waits for a mission as for an answer."""
LEAVE_SECONDS = 10.0
"""To leave what it works on to others, once its gateway has ended."""
COUNTS_EVERY = 2.0
"""Seconds between tellings of what was counted."""
CHILD = "agents.runtime.child.runner"
"""Found by its name: the gateway itself never loads what speaks to models."""

log = logging.getLogger("orrery.agents")


@dataclass(frozen=True, slots=True)
class Order:
    """What a process has to do: the settings of its gateway with the database's address, and whose its missions are."""

    settings: Settings
    holder: str
    is_relayed: bool

    def sent(self) -> bytes:
        """As it goes into standard input."""
        pickled = pickle.dumps(self)
        return len(pickled).to_bytes(LENGTH) + pickled


def main() -> int:
    """Work until SIGTERM, or until standard input ends."""
    begin_to_load()
    size = int.from_bytes(read_exactly(0, LENGTH))
    order: Order = pickle.loads(read_exactly(0, size))  # noqa: S301 - from our own parent, over a pipe
    from gateway.cli.serve import log_to_standard_error

    log_to_standard_error()
    os.nice(BEHIND)
    end_telemetry = telemetry.start("orrery-agents")
    begun = threading.Event()
    threading.Thread(target=_end_with_gateway, args=(begun,), daemon=True, name="gateway").start()
    try:
        asyncio.run(work(order, begun))
    finally:
        end_telemetry()
    return 0


def _end_with_gateway(begun: threading.Event) -> None:
    """End the process once its gateway has ended, which may have taken the database along: at once where it has not
    begun, as what it loads takes seconds, and else where its event loop, which hears of it too, does not come to an
    end."""
    ends = select.poll()
    ends.register(0, 0)  # an end alone, whatever waits to be read
    ends.poll()
    if begun.is_set():
        time.sleep(LEAVE_SECONDS)
    os._exit(1)


async def work(order: Order, begun: threading.Event) -> None:
    """Work on missions until the process is told to stop. `begun` is set once it hears of that by itself."""
    # Not at the top: the gateway loads this module too.
    from auth.jwt import JwtSigner
    from auth.vault import Vault
    from gateway.database import open_database
    from models.outbound import Outbound
    from realtime.guard import Guard
    from realtime.log import EventLog
    from realtime.presence import Presence
    from resolvers.credential.token import end_renewals
    from resolvers.kit.context import Services

    settings, runner = order.settings, importlib.import_module(CHILD)
    hosts = settings.allowed_private_hosts | demo_model.hosts_of_demo(settings.models, settings.demo_port)
    async with open_database(settings, prepared=True) as database:
        hub = Hub(
            EventLog(database.client, transactions=min(TRANSACTIONS, database.transactions // 2)),
            "memory://" if order.is_relayed else settings.bus,
        )
        await hub.start()
        presence = Presence(database.client, hub.log)
        await presence.start()
        services = Services(
            hub=hub,
            guard=Guard(),
            signer=JwtSigner(settings.secret_key),
            session_lifetime=settings.jwt_expires_in,
            base_url=settings.base_url,
            storage_quota=settings.storage_quota,
            models=settings.models,
            project_roots=settings.project_roots,
            automations_root=settings.automations_root,
            worktrees=settings.data_dir / "worktrees",
            outbound=Outbound(hosts),
            vault=Vault(settings.vault_keys),
        )

        def make_engine() -> "GraphEngine":
            from gateway.graph import graph_engine, served_graph

            return graph_engine(served_graph(), settings, services)

        working = runner.Runner(services, holder=order.holder, make_engine=make_engine)
        await working.start()
        keep_what_is_loaded()
        try:
            await _until_told(order, hub, begun)
        finally:
            await working.stop()
            await end_renewals()
            await presence.stop()
            await hub.stop()


async def _until_told(order: Order, hub: Hub, begun: threading.Event) -> None:
    """Relay the bus, where that is ours to do, until standard input ends or SIGTERM comes."""
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    lines, transport = await standard_streams()
    begun.set()
    counting = asyncio.create_task(_tell_counts(transport))
    ends = asyncio.create_task(relay(hub.bus, lines, transport) if order.is_relayed else _drained(lines))
    stopped = asyncio.create_task(told.wait())
    await asyncio.wait([ends, stopped], return_when=asyncio.FIRST_COMPLETED)
    for task in (ends, stopped, counting):
        task.cancel()


async def _tell_counts(transport: asyncio.WriteTransport) -> None:
    """Tell the gateway now and then what was counted here."""
    while True:
        await asyncio.sleep(COUNTS_EVERY)
        if increments := COUNTS.taken():
            transport.write(counted(increments))


async def _drained(lines: asyncio.StreamReader) -> None:
    while await lines.read(1024):
        pass


if __name__ == "__main__":
    # Under the name that the orders are made of, which `__main__` is not.
    from gateway import agent_process

    sys.exit(agent_process.main())
