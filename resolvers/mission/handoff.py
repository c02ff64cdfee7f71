"""What a mission hands over to one that goes on from it: its task, its plan, and what was reported last."""

from models import MissionActivity
from models.base import collection
from models.enums import MissionActivityKind, MissionReason
from models.records import MissionActivityRecord, MissionRecord
from resolvers.mission.quoted import shortened

LAST = 40
"""Reports that are looked through, the newest ones."""
MAX_BYTES = 12_000
EACH = 600
"""Characters of a report."""
SO_FAR = "\n\nWhat came of it so far, as it was handed over:\n"

_WORDS = {
    MissionActivityKind.THOUGHT: "considered",
    MissionActivityKind.ACTION: "did",
    MissionActivityKind.RESPONSE: "found",
    MissionActivityKind.ELICITATION: "asked people",
    MissionActivityKind.PROMPT: "was told",
    MissionActivityKind.ERROR: "met",
}


def task_of(prompt: str) -> str:
    """What was asked at first, without what was handed over since."""
    return prompt.partition(SO_FAR)[0]


async def summary_of(mission: MissionRecord) -> str:
    """What came of a mission so far, the newest at the end, in at most 12 KB."""
    newest = collection(MissionActivity).find({"mission_id": mission["_id"]}).sort("position", -1).limit(LAST)
    reports = (await newest.to_list())[::-1]
    plan, ended = mission.get("plan"), mission["summary"] or mission["error"]
    lines = [
        *([f"The plan:\n{plan}"] if plan else []),
        *map(_line, reports),
        *([f"It ended with: {ended}"] if ended else []),
    ]
    return shortened("\n".join(lines) or "Nothing yet.", MAX_BYTES)


async def came_of(mission: MissionRecord, before: MissionRecord) -> str | None:
    """What a mission is told of the one that it goes on from: all of it where it takes its place, else how it ended;
    None where its task says so already."""
    if mission.get("reason") == MissionReason.RELAY:
        return None
    if mission.get("reason") is not None:
        return await summary_of(before)
    return before["summary"] or before["error"] or "nothing yet"


def _line(report: MissionActivityRecord) -> str:
    return f"- {_WORDS[MissionActivityKind(report['kind'])]}: {shortened(report['content'], EACH)}"
