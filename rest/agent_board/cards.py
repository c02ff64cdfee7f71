"""Cards of a project, and the columns that they go through by themselves."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from resolvers.card.card import delete_card, get_card, list_cards
from resolvers.card.pipeline import pipeline_of
from resolvers.card.revise import revise_card
from resolvers.card.seen import view_card
from resolvers.card.update import complete_card, move_card, set_card_pipeline, update_card
from resolvers.column.column import list_columns
from resolvers.inputs.card import (
    MAX_LABELS,
    MAX_STEPS,
    CardMove,
    CardPipelineSet,
    CardRevise,
    CardStepInput,
    CardUpdate,
)
from resolvers.kit.input import ColumnId, Flag, Input, Name, NotNull, Title
from resolvers.kit.input import Order as Place
from resolvers.worktree.worktree import get_diff
from rest.agent_board import guards
from rest.agent_board.bodies import DeletionQuery, Part, Prompt
from rest.agent_board.cursor import tell_cursor
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.card import CardData, CardDetailData, PipelineData, card, cards, pipeline
from rest.dialect import NO_CONTENT
from rest.routing import Call

routes = board_routes("cards", guards.PROJECT_PATH + "/cards", about="The work items.", place=100)


class CardChange(Input):
    """What changes of a card. Only what is given does; `labels` are all of its labels, by name."""

    title: Annotated[Title | None, NotNull] = None
    prompt: Prompt | None = None
    labels: Annotated[list[Name], Field(max_length=MAX_LABELS)] | None = None


class CardPlace(Input):
    """Where a card goes: the end of a column, or a place in it. `ifColumnId` is where it has to stand."""

    column_id: ColumnId
    position: Place | None = None
    if_column_id: ColumnId | None = None


class AutoMode(Input):
    """Whether a card goes on through its pipeline by itself."""

    enabled: Flag


class StepBody(Part):
    """A column that a card goes through by itself."""

    column_id: ColumnId
    prompt: Prompt | None = None
    enabled: Flag = True


class PipelineBody(Input):
    """All columns that a card goes through by itself, in order."""

    steps: Annotated[list[StepBody], Field(max_length=MAX_STEPS)]


class DiffStatsData(TypedDict):
    """How much has changed."""

    filesChanged: int
    insertions: int
    deletions: int


class DiffData(TypedDict):
    """A diff. `isWhole` says that it tells of every file."""

    diff: str
    stats: DiffStatsData
    isWhole: bool


@routes.get("", "List the cards of a project", runs=list_cards, tells_cursor=True)
async def find(call: Call) -> list[CardData]:
    """Of all its boards, archived ones included; at most 5,000."""
    project = await guards.project(call, frozenset({"workspace_id"}))
    await tell_cursor(call, project["workspace_id"])
    return await cards(call.ctx, await list_cards(call.ctx, project["_id"]))


@routes.get("/{cardId}", "Read a card", runs=get_card, tells_cursor=True)
async def get(call: Call) -> CardDetailData:
    found = await guards.card(call, fields=frozenset({"project_id", "workspace_id"}))
    await tell_cursor(call, found["workspace_id"])
    return await card(call.ctx, await get_card(call.ctx, found["_id"]))


@routes.patch("/{cardId}", "Change a card", runs=revise_card, body=CardChange)
async def update(call: Call) -> CardDetailData:
    """Labels that the project lacks are made."""
    found, given = await guards.card(call), call.body(CardChange).given()
    if "prompt" in given:
        given["description"] = given.pop("prompt")
    return await card(call.ctx, (await revise_card(call.ctx, found["_id"], CardRevise.of(**given))).value)


@routes.delete("/{cardId}", "Delete a card", runs=delete_card, body=None, query=DeletionQuery)
async def delete(call: Call) -> None:
    """A card whose work is not merged answers 409 `WORKTREE_DIRTY`."""
    force = call.query(DeletionQuery).force
    await delete_card(call.ctx, (await guards.card(call))["_id"], force=force)


@routes.post("/{cardId}/view", "Note that the caller has looked at a card", runs=view_card, status=NO_CONTENT)
async def view(call: Call) -> None:
    """Until somebody else does something with it, it is not unread."""
    await view_card(call.ctx, (await guards.card(call))["_id"])


@routes.patch("/{cardId}/move", "Move a card", runs=move_card, body=CardPlace)
async def move(call: Call) -> CardDetailData:
    """To the end of a column, or to a place in it. With `ifColumnId`, 409 where it stands elsewhere by now."""
    found, values = await guards.card(call), call.body(CardPlace)
    to: dict[str, Any] = {"column_id": values.column_id, "order": values.position}
    if values.if_column_id is not None:
        to["if_column_id"] = values.if_column_id
    return await card(call.ctx, (await move_card(call.ctx, found["_id"], CardMove(**to))).value)


@routes.get("/{cardId}/diff", "Read what the work on a card has changed", runs=get_diff, refused_with=(409, 413, 429))
async def diff(call: Call) -> DiffData:
    """As git writes it, from where its branch began: commits, what is in none, and new files. At most 2 MB; nothing for
    a card without a worktree."""
    found = await get_diff(call.ctx, (await guards.card(call))["_id"])
    stats: DiffStatsData = {
        "filesChanged": found.files_changed,
        "insertions": found.insertions,
        "deletions": found.deletions,
    }
    return {"diff": found.text, "stats": stats, "isWhole": found.whole}


@routes.patch("/{cardId}/auto-mode", "Let a card go on by itself, or not", runs=update_card, body=AutoMode)
async def set_auto_mode(call: Call) -> CardDetailData:
    found, values = await guards.card(call), CardUpdate.of(auto_mode=call.body(AutoMode).enabled)
    return await card(call.ctx, (await update_card(call.ctx, found["_id"], values)).value)


@routes.post("/{cardId}/complete", "Move a card to where it is done", runs=complete_card, status=NO_CONTENT)
async def complete(call: Call) -> None:
    """To the end of the first column of the type `done`, else of the last."""
    await complete_card(call.ctx, (await guards.card(call))["_id"])


@routes.get("/{cardId}/pipeline", "Read the columns that a card goes through by itself", runs=get_card)
async def get_pipeline(call: Call) -> PipelineData:
    """Without ones of its own, those of its board whose type is `active`."""
    return await _pipeline(call)


@routes.put(
    "/{cardId}/pipeline",
    "Say which columns a card goes through by itself",
    runs=set_card_pipeline,
    body=PipelineBody,
    reads=[list_columns],
)
async def set_pipeline(call: Call) -> PipelineData:
    """Columns of its project, each once."""
    found, values = await guards.card(call), call.body(PipelineBody)
    steps = [CardStepInput(**step.model_dump()) for step in values.steps]
    await set_card_pipeline(call.ctx, found["_id"], CardPipelineSet(steps=steps))
    return await _pipeline(call)


async def _pipeline(call: Call) -> PipelineData:
    record = await guards.card(call, fields=frozenset({"project_id", "scope_id", "pipeline"}))
    [steps] = await pipeline_of(call.ctx, [record], None)
    return pipeline(steps, await list_columns(call.ctx, record["project_id"]))
