"""What events share, and how the record of one becomes an instance of its type."""

from datetime import datetime
from typing import Any

import strawberry

from models.base import Record
from resolvers.activity.activity import actor_of, approver_of
from schema.loading import edge
from schema.references import UserRef
from schema.scalars import Cursor


@strawberry.interface(description="Something that happened, or that a subscriber has to know about its stream.")
class Event:
    """`record` is flat: who and where beside what the event carries."""

    record: strawberry.Private[Record]
    cursor: Cursor = strawberry.field(description="Where it stands in its stream; pass it as `after` to resume.")
    at: datetime = strawberry.field(description="When it happened.")


ActorRef = UserRef | None


def actor() -> Any:
    """The edge to whoever caused an event."""
    return edge(actor_of, needs=("actor_id",), description="Who did it; null where nobody is known.")


def approved_by() -> Any:
    """The edge to whoever has approved of what an agent did."""
    return edge(
        approver_of, needs=("approved_by",), description="Who has approved of it, where an agent had proposed it."
    )
