"""Which cards are unread: those that others have done something with since the caller looked at them.

That is told by the newest activities of a project, so a card costs nothing more when it changes, and what is read does
not grow with the cards.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bson import ObjectId

from auth.policies import board
from models import Activity, Card, SeenMark
from models.base import R, collection
from models.enums import TokenScope
from models.ids import Kind, among, id_of, portions
from models.records import ActivityRecord, CardRecord, ProjectRecord
from realtime.events import Event
from realtime.events.seen import CardSeen, ProjectSeen
from realtime.log import Change, Committed
from resolvers.kit.access import workspace_memberships
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CARD, PROJECT
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import NEWEST_FIRST, Window, pages
from resolvers.kit.tombstone import NAMES, known_gone

READ = TokenScope.PROJECTS_READ
NEWEST = 100
"""Activities of a project that are looked at: what lies behind them counts as read."""

PERSONAL = "what a person has looked at is nothing that agents do"
_READ = frozenset({"card_id", "actor_id", "created_at"})


@operation("cardView", opens=CARD.whole, permission=board.READ, scope=READ, no_tool=PERSONAL)
async def view_card(ctx: Context, card: CardRecord) -> Committed[CardRecord]:
    """Note that the viewer has looked at a card."""
    newest = await collection(Activity).find({"card_id": card["_id"]}, {"created_at": 1}).sort("_id", -1).to_list(1)
    event = CardSeen(card_id=card["_id"])
    return await _see(ctx, card, card["_id"], card["project_id"], newest, event)


@operation(
    "projectMarkAllRead",
    opens=PROJECT.whole,
    permission=board.READ,
    scope=READ,
    includes=("cardView",),
    no_tool=PERSONAL,
)
async def mark_all_read(ctx: Context, project: ProjectRecord) -> Committed[ProjectRecord]:
    """Note that the viewer has seen all cards of a project, however many there are."""
    newest = (await _activities([project["_id"]], 1))[project["_id"]]
    return await _see(ctx, project, None, project["_id"], newest, ProjectSeen(project_id=project["_id"]))


async def _see(
    ctx: Context,
    seen: R,
    card_id: ObjectId | None,
    project_id: ObjectId,
    newest: Sequence[ActivityRecord],
    event: Event,
) -> Committed[R]:
    mark_id = _mark(ctx, seen["_id"])

    async def body(change: Change) -> R:
        mark = await collection(SeenMark).find_one({"_id": mark_id}, session=change.session)
        if mark is None or any(activity["created_at"] > mark["at"] for activity in newest):
            named = {"user_id": ctx.user_id, "project_id": project_id, "card_id": card_id, "at": change.at}
            await collection(SeenMark).update_one(
                {"_id": mark_id}, {"$set": named}, upsert=True, session=change.session
            )
            change.append(ctx.user_id, event)
        return seen

    return await ctx.write(ctx.user_id, body)


@edge(scope=READ, viewer=True)
async def is_unread_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[bool]:
    """Whether others have done something with a card since the viewer looked at it."""
    unread = await _unread(ctx, {card["project_id"]: card["workspace_id"] for card in cards})
    return [card["_id"] in unread[card["project_id"]] for card in cards]


@edge(scope=READ, viewer=True)
async def unread_count_of(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[int]:
    """How many cards of a project are unread; those that are gone are not."""
    unread = await _unread(ctx, {project["_id"]: project["workspace_id"] for project in projects})
    there = await _there(ctx, frozenset[ObjectId]().union(*unread.values()))
    return [len(unread[project["_id"]] & there) for project in projects]


async def _unread(ctx: Context, projects: dict[ObjectId, ObjectId]) -> dict[ObjectId, set[ObjectId]]:
    """The unread cards of projects, which come with their workspaces."""
    memberships = await workspace_memberships(ctx, projects.values())
    latest: dict[ObjectId, dict[ObjectId, datetime]] = {project_id: {} for project_id in projects}
    for project_id, activities in (await _activities(projects, NEWEST)).items():
        for activity in activities:
            if activity["card_id"] is not None and activity["actor_id"] != ctx.user_id:
                latest[project_id].setdefault(activity["card_id"], activity["created_at"])
    # Where nobody else has done anything, it does not matter what was seen.
    touched = [(project_id, card_id) for project_id, cards in latest.items() for card_id in cards]
    seen = await _marks(ctx, (seen_id for pair in touched for seen_id in pair))
    unread: dict[ObjectId, set[ObjectId]] = {project_id: set() for project_id in projects}
    for project_id, card_id in touched:
        at, member = latest[project_id][card_id], memberships[projects[project_id]]
        since = seen.get(project_id) or (None if member is None else member["created_at"])
        if since is not None and at > since and (card_id not in seen or seen[card_id] < at):
            unread[project_id].add(card_id)
    return unread


async def _there(ctx: Context, card_ids: Iterable[ObjectId]) -> set[ObjectId]:
    """Those cards that are there: activities outlive their cards."""
    gone = await known_gone(ctx)
    found: set[ObjectId] = set()
    for ids in portions(card_ids):
        cards = await collection(Card).find({"_id": among(ids)}, dict.fromkeys(NAMES, 1)).to_list()
        found |= {card["_id"] for card in cards if gone is None or not gone.hides(card)}
    return found


async def _activities(project_ids: Iterable[ObjectId], size: int) -> dict[ObjectId, list[ActivityRecord]]:
    """The newest activities of each project, the newest first."""
    window = Window(size, None, backward=False)
    found = await pages(Activity, "project_id", list(project_ids), window, sort=NEWEST_FIRST, fields=_READ)
    return {project_id: page.nodes for project_id, page in found.items()}


async def _marks(ctx: Context, seen_ids: Iterable[ObjectId]) -> dict[ObjectId, datetime]:
    """When the caller has last looked at each of some objects; those that they have not are left out."""
    by_mark = {_mark(ctx, seen_id): seen_id for seen_id in seen_ids}
    found: dict[ObjectId, datetime] = {}
    for ids in portions(by_mark):
        marks = await collection(SeenMark).find({"_id": {"$in": ids}}, {"at": 1}).to_list()
        found |= {by_mark[mark["_id"]]: mark["at"] for mark in marks}
    return found


def _mark(ctx: Context, seen_id: ObjectId) -> ObjectId:
    return id_of(Kind.SEEN_MARK, ctx.user_id, seen_id)
