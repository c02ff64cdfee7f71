"""Tasks for programs with a key, by the words of the public part."""

from typing import Annotated, Any, Literal

from bson import ObjectId
from typing_extensions import TypedDict

from models.card_enums import CardStage
from models.ids import Kind
from models.limits import MARKDOWN
from resolvers.card.card import get_card
from resolvers.card.revise import revise_card
from resolvers.card.update import archive_card
from resolvers.filing.find import find_cards
from resolvers.filing.submit import submit_card
from resolvers.inputs.card import Assignee
from resolvers.installation.health import get_health
from resolvers.kit.input import NotNull, Prose, Seconds, Title
from rest.orkosi.bodies import Body
from rest.orkosi.dialect import FLAT, orkosi_routes
from rest.orkosi.ids import NumberOrId
from rest.orkosi.paging import PageQuery
from rest.orkosi.present.task import PublicTaskData, public_task, public_tasks
from rest.orkosi.task_calls import find_tasks, revise_task, submit_task, task_id
from rest.orkosi.task_words import Priorities, PriorityIn, Status, Statuses, TypeIn
from rest.routing import Call

routes = orkosi_routes(
    "public tasks", "/v1/public", about="Tasks for programs, in the words of the public part.", place=180, tag_place=220
)

Details = Annotated[str, MARKDOWN, Prose]
ProductRef = Annotated[int | ObjectId, NumberOrId(Kind.PROJECT)]
NAMES = {"stage": "status", "project": "product_id", "assignee": "assigned_to"}


class PublicHealthData(TypedDict):
    """The public part answers."""

    status: Literal["ok"]
    version: str


class PublicTaskQuery(PageQuery):
    """Which tasks. `status` and `priority` are some of theirs with commas between them; without a status, archived ones
    are left out."""

    status: Statuses | None = None
    priority: Priorities | None = None
    assigned_to: Assignee | None = None
    product_id: ProductRef | None = None


class _Values(Body):
    description: Details | None = None
    type: TypeIn | None = None
    assigned_to: Assignee | None = None
    product_id: ProductRef | None = None
    max_duration_seconds: Seconds | None = None


class PublicTaskBody(_Values):
    """A new task. Without a product it goes to the inbox of the workspace; its priority is the usual one unless it
    says another."""

    title: Title
    priority: PriorityIn | None = None
    status: Status = CardStage.TODO


class PublicTaskChange(_Values):
    """What changes of a task. What is left out stays as it is, and null clears what can be empty."""

    title: Annotated[Title | None, NotNull] = None
    priority: Annotated[PriorityIn | None, NotNull] = None
    status: Annotated[Status | None, NotNull] = None
    resolution: Details | None = None


@routes.get("/health", "Ask whether the public part answers", runs=get_health, dialect=FLAT)
async def get_public_health(call: Call) -> PublicHealthData:
    """For anybody."""
    return {"status": "ok", "version": (await get_health(call.ctx))["version"]}


@routes.get("/tasks", "List tasks as a program", runs=find_cards, query=PublicTaskQuery, names_object=True)
async def find(call: Call) -> list[PublicTaskData]:
    """Of all products, the newest first. `assigned_to` is `me`, an agent by slug or name, a username or a number."""
    query = call.query(PublicTaskQuery)
    asked = {
        "stages": query.status,
        "priorities": query.priority,
        "assignee": query.assigned_to,
        "project": _product(query.product_id),
    }
    return await public_tasks(call.ctx, await find_tasks(call, query, asked, NAMES))


@routes.post(
    "/tasks",
    "Create a task as a program",
    runs=submit_card,
    body=PublicTaskBody,
    names_object=True,
    refused_with=(429,),
)
async def create(call: Call) -> PublicTaskData:
    """An open task of the same title, product and assignee that is younger than 24 hours is answered in its place, and
    `meta.deduplicated` says so. At most 300 a minute: then 429."""
    given = _in_core_words(call.body(PublicTaskBody).model_dump())
    return await public_task(call.ctx, await submit_task(call, given, NAMES))


@routes.get("/tasks/{taskNumber}", "Read a task as a program", runs=get_card)
async def get(call: Call) -> PublicTaskData:
    """With what it waits for, and what waits for it."""
    return await public_task(call.ctx, await get_card(call.ctx, await task_id(call)))


@routes.patch(
    "/tasks/{taskNumber}",
    "Change a task as a program",
    runs=revise_card,
    reads=(get_card,),
    body=PublicTaskChange,
    names_object=True,
)
async def update(call: Call) -> PublicTaskData:
    """Any status may follow any; what is cancelled goes back to `todo` first: else 409, as for another product."""
    given = _in_core_words(call.body(PublicTaskChange).given())
    return await public_task(call.ctx, await revise_task(call, given, NAMES))


@routes.delete("/tasks/{taskNumber}", "Cancel a task", runs=archive_card, body=None)
async def delete(call: Call) -> PublicTaskData:
    """It is archived: `cancelled`, unless it was done."""
    return await public_task(call.ctx, (await archive_card(call.ctx, await task_id(call))).value)


def _product(value: int | ObjectId | None) -> str | None:
    """The word for a product that a number or an id names."""
    if value is None:
        return None
    return f"#{value}" if isinstance(value, int) else str(value)


def _in_core_words(given: dict[str, Any]) -> dict[str, Any]:
    """What a body says, as the operations call it."""
    words = {"status": "stage", "assigned_to": "assignee"}
    found = {words.get(name, name): value for name, value in given.items() if name != "product_id"}
    return found | ({"project": _product(given["product_id"])} if "product_id" in given else {})
