"""`python -m tests.agents.cancels COUNT`: missions are cancelled while their model speaks, and between its turns.

How long after the answer to the cancellation the model is cut off, and that nothing of a mission is committed after it.
"""

import asyncio
import random
import sys
from collections.abc import Sequence

from bson import ObjectId

from models import LoggedEvent
from models.base import collection
from models.enums import MissionStatus
from realtime.events.mission import MissionStatusChanged
from tests.agents.model_server import Json, Turn
from tests.agents.served import Served, board, card_of, served
from tests.patience import until

PORT = 3979
AT_ONCE = 10
GOAL = 1.0
"""Seconds after which the model has to be cut off."""
LATER = 3.0
"""Seconds in which something might still be written."""
CANCEL = "mutation ($m: ID!) { missionCancel(id: $m) { cursor } }"


def script(request: Json, before: int) -> Turn:
    """A comment after a few words, again and again, and now and then a long speech."""
    comment = ("comment", {"cardId": card_of(request), "content": f"Turn {before}"})
    return Turn("word " * (400 if before % 3 == 2 else 5), (comment,), pause=0.02)


async def main(count: int) -> int:
    """Cancel that many; the exit status."""
    async with served(script, PORT) as at:
        made = await board(at, count)
        agent = await at.make(
            "agentCreate", "agent", workspaceId=made.workspace, name="A", slug="atlas", autonomyMode="AUTONOMOUS"
        )
        missions: list[str] = []
        waits: list[float] = []
        for start in range(0, count, AT_ONCE):
            cards = made.cards[start : start + AT_ONCE]
            some = [
                await at.make("missionCreate", "mission", agentId=agent, cardId=card, prompt="Go", maxSteps=100)
                for card in cards
            ]
            missions += some
            found = await asyncio.gather(
                *(_cancel(at, mission, card) for mission, card in zip(some, cards, strict=True))
            )
            waits += [wait for wait in found if wait is not None]
            print(f"{len(missions)} cancelled", flush=True)
        await asyncio.sleep(LATER)
        async with at.database():
            later = await _later(missions)
        speaking = at.model.speaking
    waits.sort()
    print(
        f"{len(waits)} of {count} while the model spoke: cut off after {_at(waits, 0.5)} s, at most {_at(waits, 1)} s"
    )
    print(f"written later: {later or 'nothing'}; still speaking: {speaking}")
    return 1 if later or speaking or not waits or waits[-1] > GOAL else 0


async def _cancel(at: Served, mission: str, card: str) -> float | None:
    """Cancel a mission at some moment after its model was first asked: how long after the answer the model was cut off,
    in seconds (0 where it was before); None where it did not speak then."""
    clock = asyncio.get_running_loop().time
    await until(lambda: any(card_of(request) == card for request in at.model.requests))
    await asyncio.sleep(random.uniform(0, 3))
    before = _cut(at, card)
    await at.ask(CANCEL, m=mission)
    answered = clock()
    while clock() < answered + 2 * GOAL:
        if (cut := _cut(at, card)) != before:
            return max(0.0, cut - answered)
        await asyncio.sleep(0.01)
    return None


def _cut(at: Served, card: str) -> float:
    """When the model was last cut off about a card; 0 where it never was."""
    return max((moment for request, moment in at.model.cuts if card_of(request) == card), default=0.0)


async def _later(missions: Sequence[str]) -> list[str]:
    """What was committed of missions after they were cancelled."""
    later: list[str] = []
    for mission in missions:
        told = collection(LoggedEvent).find({"mission_id": ObjectId(mission)})
        events = sorted(await told.to_list(), key=lambda event: event["seq"])
        ends = [
            event["seq"]
            for event in events
            if event["type"] == MissionStatusChanged.__name__
            and event["data"]["to_status"] == MissionStatus.CANCELLED.value
        ]
        later += [f"{event['type']} of {mission}" for event in events if not ends or event["seq"] > ends[0]]
    return later


def _at(waits: Sequence[float], share: float) -> str:
    return f"{waits[min(len(waits) - 1, int(len(waits) * share))]:.2f}" if waits else "-"


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
