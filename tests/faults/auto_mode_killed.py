"""Kills gateways and their processes of agents again and again while cards in auto mode go through three columns.

    python -m tests.faults.auto_mode_killed --cards 100

Two gateways over one database, with a process of agents each and a scripted model. Every card is done in the end, after
one run for each column, none of which has begun before the last was completed; each has left its comment once, and that
was told once. It ends with 1 where anything is otherwise.
"""

import argparse
import asyncio
import itertools
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import psutil

from gateway.client import Client, ClientError
from models import Card, Comment, LoggedEvent, Mission
from models.base import collection
from models.enums import MissionStatus
from realtime.events.comment import CommentAdded
from resolvers.state.mission_status import ACTIVE
from tests.agents.model_server import Json, Turn, serving_model
from tests.agents.served import PRICE, REGISTER, card_of
from tests.faults.history_servers import Servers

STEPS = ("Design it", "Build it", "Check it")
END_SECONDS = 1000.0
KILL_SECONDS = 10.0
"""Between two kills, at most."""
SHOWN = 20

BEGIN = "mutation ($id: ID!) { cardActivate(id: $id) { cursor } }"


def script(request: Json, before: int) -> Turn:
    """A comment that says what was asked, then the end."""
    if before:
        return Turn("Done.", pause=0.02)
    asked = str(request["messages"])
    step = next(step for step in STEPS if step in asked)
    return Turn("Let me see", (("comment", {"cardId": card_of(request), "content": step}),), pause=0.02)


class People:
    """Somebody with a board, who asks one gateway or the other."""

    def __init__(self, servers: Servers, chance: random.Random) -> None:
        self._servers = servers
        self._chance = chance
        self._token: str | None = None

    async def ask(self, query: str, **variables: object) -> Json:
        """The data of an operation. Raises ClientError."""
        client = Client(f"http://{self._servers.some_address(self._chance)}", self._token)
        found: Json = await asyncio.to_thread(client.graphql, query, variables)
        return found

    async def make(self, noun: str, **values: object) -> str:
        """Make an object; its id."""
        name = noun.capitalize()
        query = f"mutation ($i: {name}CreateInput!) {{ {noun}Create(input: $i) {{ {noun} {{ id }} }} }}"
        made: str = (await self.ask(query, i=values))[f"{noun}Create"][noun]["id"]
        return made

    async def fill(self, count: int) -> list[str]:
        """Make the columns and the cards; the ids of the cards."""
        person = {"email": "ann@example.org", "password": "a long password", "name": "Ann"}
        self._token = (await self.ask(REGISTER, i=person))["authRegister"]["accessToken"]
        organization = await self.make("organization", name="Acme", slug="acme")
        workspace = await self.make("workspace", organizationId=organization, name="W", slug="eng")
        project = await self.make("project", workspaceId=workspace, name="Launch")
        backlog = await self.make("column", projectId=project, name="Backlog", kind="BACKLOG")
        for step in STEPS:
            await self.make("column", projectId=project, name=step, kind="ACTIVE", prompt=step)
        await self.make("column", projectId=project, name="Done", kind="DONE")
        inside = {"projectId": project, "columnId": backlog, "autoMode": True}
        return [await self.make("card", title=f"Card {number}", **inside) for number in range(count)]

    async def begin(self, card: str) -> None:
        """Begin with a card, once, whatever is killed meanwhile."""
        while True:
            try:
                await self.ask(BEGIN, id=card)
            except ClientError as error:
                if error.code == "CONFLICT":  # it has begun, and the answer was lost
                    return
                await asyncio.sleep(0.2)
            else:
                return


async def _kill(servers: Servers, chance: random.Random, over: asyncio.Event, kills: Counter[str]) -> None:
    """Kill a gateway or its process of agents every few seconds, one gateway after the other."""
    for number in itertools.cycle(range(len(servers.gateways))):
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), chance.uniform(1, KILL_SECONDS))
        if over.is_set():
            return
        gateway = servers.gateways[number].process
        assert gateway is not None
        children = psutil.Process(gateway.pid).children()
        agents = [child for child in children if "gateway.agent_process" in child.cmdline()]
        if agents and chance.random() < 0.5:
            agents[0].send_signal(signal.SIGKILL)
            kills["processes of agents"] += 1
        else:
            await servers.kill_gateway(number)
            kills["gateways"] += 1


async def _ended(began: float) -> None:
    """Wait until no mission is left to be worked on."""
    left = {"status": {"$in": [status.value for status in ACTIVE]}}
    async with asyncio.timeout(END_SECONDS):
        while count := await collection(Mission).count_documents(left):
            completed = await collection(Mission).count_documents({"status": MissionStatus.COMPLETED.value})
            print(f"{perf_counter() - began:4.0f} s: {completed} completed, {count} under way", flush=True)
            await asyncio.sleep(5)


async def _faults(cards: int) -> list[str]:
    """What is not as it should be, as sentences."""
    done = {"completed_at": {"$ne": None}, "active_mission_id": None, "pending_column_id": None}
    faults = (
        [f"{cards - count} cards are stuck"] if (count := await collection(Card).count_documents(done)) < cards else []
    )
    missions = await collection(Mission).find({}).sort("_id", 1).to_list()
    faults += [
        f"a run is {mission['status']}: {mission['error']}"
        for mission in missions
        if mission["status"] != MissionStatus.COMPLETED
    ]
    runs = Counter((mission["card_id"], mission["column_id"]) for mission in missions)
    faults += [f"{times} runs in one column: {place}" for place, times in runs.items() if times != 1]
    by_card = sorted(missions, key=lambda mission: (mission["card_id"], mission["_id"]))
    faults += [
        f"a run began before the last was completed: {after['_id']}"
        for before, after in itertools.pairwise(by_card)
        if before["card_id"] == after["card_id"]
        and (before["finished_at"] is None or after["created_at"] < before["finished_at"])
    ]
    comments = await collection(Comment).find({}).to_list()
    said = Counter((comment["card_id"], comment["content"]) for comment in comments)
    faults += [f"said {times} times: {what}" for what, times in said.items() if times != 1]
    events = await collection(LoggedEvent).find({"type": CommentAdded.__name__}).to_list()
    if Counter(event["data"]["comment"]["_id"] for event in events) != Counter(comment["_id"] for comment in comments):
        faults.append("not every comment was told of once")
    counted = (("runs", len(runs)), ("comments", len(said)))
    return faults + [f"{found} {what}" for what, found in counted if found != cards * len(STEPS)]


async def run(folder: Path, model: str, cards: int, seed: int, *, kills: bool) -> Sequence[str]:
    """The faults."""
    chance, over, killed = random.Random(seed), asyncio.Event(), Counter[str]()
    models = folder / "models.toml"
    price = f"price = {{ input = {PRICE[0]}, output = {PRICE[1]} }}"
    models.write_text(f'[models.a]\nprotocol = "openai"\nbase_url = "{model}/v1"\n{price}\n')
    servers = Servers(folder, {"ORRERY_MODELS": str(models), "ORRERY_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"})
    await servers.start()
    try:
        people = People(servers, chance)
        ids, began = await people.fill(cards), perf_counter()
        killing = asyncio.create_task(_kill(servers, chance, over, killed)) if kills else None
        try:
            for card in ids:
                await people.begin(card)
            async with servers.documents():
                await _ended(began)
                took, faults = perf_counter() - began, await _faults(cards)
        finally:
            over.set()
            if killing is not None:
                await killing
    finally:
        await servers.stop()
    told = " and ".join(f"{count} {what}" for what, count in killed.items()) or "nothing"
    print(f"{cards} cards through {len(STEPS)} columns in {took:.0f} s; {told} killed")
    return faults


async def main(arguments: argparse.Namespace) -> int:
    """The exit status."""
    async with serving_model(script) as model:
        with tempfile.TemporaryDirectory(prefix="orrery-auto-", ignore_cleanup_errors=True) as folder:
            seed, kills = arguments.seed, not arguments.no_kills
            faults = await run(Path(folder), model.url, arguments.cards, seed, kills=kills)
    print("\n".join(faults[:SHOWN]) or "each step once, none stuck, none early")
    return 1 if faults else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-kills", action="store_true", help="only go through the columns")
    sys.exit(asyncio.run(main(parser.parse_args())))
