"""What automations do: a closed set of actions, each of which runs an operation on the card that set it off.

An action is JSON: its `type`, and the arguments of the operation beside the card, as `resolvers.kit.call` takes them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bson import ObjectId

from models import Agent, Pipeline, Project
from models.base import collection
from models.enums import ActivityType
from models.errors import BadUserInput
from models.fanout import Audience
from models.ids import Kind, new_id, parse_id
from models.records import AutomationRecord, CardRecord, ProjectRecord
from realtime.log import Change
from resolvers.activity.activity import new_activity, record_activities
from resolvers.card.card import require_labels, target_column
from resolvers.card.checklist import add_checklist_item
from resolvers.card.comment import create_comment
from resolvers.card.label import add_card_label, remove_card_label
from resolvers.card.update import archive_card, move_card, update_card
from resolvers.inputs.automation import Notice, Role
from resolvers.kit.access import check_workspace
from resolvers.kit.call import call, read_arguments
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.input import read_input
from resolvers.kit.operation import operation_of
from resolvers.member.project_member import require_assignable
from resolvers.mission.mission import create_mission
from resolvers.pipeline.run import run_pipeline

NOTIFY = "notify"
_AS_IT_IS: Mapping[str, str] = MappingProxyType({})
Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """Runs an operation, which is given the card's id as `card`, where it is about the card. With `only`, that argument
    and no other is taken; the operation may call it otherwise, by `named`.

    `is_done` tells of a card that there is nothing to do, where the operation would refuse it.
    """

    run: Callable[..., Awaitable[Any]]
    card: str | None = "id"
    only: str | None = None
    named: str | None = None
    is_done: Callable[[CardRecord, Arguments], bool] = field(default=lambda _card, _arguments: False)

    def arguments(self, given: Arguments, card_id: ObjectId) -> Arguments:
        """What the operation is called with."""
        own = {self.named or name: value for name, value in given.items()}
        return own if self.card is None else {**own, self.card: str(card_id)}


def _lacks_label(card: CardRecord, arguments: Arguments) -> bool:
    return parse_id(arguments["labelId"]) not in card["label_ids"]


ACTIONS: Mapping[str, Action] = {
    "move_card": Action(move_card),
    "update_card": Action(update_card),
    "assign": Action(update_card, only="assigneeId"),
    "add_label": Action(add_card_label, "cardId"),
    "remove_label": Action(remove_card_label, "cardId", is_done=_lacks_label),
    "add_comment": Action(create_comment, "cardId"),
    "add_checklist_item": Action(add_checklist_item, "cardId"),
    "archive": Action(archive_card),
    "start_mission": Action(create_mission, "cardId"),
    "run_pipeline": Action(run_pipeline, None, only="pipelineId", named="id"),
}
TYPES = (NOTIFY, *ACTIONS)


async def check_action(ctx: Context, workspace_id: ObjectId, action: Mapping[str, Any]) -> None:
    """Whether an action is one, and the caller may do it now.

    Raises BadUserInput that names what does not fit, Forbidden where role or token do not suffice.
    """
    type_, arguments = _parted(action)
    if type_ == NOTIFY:
        _read(read_input, Notice, arguments)
        return
    done = ACTIONS[type_]
    operation = operation_of(done.run)
    if done.card in arguments or (done.only is not None and arguments.keys() != {done.only}):
        taken = f"takes {done.only} alone" if done.only else f"is about the card that sets it off, without {done.card}"
        raise BadUserInput(taken, field="action")
    asked = {done.named: done.only} if done.named and done.only else _AS_IT_IS
    _read(read_arguments, operation, done.arguments(arguments, new_id(Kind.CARD)), called=asked)
    operation.admit(ctx)
    if operation.permission is not None:
        await check_workspace(ctx, workspace_id, operation.permission)


async def check_references(change: Change, project: ProjectRecord, action: Mapping[str, Any]) -> None:
    """Raise BadUserInput for what an action names that the project does not have."""
    try:
        await require_parent(change, Project, project["_id"])
        if (column_id := action.get("columnId")) is not None:
            await target_column(change, project["_id"], parse_id(column_id))
        named = [*(action.get("labelIds") or ()), *([action["labelId"]] if "labelId" in action else [])]
        await require_labels(change, project["_id"], list({parse_id(label_id) for label_id in named}))
        if (assignee_id := action.get("assigneeId")) is not None:
            await require_assignable(change, project["_id"], parse_id(assignee_id))
        inside = {"workspace_id": project["workspace_id"]}
        if (agent_id := action.get("agentId")) is not None:
            there = {"_id": parse_id(agent_id), **inside, "deleted_at": None}
            if await collection(Agent).find_one(there, {"_id": 1}, session=change.session) is None:
                raise BadUserInput("is not an agent of the workspace", field="agentId")
        if (pipeline_id := action.get("pipelineId")) is not None:
            there = {"_id": parse_id(pipeline_id), **inside}
            if await collection(Pipeline).find_one(there, {"_id": 1}, session=change.session) is None:
                raise BadUserInput("is not a pipeline of the workspace", field="pipelineId")
    except BadUserInput as error:
        raise _inside(error) from error


async def act(ctx: Context, automation: AutomationRecord, card: CardRecord) -> None:
    """Do what an automation is for, in one change, whoever `ctx` acts for. Raises what the operation raises."""
    type_, arguments = _parted(automation["action"])
    if type_ == NOTIFY:
        await ctx.write_as(card["workspace_id"], None, lambda change: _notify(change, automation, card))
    elif ACTIONS[type_].is_done(card, arguments):
        await ctx.write(card["workspace_id"], _nothing)
    else:
        done = ACTIONS[type_]
        await call(ctx, operation_of(done.run).name, done.arguments(arguments, card["_id"]))


async def _nothing(_: Change) -> None:
    pass


async def _notify(change: Change, automation: AutomationRecord, card: CardRecord) -> None:
    notice = _read(read_input, Notice, _parted(automation["action"])[1])
    own: Mapping[Any, ObjectId | None] = {
        Role.ASSIGNEE: card["assignee_id"],
        Role.CREATOR: card["created_by"],
        Role.OWNER: automation["owner_id"],
    }
    named = [own.get(each, each) for each in notice.to]
    meta = {"title": card["title"], "automation": automation["name"], "message": notice.message}
    audience = Audience.PROJECT if Role.MEMBERS in notice.to else Audience.NAMED
    ids = [each for each in named if isinstance(each, ObjectId)]
    await record_activities(change, [new_activity(change, card, ActivityType.AUTOMATION_NOTICE, meta)], audience, ids)


def _parted(action: Mapping[str, Any]) -> tuple[str, Arguments]:
    type_ = action.get("type")
    if type_ not in TYPES:
        raise BadUserInput(f"must be one of {', '.join(TYPES)}", field="action.type")
    return str(type_), {name: value for name, value in action.items() if name != "type"}


def _read(read: Callable[..., Any], *arguments: Any, called: Mapping[str, str] = _AS_IT_IS) -> Any:
    try:
        return read(*arguments)
    except BadUserInput as error:
        raise _inside(error, called.get(error.field or "")) from error


def _inside(error: BadUserInput, called: str | None = None) -> BadUserInput:
    """The same of a field of the action, which may be `called` otherwise there."""
    told = error.message.removeprefix(f"{error.field}: ")
    return BadUserInput(told, field=f"action.{called or error.field}" if error.field else "action")
