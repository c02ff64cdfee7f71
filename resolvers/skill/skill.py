"""Skills of a workspace."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import mission as policy
from auth.policies import workspace as workspace_policy
from models import Skill, Workspace
from models.base import AnyRecord, collection, to_record
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.facts import CREATE
from models.records import SkillRecord, WorkspaceMemberRecord
from realtime.events.skill import SkillCreated, SkillDeleted, SkillUpdated
from realtime.log import Change, Committed
from resolvers.inputs.skill import MAX_WORKSPACE_SKILLS, SkillCreate, SkillUpdate
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import SKILL, WORKSPACE
from resolvers.kit.operation import edge, operation, reader

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
TAKEN = "is taken by another skill of the workspace"

get_skill = reader("skill", SKILL)


@operation("skills", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_skills(ctx: Context, membership: WorkspaceMemberRecord) -> list[SkillRecord]:
    """The skills of a workspace, by slug."""
    return (await skills_of_workspace(ctx, [{"_id": membership["workspace_id"]}], None))[0]


@operation("skillCreate", inside=WORKSPACE, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def create_skill(ctx: Context, _membership: WorkspaceMemberRecord, values: SkillCreate) -> Committed[SkillRecord]:
    """Create a skill that agents of the workspace can be given."""
    workspace_id = values.workspace_id

    async def body(change: Change) -> SkillRecord:
        await require_parent(change, Workspace, workspace_id)
        await require_room(change, Skill, {"workspace_id": workspace_id}, MAX_WORKSPACE_SKILLS, "skills")
        skill = to_record(
            Skill(
                workspace_id=workspace_id,
                **values_of(values, Skill, CREATE),
                description=values.description,
                instructions=values.instructions,
                tools=values.tools,
                created_by=ctx.user_id,
                created_at=change.at,
                updated_at=change.at,
            )
        )
        try:
            await collection(Skill).insert_one(skill, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict(TAKEN, field="slug") from error
        change.append(workspace_id, SkillCreated(skill=skill))
        return skill

    return await ctx.write(workspace_id, body)


@operation("skillUpdate", opens=SKILL, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def update_skill(ctx: Context, door: SkillRecord, values: SkillUpdate) -> Committed[SkillRecord]:
    """Change a skill, for all agents that have it."""

    async def body(change: Change) -> SkillRecord:
        try:
            skill, differs = await set_fields(change, Skill, door["_id"], values.given())
        except DuplicateKeyError as error:
            raise Conflict(TAKEN, field="slug") from error
        if differs:
            change.append(skill["workspace_id"], SkillUpdated(skill=skill))
        return skill

    return await ctx.write(door["workspace_id"], body)


@operation("skillDelete", opens=SKILL, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def delete_skill(ctx: Context, door: SkillRecord) -> Committed[ObjectId]:
    """Delete a skill; no agent has it any more."""

    async def body(change: Change) -> ObjectId:
        deleted = await collection(Skill).delete_one({"_id": door["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Skill")
        change.append(door["workspace_id"], SkillDeleted(deleted_id=door["_id"]))
        return ObjectId(door["_id"])

    return await ctx.write(door["workspace_id"], body)


@edge(scope=READ)
async def skills_of_workspace(ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields) -> list[list[SkillRecord]]:
    """The skills of each workspace, by slug."""
    return await to_list(Skill, workspaces, "workspace_id", sort=[("slug", 1)], fields=fields)
