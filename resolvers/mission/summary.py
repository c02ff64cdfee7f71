"""What came of the work on a card, as its missions say."""

from auth.policies import mission as policy
from models import Mission
from models.base import collection
from models.enums import TokenScope
from models.records import CardRecord
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import operation
from resolvers.mission.quoted import shortened

LAST = 20
EACH = 4_000
"""Bytes of what one mission says."""


@operation("cardMissionSummary", opens=CARD, permission=policy.READ, scope=TokenScope.PILOTAGE_READ, read_only=True)
async def summarize_card(ctx: Context, card: CardRecord) -> str | None:
    """What came of the work of agents on a card: what its last 20 missions have summed up, the oldest first; None where
    none has."""
    newest = collection(Mission).find({"card_id": card["_id"]}, {"summary": 1}).sort("_id", -1).limit(LAST)
    summaries = [mission["summary"] for mission in await newest.to_list() if mission["summary"]]
    return "\n\n".join(shortened(summary, EACH) for summary in reversed(summaries)) or None
