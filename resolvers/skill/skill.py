"""Skills of a workspace."""

from collections.abc import Sequence

from bson import ObjectId

from auth.policies import mission as policy
from auth.policies import workspace as workspace_policy
from models import Skill
from models.base import AnyRecord
from models.enums import TokenScope
from models.records import SkillRecord, WorkspaceMemberRecord
from realtime.events.skill import SkillCreated, SkillDeleted, SkillUpdated
from realtime.log import Committed
from resolvers.inputs.skill import MAX_WORKSPACE_SKILLS, SkillCreate, SkillUpdate
from resolvers.kit.context import Context
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import SKILL, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.register.register import Register, create_in, delete_in, update_in

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
SKILLS = Register(SKILL, SkillCreated, SkillUpdated, SkillDeleted, most=MAX_WORKSPACE_SKILLS, unique="slug")

get_skill = reader("skill", SKILL)


@operation("skills", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_skills(ctx: Context, membership: WorkspaceMemberRecord) -> list[SkillRecord]:
    """The skills of a workspace, by slug."""
    return (await skills_of_workspace(ctx, [{"_id": membership["workspace_id"]}], None))[0]


@operation("skillCreate", inside=WORKSPACE, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def create_skill(ctx: Context, membership: WorkspaceMemberRecord, values: SkillCreate) -> Committed[SkillRecord]:
    """Create a skill that agents of the workspace can be given."""
    return await create_in(ctx, SKILLS, membership, values)


@operation("skillUpdate", opens=SKILL, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def update_skill(ctx: Context, door: SkillRecord, values: SkillUpdate) -> Committed[SkillRecord]:
    """Change a skill, for all agents that have it."""
    return await update_in(ctx, SKILLS, door, values)


@operation("skillDelete", opens=SKILL, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def delete_skill(ctx: Context, door: SkillRecord) -> Committed[ObjectId]:
    """Delete a skill; no agent has it any more."""
    return await delete_in(ctx, SKILLS, door)


@edge(scope=READ)
async def skills_of_workspace(ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields) -> list[list[SkillRecord]]:
    """The skills of each workspace, by slug."""
    return await to_list(Skill, workspaces, "workspace_id", sort=[("slug", 1)], fields=fields)
