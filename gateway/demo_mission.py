"""The demo's mission: one agent claims and drives it, while its events are read over a live connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from gateway import demo_data as data
from gateway.client import Client, ClientError
from gateway.demo import CREATE_COMMENT, Filled
from models.pool import Pool

SECONDS = 20.0
"""How long the mission takes, unless it is told to hurry."""
PATIENCE = 60.0
"""How much longer than that it may take."""
WORDS_AT_ONCE = 3

WATCH = """subscription ($missionId: ID!, $after: Cursor) {
  missionEvents(missionId: $missionId, after: $after) {
    __typename
    ... on MissionStatusChanged { from to mission { progress summary error waitingFor } }
    ... on MissionProgressed { mission { plan } }
    ... on MissionActivityAdded { activity { kind content tool } mission { progress } }
    ... on MissionOutputDelta { text }
  }
}"""
CLAIM = """mutation ($workspaceId: ID!) { missionClaim(workspaceId: $workspaceId) { mission { id } } }"""
REPORT = """mutation ($id: ID!, $input: MissionReportInput!) {
  missionReport(id: $id, input: $input) { mission { progress } } }"""
COMPLETE = """mutation ($id: ID!, $summary: String) {
  missionComplete(id: $id, summary: $summary) { mission { status } } }"""
MOVE = """mutation ($id: ID!, $input: CardMoveInput!) { cardMove(id: $id, input: $input) { cursor } }"""

ENDED = ("COMPLETED", "FAILED", "CANCELLED")
REQUESTS = Pool("requests of the demo", threads=2, at_once=1, of_one=10, in_all=20)


async def perform(filled: Filled, show: Callable[[dict[str, Any]], None], *, fast: bool) -> None:
    """Drive the mission that waits for Atlas to its end, and `show` each of its events as it arrives.

    Raises `ClientError`.
    """
    seconds = 0.0 if fast else SECONDS
    try:
        async with (
            asyncio.timeout(seconds + PATIENCE),
            filled.client.subscribe(WATCH, {"missionId": filled.mission_id}) as events,
            asyncio.TaskGroup() as group,
        ):
            standing = asyncio.Event()
            group.create_task(_watch(events, show, standing))
            await standing.wait()
            group.create_task(_drive(filled, seconds))
    except TimeoutError:
        raise ClientError("The mission did not end in time.") from None
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _watch(
    events: AsyncIterator[dict[str, Any]], show: Callable[[dict[str, Any]], None], standing: asyncio.Event
) -> None:
    try:
        async for message in events:
            standing.set()
            event = message["missionEvents"]
            show(event)
            if event["__typename"] == "MissionStatusChanged" and event["to"] in ENDED:
                return
        raise ClientError("The live connection ended before the mission did.")
    finally:
        standing.set()


async def _drive(filled: Filled, seconds: float) -> None:
    agent = filled.people["atlas"]
    chunks = [_chunks(beat.output) for beat in data.BEATS]
    pause = seconds / (len(data.BEATS) + sum(len(chunk) for chunk in chunks))
    claimed = await call(agent, CLAIM, workspaceId=filled.workspace_id)
    mission_id = claimed["missionClaim"]["mission"]["id"]
    for beat, pieces in zip(data.BEATS, chunks, strict=True):
        activity = {"kind": beat.kind, "content": beat.content, **({"tool": beat.tool} if beat.tool else {})}
        await call(agent, REPORT, id=mission_id, input={"activities": [activity], "progress": beat.progress})
        await asyncio.sleep(pause)
        for piece in pieces:
            await call(agent, REPORT, id=mission_id, input={"outputDelta": piece})
            await asyncio.sleep(pause)
    card_id = filled.cards[data.MISSION_CARD]
    await call(agent, CREATE_COMMENT, input={"cardId": card_id, "content": data.AGENT_COMMENT})
    await call(agent, MOVE, id=card_id, input={"columnId": filled.review_columns[card_id]})
    await call(agent, COMPLETE, id=mission_id, summary=data.SUMMARY)


async def call(client: Client, query: str, **variables: Any) -> dict[str, Any]:
    """The data that a document answers, without holding up the loop. Raises `ClientError`."""
    answer: dict[str, Any] = await REQUESTS.run(client.graphql, query, variables)
    return answer


def _chunks(text: str) -> list[str]:
    words = text.split()
    parts = [" ".join(words[start : start + WORDS_AT_ONCE]) for start in range(0, len(words), WORDS_AT_ONCE)]
    return [f"{part} " for part in parts]
