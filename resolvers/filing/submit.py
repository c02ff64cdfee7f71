"""Filing cards in a workspace: where they go follows from words, and what was filed already is not filed again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bson import ObjectId

from auth.counting import count_attempt
from auth.policies import board
from models import Card, Project
from models.base import collection, sort_keys
from models.card_enums import CardStage
from models.enums import TokenScope
from models.errors import RateLimited
from models.facts import CREATE
from models.records import CardRecord, ProjectRecord, WorkspaceMemberRecord
from realtime.log import Change, Committed
from resolvers.card.card import insert_card
from resolvers.column.stage import column_of_stage
from resolvers.filing.project_word import project_called
from resolvers.inputs.filing import CardSubmit
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.fields import values_of
from resolvers.kit.nouns import WORKSPACE
from resolvers.kit.operation import operation
from resolvers.member.assignee import assignee_called, make_assignable
from resolvers.project.inbox import inbox_of
from resolvers.state.mission_status import origin_of

CARDS_A_MINUTE = 300
"""Filed by one person or agent, in all processes together."""
MINUTE = timedelta(minutes=1)
SAME_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A card that was filed, or the one that was there already."""

    card: CardRecord
    is_duplicate: bool


@operation(
    "cardSubmit",
    inside=WORKSPACE,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    includes=("cardCreate", "columnCreate", "projectCreate"),
    also={"assignee": ("projectMemberAdd",)},
)
async def submit_card(ctx: Context, _membership: WorkspaceMemberRecord, values: CardSubmit) -> Committed[Submitted]:
    """File a card in a workspace, in words: its project, its stage and who it is assigned to.

    An open card of the same title, project and assignee that is younger than 24 hours is returned instead. Who it is
    assigned to becomes a member of its project. Raises RateLimited beyond 300 a minute.
    """
    await _count(ctx)
    workspace_id = values.workspace_id
    named = None if values.project is None else await project_called(ctx, workspace_id, values.project)

    async def body(change: Change) -> Submitted:
        if named is not None:
            await require_parent(change, Project, named["_id"])
        project = await inbox_of(ctx, change, workspace_id) if named is None else named
        assignee_id = await assignee_called(ctx, workspace_id, values.assignee, change.session)
        given = values_of(values, Card, CREATE)
        known = await _same(change, project, given["title"], assignee_id)
        if known is not None:
            return Submitted(known, is_duplicate=True)
        await make_assignable(change, project, assignee_id)
        origin_id = await origin_of(ctx.subject.agent_id, ctx.mission_id)
        beside = {"assignee_id": assignee_id, "origin_mission_id": origin_id}
        return Submitted(await _insert(change, project, values.stage, {**given, **beside}), is_duplicate=False)

    return await ctx.write(workspace_id, body)


async def _insert(change: Change, project: ProjectRecord, stage: CardStage, given: Mapping[str, Any]) -> CardRecord:
    inside = {"workspace_id": project["workspace_id"], "project_id": project["_id"], "scope_id": None}
    is_cancelled = stage is CardStage.CANCELLED
    column = await column_of_stage(change, inside, CardStage.TODO if is_cancelled else stage)
    return await insert_card(change, inside, column["_id"], {**given, "archived": is_cancelled})


async def _same(change: Change, project: ProjectRecord, title: str, assignee_id: ObjectId | None) -> CardRecord | None:
    """The open card of the last hours that says the same."""
    since = change.at - SAME_FOR
    query = {
        "project_id": project["_id"],
        **sort_keys(Card, {"title": title}),
        "created_at": {"$gt": since},
        "title": title,
        "assignee_id": assignee_id,
        "archived": False,
        "completed_at": None,
    }
    return await collection(Card).find_one(query, session=change.session)


async def _count(ctx: Context) -> None:
    try:
        await count_attempt("cards filed", str(ctx.user_id), limit=CARDS_A_MINUTE, window=MINUTE)
    except RateLimited as error:
        told = f"At most {CARDS_A_MINUTE} cards are filed a minute"
        raise RateLimited(told, retry_after=error.retry_after) from error
