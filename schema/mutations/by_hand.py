"""Mutations that take something else than their operations do: functions that stand for those, by their names."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from bson import ObjectId

from models.base import Record
from models.enums import OnOddItem
from models.errors import BadUserInput
from models.ids import Kind, parse_id
from models.records import MissionRecord, ProjectRecord, UserRecord
from realtime.log import Committed
from resolvers.account import avatar
from resolvers.inputs.account import UserAvatarSet
from resolvers.inputs.mission import MissionComplete, MissionFail
from resolvers.inputs.transfer import ProjectImport
from resolvers.kit.context import Context
from resolvers.kit.contract import Unread
from resolvers.kit.input import read_input
from resolvers.kit.operation import operation_of
from resolvers.mission import drive as mission_drive
from resolvers.transfer import transfer
from schema.scalars import ProjectFile

MissionId = Annotated[ObjectId | str, "The id of the mission."]


async def set_avatar(ctx: Context, values: UserAvatarSet) -> Committed[UserRecord]:
    """In base64, where a route takes the bytes."""
    return await avatar.set_avatar(ctx, values.image)


async def complete_mission(
    ctx: Context, id: MissionId, summary: Annotated[str | None, "What came of it."] = None
) -> Committed[MissionRecord]:
    """With its one value as an argument."""
    values = {} if summary is None else {"summary": summary}
    return await mission_drive.complete_mission(ctx, id, read_input(MissionComplete, values))


async def fail_mission(
    ctx: Context, id: MissionId, error: Annotated[str, "Why it failed."]
) -> Committed[MissionRecord]:
    """With its one value as an argument."""
    return await mission_drive.fail_mission(ctx, id, read_input(MissionFail, {"error": error}))


@dataclass(frozen=True, slots=True)
class Imported:
    """A project that was imported, and what is told of it."""

    project: ProjectRecord
    warnings: Sequence[str]
    notes: Sequence[Record]
    notes_omitted: int


async def import_project(
    ctx: Context,
    workspace_id: ObjectId | str,
    values: Annotated[dict[str, Any] | None, Unread(ProjectImport)] = None,
    on_odd_item: Annotated[
        OnOddItem,
        "What becomes of a project with odd entries. What the types of `input` do not hold is refused either way; "
        "`file` takes it.",
    ] = OnOddItem.REFUSE,
    file: Annotated[ProjectFile | None, "The project as a file has it, in place of `input`."] = None,
) -> Committed[Imported]:
    """What is odd in it is looked for before it is checked, which is work: first it is asked who may call it at all."""
    operation_of(transfer.import_project).admit(ctx)
    workspace = parse_id(workspace_id, Kind.WORKSPACE, field="workspaceId")
    given = [argument for argument in (values, file) if argument is not None]
    if len(given) != 1:
        raise BadUserInput("The project comes either as input or as file", field="file")
    checked, notes = await transfer.read_project(given[0], on_odd_item)
    done = await transfer.import_project(ctx, workspace, checked, notes)
    project = done.value
    imported = Imported(project, project["warnings"], project["notes"], project["notes_omitted"])
    return Committed(imported, done.cursor)


BY_HAND: Mapping[str, Callable[..., Awaitable[Any]]] = {
    "missionComplete": complete_mission,
    "missionFail": fail_mission,
    "projectImport": import_project,
    "userAvatarSet": set_avatar,
}
"""By the operation that each stands for."""
