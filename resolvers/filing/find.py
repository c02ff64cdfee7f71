"""Cards of a whole workspace: those that fit a description in words, and the one to do next."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Card
from models.base import AnyRecord, Record, aggregate, collection
from models.card_enums import CardStage
from models.enums import Priority, SearchType, TokenScope
from models.ids import among, portions
from models.records import CardRecord, WorkspaceMemberRecord
from resolvers.column.stage import Stages, stages_where
from resolvers.filing.project_word import project_called
from resolvers.inputs.filing import CardNext, CardSearch
from resolvers.kit.context import Context
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import operation
from resolvers.kit.page import NEWEST_FIRST, Page, pages
from resolvers.kit.tombstone import Where, standing
from resolvers.member.assignee import assignee_called
from resolvers.relation.graph import is_blocked_of
from resolvers.search.follow import follow
from resolvers.words.index import Terms
from resolvers.words.query import read_query

READ = TokenScope.PROJECTS_READ
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
MOST_FOUND = 1_000
"""Cards that a search looks at, those that were changed last."""
MOST_URGENT = 200
"""Cards of a priority that are looked at for one that waits for none: of those with a date, and of those without."""
AT_ONCE = 50
"""Cards that are looked at together for what they wait for."""
_MAY_BE_ARCHIVED = {CardStage.CANCELLED, CardStage.DONE}
_PRIORITIES: Sequence[Any] = (
    Priority.CRITICAL.value,
    Priority.HIGH.value,
    {"$in": [Priority.MEDIUM.value, None]},
    Priority.LOW.value,
)


@operation("workspaceCards", inside=WORKSPACE, permission=board.READ, scope=READ, read_only=True)
async def find_cards(ctx: Context, _membership: WorkspaceMemberRecord, values: CardSearch) -> Page[CardRecord]:
    """Cards of a workspace in words, the newest first: by stage, assignee, project, priority, type and text."""
    where: Record = {}
    parent, parent_id = "workspace_id", values.workspace_id
    if values.project is not None:
        project = await project_called(ctx, values.workspace_id, values.project)
        parent, parent_id = "project_id", project["_id"]
    if values.assignee is not None:
        where["assignee_id"] = await assignee_called(ctx, values.workspace_id, values.assignee)
    if values.priorities is not None:
        where["priority"] = {"$in": [priority.value for priority in values.priorities]}
    if values.types is not None:
        where["type"] = {"$in": [type_.value for type_ in values.types]}
    if values.stages is None:
        where["archived"] = False
    else:
        stages = await stages_where({parent: parent_id})
        where["$or"] = [_of_stage(stage, stages) for stage in values.stages] or [{"_id": None}]
    if values.search is not None:
        return await _with_words(ctx, values, values.search, parent, parent_id, where)
    found = await pages(Card, parent, [parent_id], values.window(), sort=NEWEST_FIRST, where=where)
    return found[parent_id]


async def _with_words(
    ctx: Context, values: CardSearch, search: str, parent: str, parent_id: ObjectId, where: Record
) -> Page[CardRecord]:
    """Those of the cards that the search index has for some words; raises BadUserInput where it holds none."""
    project_id = parent_id if parent == "project_id" else None
    is_whole = where == {"archived": False}
    with_archived = not _MAY_BE_ARCHIVED.isdisjoint(values.stages or ())
    terms = Terms(read_query(search, field="search"), [SearchType.CARD], project_id, archived=with_archived)
    window = values.window()
    keyset = window.keyset(Card, NEWEST_FIRST)
    await follow(ctx.services, values.workspace_id)
    hits = await ctx.services.search.latest(values.workspace_id, terms, MOST_FOUND)
    if not is_whole or standing(Card, None) is not None:  # else the index has told all that is asked
        inside = standing(Card, {parent: parent_id, **where}) or {}
        hits = [card_id for some in portions(hits) for card_id in await _that_fit(some, inside)]
    found = sorted(hits, reverse=True)
    since = 0 if keyset is None else sum(card_id >= keyset[0] for card_id in found)
    wanted = found[since : since + window.size]
    known = {card["_id"]: card for some in portions(wanted) for card in await _cards(some)}
    cards = [known[card_id] for card_id in wanted if card_id in known and known[card_id].get(parent) == parent_id]
    more = since + window.size < len(found)
    return Page(cards, more, since > 0, NEWEST_FIRST, Card, parent, parent_id, where, total=len(found))


async def _that_fit(card_ids: Sequence[ObjectId], where: Where) -> list[ObjectId]:
    """Those of some cards that a filter fits too. That is a stage of its own, as an index for it would be walked."""
    stages: list[AnyRecord] = [{"$match": {"_id": among(card_ids)}}, {"$match": where}, {"$project": {"_id": 1}}]
    return [card["_id"] for card in await aggregate(Card, stages)]


async def _cards(card_ids: Sequence[ObjectId]) -> list[CardRecord]:
    return await collection(Card).find({"_id": among(card_ids)}).to_list()


def _of_stage(stage: CardStage, stages: Stages) -> Record:
    """The cards of a stage: those in its columns; of what is to do also those that stand in none."""
    if stage is CardStage.CANCELLED:
        return {"archived": True, "column_id": {"$nin": _columns(CardStage.DONE, stages)}}
    if stage is CardStage.DONE:
        return {"column_id": {"$in": _columns(stage, stages)}}
    none = [None] if stage is CardStage.TODO else []
    return {"archived": False, "column_id": {"$in": [*_columns(stage, stages), *none]}}


def _columns(stage: CardStage, stages: Stages) -> list[ObjectId]:
    return [column_id for column_id, found in stages.items() if found is stage and column_id is not None]


@operation("nextCard", inside=WORKSPACE, permission=board.READ, scope=READ, read_only=True, tool="get_next_card")
async def find_next_card(ctx: Context, _membership: WorkspaceMemberRecord, values: CardNext) -> CardRecord | None:
    """The card to do next, if there is one: the most urgent that stands in a column of what is to do and waits for no
    open card; then what is due first, then the oldest.

    It is looked for among the 200 most urgent of each priority that have a date, and 200 that have none.
    """
    inside: Record = {"workspace_id": values.workspace_id}
    if values.project is not None:
        inside = {"project_id": (await project_called(ctx, values.workspace_id, values.project))["_id"]}
    assignee_id = None
    if values.assignee is not None:
        assignee_id = await assignee_called(ctx, values.workspace_id, values.assignee)
    columns = _columns(CardStage.TODO, await stages_where(inside))
    # What an index is walked by, and what is asked of each card then. Of somebody's cards there are fewer.
    open_: Record = {"archived": False, "completed_at": None}
    if assignee_id is None:
        lists = [({"column_id": among(some)}, open_) for some in portions(columns)]
    else:
        theirs = {"assignee_id": assignee_id, "workspace_id": values.workspace_id, **open_}
        lists = [(theirs, {"column_id": {"$in": columns}})]
    for priority in _PRIORITIES:
        for has_date in (True, False):
            found = await _most_urgent(lists, priority, has_date=has_date)
            if (free := await _first_free(ctx, found)) is not None:
                return await collection(Card).find_one({"_id": free})
    return None


async def _most_urgent(lists: Sequence[tuple[Record, Record]], priority: Any, *, has_date: bool) -> list[ObjectId]:
    """The cards of a priority in some lists, in the order in which they are to be done."""
    dated: Record = {"due_date": {"$ne": None}} if has_date else {}
    found: list[Record] = []
    for walked, asked in lists:
        begin = {**walked, "priority": priority, **({} if has_date else {"due_date": None})}
        stages: list[Record] = [
            {"$match": begin},
            {"$match": standing(Card, {**asked, **dated})},
            {"$sort": {"due_date": 1, "_id": 1}},
            {"$limit": MOST_URGENT},
            {"$project": {"due_date": 1}},
        ]
        found += await aggregate(Card, stages)
    found.sort(key=lambda card: (card["due_date"] or NEVER, card["_id"]))
    return [card["_id"] for card in found[:MOST_URGENT]]


async def _first_free(ctx: Context, card_ids: Sequence[ObjectId]) -> ObjectId | None:
    """The first of some cards that waits for none."""
    for some in portions(card_ids, AT_ONCE):
        cards: Sequence[Any] = [{"_id": card_id} for card_id in some]
        waits = await is_blocked_of(ctx, cards, None)
        free = next((card_id for card_id, blocked in zip(some, waits, strict=True) if not blocked), None)
        if free is not None:
            return free
    return None
