"""What follows from a change within its transaction, by whichever operation and door it came.

A change notes what has happened (`note`), at the lowest place that all doors pass; who has to do something about it is
further up, and enters itself here. So a card that comes to a column begins its run, and a mission that is completed
takes its card further, in the transaction of the move or of the report, or not at all.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from bson import ObjectId

from models import Card
from models.base import collection
from models.ids import Kind, kind_of
from models.records import ColumnRecord, MissionRecord
from realtime.log import Change

T = TypeVar("T")
Follower = Callable[[Any, Change, Any], Awaitable[None]]
"""Given the context of a change, the change, and what has happened. It refuses nothing."""

FOLLOWERS: dict[type, Follower] = {}
"""Who is told of an occurrence, by its type. What nobody is told of has no consequence."""


@dataclass(frozen=True, slots=True)
class CardEntered:
    """A card came to another column, or was created there; unless what moved it was refused since."""

    card_id: ObjectId
    column: ColumnRecord


@dataclass(frozen=True, slots=True)
class MissionCompleted:
    """A mission ended well."""

    mission: MissionRecord


def note(change: Change, occurrence: object) -> None:
    """Have what follows from an occurrence done before the change is committed."""
    change.follows.append(occurrence)


async def follow(ctx: Any, change: Change, value: T) -> T:
    """Do what follows from a change, and what follows from that; what the change returned, as it is then."""
    if not change.follows:
        return value
    while change.follows:
        occurrence = change.follows.pop(0)
        if (follower := FOLLOWERS.get(type(occurrence))) is not None:
            await follower(ctx, change, occurrence)
    return cast(T, await _now(change, value))


async def _now(change: Change, value: Any) -> Any:
    """What a change returned, which may be a card that something has followed for."""
    card_id = value.get("_id") if isinstance(value, Mapping) else None
    if not isinstance(card_id, ObjectId) or kind_of(card_id) is not Kind.CARD:
        return value
    card = await collection(Card).find_one({"_id": card_id}, session=change.session)
    return value if card is None else {**value, **card}
