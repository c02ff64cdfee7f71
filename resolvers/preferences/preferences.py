"""Preferences of the caller: what clients keep of theirs, what they are told of, and the order of their projects."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Preferences, Project
from models.base import collection, to_record, with_changes
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, Forbidden
from models.ids import Kind, id_of
from models.records import PreferencesRecord, ProjectRecord, UserRecord
from realtime.events.preferences import PreferencesChanged
from realtime.log import Change, Committed
from resolvers.inputs.preferences import (
    MAX_PROJECTS,
    MAX_SETTINGS,
    MAX_SETTINGS_BYTES,
    MAX_SHORTCUTS,
    PreferencesUpdate,
    ProjectReorder,
    size_of,
)
from resolvers.kit.access import workspace_memberships
from resolvers.kit.context import Context
from resolvers.kit.load import to_one
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PROJECT
from resolvers.kit.operation import edge, operation
from resolvers.preferences.projects import find_my_projects

READ, WRITE = TokenScope.ACCOUNT_READ, TokenScope.ACCOUNT_WRITE
PERSONAL = "what a person has set is their own"

Edit = Mapping[str, Any]


@operation("preferences", scope=READ, read_only=True, no_tool=PERSONAL)
async def get_preferences(ctx: Context) -> PreferencesRecord:
    """What the caller has set; nothing of it where they have never set anything."""
    found = await collection(Preferences).find_one({"_id": _id(ctx.user_id)})
    return found or _nothing_set(ctx.user_id)


@operation("preferencesUpdate", scope=WRITE, no_tool=PERSONAL)
async def update_preferences(ctx: Context, values: PreferencesUpdate) -> Committed[PreferencesRecord]:
    """Set something for the viewer.

    Raises BadUserInput for more than is kept.
    """
    given = values.given()

    async def body(change: Change) -> PreferencesRecord:
        before = await _current(change, ctx.user_id)
        changes: dict[str, Any] = {}
        muted = given["muted_activities"] if "muted_activities" in given else before["muted_activities"]
        unmute = set(given.get("unmute") or ())
        muting = dict.fromkeys([*(muted or ()), *(given.get("mute") or ())])
        changes["muted_activities"] = [activity for activity in muting if activity not in unmute]
        for name, most in (("settings", MAX_SETTINGS), ("shortcuts", MAX_SHORTCUTS)):
            if name in given:
                changes[name] = _merged(name, before, given[name], most)
        return await _write(change, before, changes)

    return await ctx.write(ctx.user_id, body)


@operation("projectReorder", scope=WRITE, no_tool=PERSONAL)
async def reorder_projects(ctx: Context, values: ProjectReorder) -> Committed[PreferencesRecord]:
    """Put the viewer's projects into an order, for them alone.

    Raises Conflict unless all of their projects (of the organization that is named) are, each once.
    """
    known = await _projects(ctx, values.organization_id)
    if len(values.ids) != len(known) or known != set(values.ids):
        raise Conflict("must name each of your projects once, and no other", field="ids")

    async def body(change: Change) -> PreferencesRecord:
        before = await _current(change, ctx.user_id)
        others = [project_id for project_id in before["project_order"] if project_id not in known]
        return await _write(change, before, {"project_order": [*values.ids, *others][:MAX_PROJECTS]})

    return await ctx.write(ctx.user_id, body)


@operation("projectOpen", opens=PROJECT, permission=board.READ, scope=TokenScope.PROJECTS_READ, no_tool=PERSONAL)
async def open_project(ctx: Context, project: ProjectRecord) -> Committed[PreferencesRecord]:
    """Note that the viewer has opened a project."""

    async def body(change: Change) -> PreferencesRecord:
        before = await _current(change, ctx.user_id)
        return await _write(change, before, {"last_project_id": project["_id"]})

    return await ctx.write(ctx.user_id, body)


def _id(user_id: ObjectId) -> ObjectId:
    return id_of(Kind.PREFERENCES, user_id)


def _nothing_set(user_id: ObjectId) -> PreferencesRecord:
    return to_record(Preferences(id=_id(user_id), user_id=user_id))


async def _current(change: Change, user_id: ObjectId) -> PreferencesRecord:
    found = await collection(Preferences).find_one({"_id": _id(user_id)}, session=change.session)
    return found or _nothing_set(user_id)


async def _write(change: Change, before: PreferencesRecord, changes: Edit) -> PreferencesRecord:
    """Write what differs, and tell of it."""
    differing = {name: value for name, value in changes.items() if before.get(name) != value}
    if not differing:
        return before
    after = with_changes(before, differing)
    await collection(Preferences).replace_one({"_id": after["_id"]}, after, upsert=True, session=change.session)
    change.append(after["user_id"], PreferencesChanged(preferences=after))
    return after


def _merged(name: str, before: PreferencesRecord, given: Edit | None, most: int) -> dict[str, Any]:
    """What is there, with what is given put over it."""
    if given is None:
        return {}
    there: dict[str, Any] = before[name]  # type: ignore[literal-required]
    merged = {key: value for key, value in {**there, **given}.items() if value is not None}
    if len(merged) > most or size_of(merged) > MAX_SETTINGS_BYTES:
        raise BadUserInput(f"would be more than {most} keys or {MAX_SETTINGS_BYTES:,} bytes", field=name)
    return merged


async def _projects(ctx: Context, organization_id: ObjectId | None) -> set[ObjectId]:
    """The projects that the caller may see, in one organization where that is named; Conflict for too many."""
    found = {project["_id"] for project in await find_my_projects(ctx, organization_id, frozenset())}
    if len(found) > MAX_PROJECTS:
        raise Conflict(f"You have more than {MAX_PROJECTS} projects: name an organization", field="organizationId")
    return found


@edge(scope=READ, viewer=True)
async def preferences_of(
    ctx: Context, users: Sequence[UserRecord], fields: Fields
) -> list[PreferencesRecord | Forbidden]:
    """What the viewer has set; an error in the place of each other user."""
    own = await get_preferences(ctx)
    return [own if user["_id"] == ctx.user_id else Forbidden("Preferences are their own user's") for user in users]


@edge(scope=TokenScope.PROJECTS_READ, viewer=True)
async def last_project_of(
    ctx: Context, preferences: Sequence[PreferencesRecord], fields: Fields
) -> list[ProjectRecord | None]:
    """The project that was opened last; None where it is gone, or its workspace is not the viewer's any more."""
    wanted = None if fields is None else fields | {"workspace_id"}
    found = await to_one(Project, preferences, "last_project_id", wanted)
    memberships = await workspace_memberships(
        ctx, (project["workspace_id"] for project in found if project is not None)
    )
    return [
        project if project is not None and memberships[project["workspace_id"]] is not None else None
        for project in found
    ]
