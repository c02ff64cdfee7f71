"""What the two kinds of routes to tasks have in common: which task a path names, and the operations in this interface's
words."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from models.enums import Priority
from models.errors import Conflict, NotFound
from models.records import CardRecord
from resolvers.card.card import get_card
from resolvers.card.revise import revise_card
from resolvers.filing.find import find_cards, find_next_card
from resolvers.filing.project_word import project_called
from resolvers.filing.submit import submit_card
from resolvers.inputs.card import CardRevise
from resolvers.inputs.filing import CardNext, CardSearch, CardSubmit
from resolvers.kit.access import access
from resolvers.kit.nouns import CARD
from resolvers.kit.page import Page
from resolvers.kit.slugs import INBOX
from rest.orkosi.bodies import called
from rest.orkosi.ids import path_id
from rest.orkosi.paging import PageQuery, listed, listed_of
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

PROJECT_STAYS = "A task stays in its product: file it anew in the other one"


async def task_id(call: Call) -> ObjectId:
    """The id of the task of the path, in the request's workspace; raises NotFound."""
    workspace_id = await workspace_of(call)
    card_id = await path_id(call, "taskNumber", CARD, workspace_id)
    card = await access(call.ctx, CARD, card_id, CARD.reads, fields=frozenset({"workspace_id"}))
    if card["workspace_id"] != workspace_id:
        raise NotFound(CARD.title)
    return card_id


async def find_tasks(
    call: Call, query: PageQuery, asked: Mapping[str, Any], names: Mapping[str, str]
) -> list[CardRecord]:
    """The part of a list that was asked for; `names` are what this route calls the conditions."""
    workspace_id = await workspace_of(call)

    async def read(first: int, after: str | None) -> Page[CardRecord]:
        values = CardSearch.of(workspace_id=workspace_id, first=first, after=after, **asked)
        return await find_cards(call.ctx, values)

    with called(**names):
        return await listed(call, query, read)


async def find_next(
    call: Call, query: PageQuery, asked: Mapping[str, Any], names: Mapping[str, str]
) -> list[CardRecord]:
    """The one to do next, as a list of it alone."""
    with called(**names):
        values = CardNext.of(workspace_id=await workspace_of(call), **asked)
        found = await find_next_card(call.ctx, values)
    some = [] if found is None else [found]
    return listed_of(call, query, some[query.offset : query.offset + query.limit], len(some))


async def submit_task(call: Call, given: Mapping[str, Any], names: Mapping[str, str]) -> CardRecord:
    """The task of a body, or the one that says the same, which `meta` tells."""
    urgency = given["priority"] or Priority.MEDIUM
    values = {**given, "priority": urgency, "workspace_id": await workspace_of(call)}
    with called(**names):
        done = (await submit_card(call.ctx, CardSubmit.of(**values))).value
    if done.is_duplicate:
        call.meta["deduplicated"] = True
    return done.card


async def revise_task(call: Call, given: Mapping[str, Any], names: Mapping[str, str]) -> CardRecord:
    """The task of the path, changed. Raises Conflict for another product than its own."""
    card_id, changes = await task_id(call), dict(given)
    with called(**names):
        if "project" in changes:
            await _check_project(call, await get_card(call.ctx, card_id), changes.pop("project"))
        return (await revise_card(call.ctx, card_id, CardRevise.of(**changes))).value


async def _check_project(call: Call, card: CardRecord, word: str | None) -> None:
    own = str(card["project_id"])
    project = await project_called(call.ctx, card["workspace_id"], own if word is None else word)
    is_same = project["slug"] == INBOX if word is None else project["_id"] == card["project_id"]
    if not is_same:
        raise Conflict(PROJECT_STAYS, field="project")
