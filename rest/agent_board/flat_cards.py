"""Cards without their projects in the address, for what is outside."""

from models.enums import ColumnKind, TokenScope
from models.errors import Conflict
from models.ids import Kind
from models.records import CardRecord
from resolvers.card.card import create_card, get_card
from resolvers.column.column import column_of, list_columns
from resolvers.inputs.card import CardCreate
from resolvers.kit.access import access
from resolvers.kit.input import Input, ProjectId, Title
from resolvers.kit.nouns import CARD
from resolvers.kit.page import Window
from resolvers.mission.mission import list_missions_of_card
from rest.agent_board.bodies import Prompt
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.card import CardStatusData, CreatedCardData, FlatCardData, card
from rest.agent_board.present.run import RunSessionData, sessions
from rest.routing import Call

RUNS = 50
"""Runs that the whole of a card shows."""

routes = board_routes("cards from outside", "/cards", about="Cards without their projects in the address.", place=160)


class FlatCardBody(Input):
    """A new card of a project."""

    project_id: ProjectId
    title: Title
    prompt: Prompt | None = None


@routes.post(
    "",
    "Create a card",
    runs=create_card,
    body=FlatCardBody,
    names_object=True,
    reads=[list_columns],
)
async def create(call: Call) -> CreatedCardData:
    """At the end of the project's first column of the type `backlog`, or else of its first column."""
    values = call.body(FlatCardBody)
    found = await list_columns(call.ctx, values.project_id)
    backlog = next((column for column in found if column.get("kind") == ColumnKind.BACKLOG), next(iter(found), None))
    if backlog is None:
        raise Conflict("The project has no column", field="projectId")
    given = {"project_id": values.project_id, "column_id": backlog["_id"], "title": values.title}
    made = (await create_card(call.ctx, CardCreate.of(**given, description=values.prompt))).value
    return {
        "id": str(made["_id"]),
        "title": made["title"],
        "projectId": str(made["project_id"]),
        "columnId": str(made["column_id"]),
        "position": made["order"],
    }


@routes.get("/{cardId}", "Read a card", runs=get_card)
async def get(call: Call) -> FlatCardData:
    record = await _card(call)
    runs = await _runs(call, record)
    return {**await card(call.ctx, record), "columnName": await _column_name(call, record), "sessions": runs}


@routes.get("/{cardId}/status", "Read how far a card is", runs=get_card)
async def get_status(call: Call) -> CardStatusData:
    record = await _card(call)
    return {
        "id": str(record["_id"]),
        "title": record["title"],
        "columnName": await _column_name(call, record),
        "hasActiveAgent": record.get("active_mission_id") is not None,
    }


async def _card(call: Call) -> CardRecord:
    wanted = call.id("cardId", Kind.CARD)
    found = await access(call.ctx, CARD, wanted, CARD.reads, fields=frozenset())
    return await get_card(call.ctx, found["_id"])


async def _runs(call: Call, record: CardRecord) -> list[RunSessionData]:
    """The last runs of a card, the newest first; none for a token that may not read missions."""
    if TokenScope.PILOTAGE_READ not in call.ctx.subject.scopes:
        return []
    found = await list_missions_of_card(call.ctx, record["_id"], Window.read(RUNS))
    return await sessions(call.ctx, found.nodes)


async def _column_name(call: Call, record: CardRecord) -> str | None:
    [column] = await column_of(call.ctx, [record], frozenset({"name"}))
    return None if column is None else str(column["name"])
