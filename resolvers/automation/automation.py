"""Automations of a project: making, changing and reading them. `resolvers.automation.follow` has them do their work."""

from collections.abc import Sequence
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import board
from models import Automation, AutomationTrace
from models.base import collection, to_record, with_changes
from models.enums import AutomationTrigger, TokenScope
from models.errors import Forbidden, NotFound
from models.facts import CREATE
from models.records import AutomationRecord, AutomationTraceRecord, CardRecord, ProjectRecord
from models.write import find_and_delete
from realtime.events.automation import AutomationCreated, AutomationDeleted, AutomationUpdated
from realtime.log import Change, Committed
from resolvers.automation.action import check_action, check_references
from resolvers.automation.conditions import read_conditions
from resolvers.automation.progress import head_of, note_change
from resolvers.deletion.deletion import bury, delete
from resolvers.inputs.automation import MAX_AUTOMATIONS, AutomationCreate, AutomationUpdate
from resolvers.kit.access import check_workspace
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.load import card_inside, to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import AUTOMATION, AUTOMATION_TRACE, PROJECT
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages, pages_by

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
_ANEW = frozenset({"trigger", "conditions", "action", "enabled"})
"""What makes an automation one for what happens from then on."""


get_automation = reader("automation", AUTOMATION)


@operation("automations", opens=PROJECT.by("project_id"), permission=board.READ, scope=READ, read_only=True)
async def list_automations(ctx: Context, project: ProjectRecord) -> list[AutomationRecord]:
    """The automations of a project, oldest first; it has at most 100."""
    return (await automations_of_project(ctx, [project], None))[0]


@operation("automationTraces", opens=AUTOMATION.by("automation_id"), permission=board.READ, scope=READ, read_only=True)
async def list_automation_traces(ctx: Context, automation: AutomationRecord, window: Window) -> Page:
    """A page of what came of an automation, the latest first; it is kept for 90 days."""
    found = await pages(AutomationTrace, "automation_id", [automation["_id"]], window, sort=NEWEST_FIRST)
    return found[automation["_id"]]


@operation("automationCreate", inside=PROJECT, permission=board.WRITE, scope=WRITE, in_project=False)
async def create_automation(
    ctx: Context, project: ProjectRecord, values: AutomationCreate
) -> Committed[AutomationRecord]:
    """Create an automation, which acts in the name of its owner: whoever changes it last."""
    await read_conditions(values.trigger, values.conditions, project["_id"])
    await check_action(ctx, project["workspace_id"], values.action)

    async def body(change: Change) -> AutomationRecord:
        await check_references(change, project, values.action)
        await require_room(
            change, Automation, {"project_id": project["_id"]}, MAX_AUTOMATIONS, "automations in this project"
        )
        automation = to_record(
            Automation(
                workspace_id=project["workspace_id"],
                project_id=project["_id"],
                name=values.name or _named(values),
                conditions=values.conditions,
                action=values.action,
                **values_of(values, Automation, CREATE),
                **_ownership(ctx),
                since=await head_of(change, project["workspace_id"]),
                created_at=change.at,
                updated_at=change.at,
            )
        )
        await collection(Automation).insert_one(automation, session=change.session)
        await note_change(change, automation["workspace_id"])
        event = AutomationCreated(automation=automation, project_id=automation["project_id"])
        change.append(automation["workspace_id"], event)
        return automation

    return await ctx.write(project["workspace_id"], body)


@operation("automationUpdate", opens=AUTOMATION.whole, permission=board.WRITE, scope=WRITE, in_project=False)
async def update_automation(
    ctx: Context, door: AutomationRecord, values: AutomationUpdate
) -> Committed[AutomationRecord]:
    """Change an automation: its owner may, and the workspace's admins; it acts in their name from then on."""
    await _check_owner(ctx, door)
    return await _set(ctx, door, values.given())


@operation("automationToggle", opens=AUTOMATION.whole, permission=board.WRITE, scope=WRITE, in_project=False)
async def toggle_automation(
    ctx: Context,
    door: AutomationRecord,
    enabled: Annotated[bool | None, "Whether it is to be at work; without it, whether it is not now."] = None,
) -> Committed[AutomationRecord]:
    """Enable or disable an automation; whoever enables it owns it."""
    await _check_owner(ctx, door)
    return await _set(ctx, door, {"enabled": not door["enabled"] if enabled is None else enabled})


@operation("automationDelete", opens=AUTOMATION.whole, permission=board.WRITE, scope=WRITE)
async def delete_automation(ctx: Context, door: AutomationRecord) -> Committed[ObjectId]:
    """Delete an automation with its traces: its owner may, and the workspace's admins."""
    await _check_owner(ctx, door)

    async def body(change: Change) -> ObjectId:
        automation = await find_and_delete(Automation, {"_id": door["_id"]}, change.session)
        if automation is None:
            raise NotFound("Automation")
        await note_change(change, automation["workspace_id"])
        event = AutomationDeleted(deleted_id=automation["_id"], project_id=automation["project_id"])
        change.append(automation["workspace_id"], event)
        await bury(change, automation["_id"], automation["workspace_id"], project_id=automation["project_id"])
        return ObjectId(automation["_id"])

    return await delete(ctx, door["workspace_id"], body)


traces_of = pages_by(AUTOMATION_TRACE, "automation_id", sort=NEWEST_FIRST)
"""What came of an automation, the latest first."""


@edge(scope=READ)
async def target_of(ctx: Context, traces: Sequence[AutomationTraceRecord], fields: Fields) -> list[CardRecord | None]:
    """The card that it was about; None once that is deleted."""
    return await card_inside(traces, fields)


@edge(scope=READ)
async def automations_of_project(
    ctx: Context, projects: Sequence[ProjectRecord], fields: Fields
) -> list[list[AutomationRecord]]:
    """The automations of each project, oldest first."""
    return await to_list(Automation, projects, "project_id", sort=[("_id", 1)], fields=fields)


async def write_automation(
    change: Change, automation_id: ObjectId, values: dict[str, Any]
) -> tuple[AutomationRecord, bool]:
    """Change an automation within a change, with all that follows; it, and whether it differs."""
    automation, differs = await set_fields(change, Automation, automation_id, values)
    if differs:
        await note_change(change, automation["workspace_id"])
        event = AutomationUpdated(automation=automation, project_id=automation["project_id"])
        change.append(automation["workspace_id"], event)
    return automation, differs


async def _set(ctx: Context, door: AutomationRecord, values: dict[str, Any]) -> Committed[AutomationRecord]:
    changed = {name: value for name, value in values.items() if door[name] != value}  # type: ignore[literal-required]
    after = with_changes(door, changed)
    is_acting = changed.keys() != {"enabled"} or after["enabled"]
    if changed and is_acting:
        await read_conditions(AutomationTrigger(after["trigger"]), after["conditions"], after["project_id"])
        await check_action(ctx, after["workspace_id"], after["action"])

    async def body(change: Change) -> AutomationRecord:
        if "action" in changed:
            project: Any = {"_id": door["project_id"], "workspace_id": door["workspace_id"]}
            await check_references(change, project, changed["action"])
        more: dict[str, Any] = {}
        if changed and is_acting:
            more |= _ownership(ctx)
        if changed.keys() & _ANEW:
            more |= {"since": await head_of(change, door["workspace_id"]), "disabled_reason": None}
        return (await write_automation(change, door["_id"], {**changed, **more}))[0]

    return await ctx.write(door["workspace_id"], body)


def _ownership(ctx: Context) -> dict[str, Any]:
    """Whose it is from now on, and how far their credential goes."""
    return {"owner_id": ctx.user_id, "scopes": sorted(scope.value for scope in ctx.subject.scopes)}


async def _check_owner(ctx: Context, automation: AutomationRecord) -> None:
    membership = await check_workspace(ctx, automation["workspace_id"], board.WRITE, noun="Automation")
    if automation["owner_id"] != ctx.user_id and not board.MODERATE.allows(membership["role"]):
        raise Forbidden("Only an automation's owner and the workspace's admins may change it")


def _named(values: AutomationCreate) -> str:
    """What a client that gives no name would read: `Task moved: notify`."""
    return f"{values.trigger.capitalize()}: {values.action['type']}".replace("_", " ")
