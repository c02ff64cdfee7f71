"""Tasks: the cards of a workspace, by numbers and words."""

from typing import Annotated, Any

from auth.policies import board
from models.card_enums import CardStage
from models.limits import MARKDOWN, Text
from resolvers.card.card import delete_card, get_card
from resolvers.card.revise import revise_card
from resolvers.filing.find import find_cards, find_next_card
from resolvers.filing.submit import submit_card
from resolvers.inputs.card import Assignee
from resolvers.inputs.filing import ProjectWord
from resolvers.kit.access import check_workspace
from resolvers.kit.input import Date, Minutes, NotNull, Prose, Seconds, Title
from rest.orkosi.bodies import Body, Deleted, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import PageQuery
from rest.orkosi.present.task import TaskData, task, tasks
from rest.orkosi.task_calls import find_next, find_tasks, revise_task, submit_task, task_id
from rest.orkosi.task_words import Priorities, PriorityIn, Status, Statuses, TypeIn, number_of
from rest.routing import Call

routes = orkosi_routes(
    "tasks", "/tasks", about="Tasks, which are cards, by numbers and words.", place=160, tag_place=290
)

Details = Annotated[str, MARKDOWN, Prose]
NAMES = {"stage": "status", "project": "product_slug", "estimate_minutes": "estimated_minutes"}
_CORE = {here: core for core, here in NAMES.items()}


class TaskQuery(PageQuery):
    """Which tasks. `status` and `priority` are some of theirs with commas between them; without a status, archived ones
    are left out. `q` are words, or their beginnings, that all have to be there. `next` is the one to do next of an
    assignee or a product: the most urgent that is `todo` and waits for none, then what is due first, then the oldest.
    """

    status: Statuses | None = None
    q: Annotated[str, Text(1, 200)] | None = None
    assignee: Assignee | None = None
    product: ProjectWord | None = None
    priority: Priorities | None = None
    next: bool = False


class _Values(Body):
    description: Details | None = None
    assignee: Assignee | None = None
    type: TypeIn | None = None
    resolution: Details | None = None
    estimated_minutes: Minutes | None = None
    max_duration_seconds: Seconds | None = None
    due_date: Date | None = None
    product_slug: ProjectWord | None = None


class TaskBody(_Values):
    """A new task. Without a product it goes to the inbox of the workspace; its priority is the usual one unless it
    says another."""

    title: Title
    status: Status = CardStage.TODO
    priority: PriorityIn | None = None


class TaskChange(_Values):
    """What changes of a task. What is left out stays as it is, and null clears what can be empty."""

    title: Annotated[Title | None, NotNull] = None
    status: Annotated[Status | None, NotNull] = None
    priority: Annotated[PriorityIn | None, NotNull] = None


@routes.get("", "List tasks", runs=find_cards, query=TaskQuery, names_object=True, reads=[find_next_card])
async def find(call: Call) -> list[TaskData]:
    """Of all products, the newest first. `assignee` is `me`, an agent by slug or name, a username or a number."""
    query = call.query(TaskQuery)
    among = {"assignee": query.assignee, "project": query.product}
    if query.next:
        return await tasks(call.ctx, await find_next(call, query, among, {"project": "product"}))
    asked = {**among, "stages": query.status, "search": query.q, "priorities": query.priority}
    return await tasks(call.ctx, await find_tasks(call, query, asked, {"project": "product", "search": "q"}))


@routes.post("", "Create a task", runs=submit_card, body=TaskBody, names_object=True, refused_with=(429,))
async def create(call: Call) -> TaskData:
    """An open task of the same title, product and assignee that is younger than 24 hours is answered in its place, and
    `meta.deduplicated` says so. At most 300 a minute: then 429."""
    return await task(call.ctx, await submit_task(call, _in_core_words(call.body(TaskBody).model_dump()), NAMES))


@routes.get("/{taskNumber}", "Read a task", runs=get_card)
async def get(call: Call) -> TaskData:
    """With what it waits for, and what waits for it."""
    return await task(call.ctx, await get_card(call.ctx, await task_id(call)))


@routes.patch("/{taskNumber}", "Change a task", runs=revise_card, reads=(get_card,), body=TaskChange, names_object=True)
async def update(call: Call) -> TaskData:
    """Any status may follow any; what is cancelled goes back to `todo` first: else 409, as for another product."""
    return await task(call.ctx, await revise_task(call, _in_core_words(call.body(TaskChange).given()), NAMES))


@routes.delete("/{taskNumber}", "Delete a task for good", runs=delete_card, reads=(get_card,), body=None)
async def delete(call: Call) -> Deleted:
    """For admins of the workspace."""
    record = await get_card(call.ctx, await task_id(call))
    await check_workspace(call.ctx, record["workspace_id"], board.MODERATE)
    await delete_card(call.ctx, record["_id"])
    return deleted(number_of(record))


def _in_core_words(given: dict[str, Any]) -> dict[str, Any]:
    """What a body says, as the operations call it."""
    return {_CORE.get(name, name): value for name, value in given.items()}
