"""How the caller has left the panels of cards."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo import DeleteOne, ReplaceOne

from auth.policies import board
from models import Card, PanelState
from models.base import collection, to_record
from models.enums import TokenScope
from models.errors import Conflict
from models.ids import Kind, among, id_of
from models.records import CardRecord, PanelStateRecord, ProjectRecord
from realtime.events.preferences import PanelStatesChanged
from realtime.log import Change, Committed
from resolvers.inputs.preferences import PanelStatesUpdate
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CARD, PROJECT
from resolvers.kit.operation import edge, operation
from resolvers.preferences.preferences import PERSONAL

READ = TokenScope.PROJECTS_READ
MAX_OF_PROJECT = 500
"""States of one person in one project: they are read whole."""


@operation(
    "panelStates",
    opens=PROJECT.by("project_id"),
    permission=board.READ,
    scope=READ,
    read_only=True,
    no_tool=PERSONAL,
)
async def list_panel_states(ctx: Context, project: ProjectRecord) -> list[PanelStateRecord]:
    """How the caller has left the panels of a project's cards."""
    return (await panel_states_of(ctx, [project], None))[0]


@operation("panelStatesUpdate", inside=PROJECT.whole, permission=board.READ, scope=READ, no_tool=PERSONAL)
async def update_panel_states(
    ctx: Context, project: ProjectRecord, values: PanelStatesUpdate
) -> Committed[ProjectRecord]:
    """Keep how the viewer has left the panels of cards.

    Those of cards that are not the project's are left out: clients keep all that they know of, and cards are deleted
    meanwhile. Raises Conflict for more than 500 in one project.
    """
    mine = {"user_id": ctx.user_id, "project_id": project["_id"]}
    given = {ObjectId(card_id): state for card_id, state in values.states.items()}

    async def body(change: Change) -> ProjectRecord:
        inside = {"_id": {"$in": list(given)}, "project_id": project["_id"]}
        cards = await collection(Card).find(inside, {"_id": 1}, session=change.session).to_list()
        there = {card["_id"] for card in cards}
        states = {card_id: state for card_id, state in given.items() if state is None or card_id in there}
        kept = [card_id for card_id, state in states.items() if state is not None]
        stored = await collection(PanelState).find(mine, session=change.session).to_list()
        before = {panel_state["card_id"]: panel_state["state"] for panel_state in stored}
        if len(before.keys() | kept) > MAX_OF_PROJECT:
            raise Conflict(f"A person has at most {MAX_OF_PROJECT} states of panels in a project")
        writes: list[DeleteOne | ReplaceOne[PanelStateRecord]] = []
        for card_id, state in states.items():
            panel_state = PanelState(id=_id(ctx, card_id), card_id=card_id, state=state, updated_at=change.at, **mine)
            this = {"_id": panel_state.id}
            if before.get(card_id) != state:
                written = ReplaceOne(this, to_record(panel_state), upsert=True)
                writes.append(DeleteOne(this) if state is None else written)
        if writes:
            await collection(PanelState).bulk_write(writes, session=change.session)
            change.append(ctx.user_id, PanelStatesChanged(project_id=project["_id"]))
        return project

    return await ctx.write(ctx.user_id, body)


@operation("panelStateDelete", opens=CARD.by("card_id").whole, permission=board.READ, scope=READ, no_tool=PERSONAL)
async def delete_panel_state(ctx: Context, card: CardRecord) -> Committed[ObjectId]:
    """Forget how the viewer has left the panels of a card; `deletedId` is the card's."""

    async def body(change: Change) -> ObjectId:
        this = {"_id": _id(ctx, card["_id"])}
        deleted = await collection(PanelState).delete_one(this, session=change.session)
        if deleted.deleted_count:
            change.append(ctx.user_id, PanelStatesChanged(project_id=card["project_id"]))
        return ObjectId(card["_id"])

    return await ctx.write(ctx.user_id, body)


@edge(scope=READ, viewer=True)
async def panel_states_of(
    ctx: Context, projects: Sequence[ProjectRecord], fields: Fields
) -> list[list[PanelStateRecord]]:
    """How the viewer has left the panels of each project's cards."""
    found: dict[ObjectId, list[PanelStateRecord]] = {project["_id"]: [] for project in projects}
    mine = {"user_id": ctx.user_id, "project_id": among(list(found))}
    for panel_state in await collection(PanelState).find(mine).sort("_id", 1).to_list():
        found[panel_state["project_id"]].append(panel_state)
    return [found[project["_id"]] for project in projects]


def _id(ctx: Context, card_id: ObjectId) -> ObjectId:
    return id_of(Kind.PANEL_STATE, ctx.user_id, card_id)
