"""Cards that go on by themselves: begun by a person, and let on where the way asks for an approval.

What begins once a card has come to a column is not said here: it follows from its coming (`resolvers.state.follow`).
"""

from auth.policies import board
from models import Column
from models.base import collection
from models.card_enums import CardStatus
from models.enums import TokenScope
from models.errors import Conflict
from models.records import CardRecord
from realtime.log import Change, Committed
from resolvers.card.pipeline import route_of
from resolvers.card.progress import board_around
from resolvers.card.update import current_card, hold_card, place_card
from resolvers.column.done import status_in
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import Caller, operation
from resolvers.state.follow import CardEntered, note

WRITE = TokenScope.PROJECTS_WRITE


@operation("cardActivate", opens=CARD, permission=board.WRITE, scope=WRITE, includes=("cardMove",))
async def activate_card(ctx: Context, door: CardRecord) -> Committed[CardRecord]:
    """Begin with a card: move it from where nothing has begun to the first step of its pipeline."""

    async def body(change: Change) -> CardRecord:
        card = await current_card(change, door["_id"])
        around = await board_around(change, card)
        column = next((each for each in around if each["_id"] == card["column_id"]), None)
        if column is not None and status_in(column, around) is not CardStatus.TODO:
            raise Conflict("Something has begun with the card: it stands in a later column", field="columnId")
        first = (await route_of(change, card)).first()
        if first is None:
            raise Conflict("The card goes through no column by itself")
        return await place_card(change, card, first["_id"])

    return await ctx.write(door["workspace_id"], body)


@operation(
    "cardAutoApprove",
    opens=CARD,
    permission=board.WRITE,
    scope=WRITE,
    includes=("cardMove",),
    caller=Caller.NO_AGENT,
)
async def approve_auto(ctx: Context, door: CardRecord) -> Committed[CardRecord]:
    """Let a card go on to the column that it waits for an approval to come to."""

    async def body(change: Change) -> CardRecord:
        card = await current_card(change, door["_id"])
        wanted = card.get("pending_column_id")
        if wanted is None:
            raise Conflict("The card waits for no approval")
        inside = {"_id": wanted, "project_id": card["project_id"]}
        column = await collection(Column).find_one(inside, session=change.session)
        if column is None:
            raise Conflict("The column that the card would go on to is gone")
        if wanted != card["column_id"]:
            return await place_card(change, card, wanted)
        # It stands there, and was held up as nobody had asked for its run in a long time.
        note(change, CardEntered(card["_id"], column))
        return await hold_card(change, card, None)

    return await ctx.write(door["workspace_id"], body)
