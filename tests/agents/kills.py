"""`python -m tests.agents.kills COUNT`: a gateway and its process of agents are killed in turn while missions run.

Meanwhile people write to the missions, and approve of what some of them propose. Every mission ends; what each call did
is there once and told once; whatever was acknowledged to a person is done, and read unless too many processes went away
with the mission; the ledger has as much as the model has billed.
"""

import asyncio
import random
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from gateway.client import ClientError
from models import Comment, LoggedEvent, MissionCall, Proposal, UsageRecord
from models.base import collection
from models.enums import MissionCallState, ProposalStatus, UsageState
from realtime.background import end
from realtime.events.comment import CommentAdded
from tests.agents.model_server import Json, Turn
from tests.agents.served import PRICE, Served, board, card_of, served

PORT = 3978
MISSIONS = 20
SUPERVISED = 5
"""How many of them propose what they would do."""
TURNS = 10
SECONDS = 6.0
"""Between two kills, at most."""

WAITING = """query ($w: ID!) { node(id: $w) { ... on Workspace {
  approvals(filter: {status: {eq: PENDING}}) { nodes { id } } } } }"""
APPROVE = "mutation ($p: ID!) { proposalApprove(id: $p, input: {}) { cursor } }"
SAY = "mutation ($m: ID!, $t: String!) { missionPrompt(id: $m, input: {text: $t}) { cursor } }"


def script(request: Json, before: int) -> Turn:
    """A comment in each turn, slowly, then the end."""
    card = card_of(request)
    if before < TURNS:
        said = f"{card[-4:]} turn {before}"
        return Turn("thinking about it " * 4, (("comment", {"cardId": card, "content": said}),), pause=0.1)
    return Turn("Done.")


@dataclass(slots=True)
class People:
    """What people do meanwhile, and what was acknowledged to them: `said` by mission, and proposals `approved`."""

    at: Served
    workspace: str
    missions: Sequence[str]
    said: list[tuple[str, str]] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)

    async def work(self) -> None:
        while True:
            with suppress(ClientError):  # it is away, or the mission has ended
                await self._approve()
                mission, text = random.choice(self.missions), f"note {len(self.said)} {random.random()}"
                await self.at.ask(SAY, m=mission, t=text)
                self.said.append((mission, text))
            await asyncio.sleep(random.uniform(0.1, 1))

    async def _approve(self) -> None:
        found = await self.at.ask(WAITING, w=self.workspace)
        for proposal in found["node"]["approvals"]["nodes"]:
            await self.at.ask(APPROVE, p=proposal["id"])
            self.approved.append(proposal["id"])


async def main(count: int) -> int:
    """Kill that often; the exit status."""
    async with served(script, PORT) as at:
        made = await board(at, MISSIONS)
        modes = {"atlas": "AUTONOMOUS", "hera": "SUPERVISED"}
        agents = [
            await at.make("agentCreate", "agent", workspaceId=made.workspace, name=slug, slug=slug, autonomyMode=mode)
            for slug, mode in modes.items()
        ]
        missions = [
            await at.make(
                "missionCreate", "mission", agentId=agents[place < SUPERVISED], cardId=card, prompt="Go", maxSteps=100
            )
            for place, card in enumerate(made.cards)
        ]
        people = People(at, made.workspace, missions)
        working = asyncio.create_task(people.work())
        for kill in range(count):
            await asyncio.sleep(random.uniform(1, SECONDS))
            await _kill(at, kill)
        ends = await at.ended(missions)
        await end(working)
        async with at.database():
            faults = await _faults(at, people, dict(zip(made.cards, ends, strict=True)))
    bill = [sum(tokens) for tokens in zip(*at.model.bill, strict=True)]
    print(f"{dict(Counter(ends))}; {len(people.said)} notes, {len(people.approved)} approvals; tokens billed: {bill}")
    print("\n".join(faults) or "nothing lost, nothing twice, nothing unpaid")
    return 1 if faults else 0


async def _kill(at: Served, kill: int) -> None:
    agents = at.agents()
    if kill % 2 and agents:
        agents[0].send_signal(signal.SIGKILL)
        print(f"kill {kill + 1}: the process of agents", flush=True)
        return
    await at.end(signal.SIGKILL)
    print(f"kill {kill + 1}: the gateway", flush=True)
    await at.start()


async def _faults(at: Served, people: People, ends: dict[str, str]) -> list[str]:
    """What is not as it should be, as sentences."""
    completed = [card for card, how in ends.items() if how == "COMPLETED"]
    faults = [f"the mission of {card} ended as {how}" for card, how in ends.items() if how == "CANCELLED"]
    comments = await collection(Comment).find({}).to_list()
    written = Counter((str(comment["card_id"]), comment["content"]) for comment in comments)
    wanted = {(card, f"{card[-4:]} turn {turn}") for card in completed for turn in range(TURNS)}
    faults += [f"done {times} times: {each}" for each, times in written.items() if times != 1]
    faults += [f"never done: {each}" for each in sorted(wanted - set(written))]
    told = Counter(event["data"]["comment"]["_id"] for event in await _events(CommentAdded.__name__))
    faults += [f"told {told[each['_id']]} times: {each['content']}" for each in comments if told[each["_id"]] != 1]
    calls = await collection(MissionCall).find({"tool": "comment", "state": MissionCallState.DONE.value}).to_list()
    if len(calls) != len(comments):
        faults.append(f"{len(calls)} calls are done, and {len(comments)} comments are there")
    read = str(at.model.requests)
    unread = [(mission, text) for mission, text in people.said if text not in read]
    card_of_mission = dict(zip(people.missions, ends, strict=True))
    faults += [f"never read: {text} in {mission}" for mission, text in unread if card_of_mission[mission] in completed]
    proposals = {str(proposal["_id"]): proposal["status"] for proposal in await collection(Proposal).find({}).to_list()}
    applied = ProposalStatus.APPLIED
    faults += [f"approved, and {proposals[each]}: {each}" for each in people.approved if proposals[each] != applied]
    return faults + await _unpaid(at)


async def _events(type_: str) -> list[Json]:
    found = await collection(LoggedEvent).find({"type": type_}).to_list()
    return [dict(event) for event in found]


async def _unpaid(at: Served) -> list[str]:
    """Whether less is counted, or reserved for good, than the model has billed."""
    tokens = cost = 0
    for usage in await collection(UsageRecord).find({}).to_list():
        is_settled = usage["state"] == UsageState.SETTLED
        tokens += usage["input_tokens"] + usage["output_tokens"] if is_settled else usage["reserved_tokens"]
        cost += usage["cost"] if is_settled else usage["reserved_cost"]
    billed = sum(map(sum, at.model.bill))
    charged = sum(PRICE[0] * read + PRICE[1] * written for read, written in at.model.bill)
    print(f"billed {billed} tokens and {charged} micro-USD, counted {tokens} and {cost}")
    return [] if billed <= tokens and charged <= cost else ["more is billed than counted"]


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)))
