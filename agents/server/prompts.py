"""Prompts: what a pilotage is read for, and the skills of the workspaces in reach."""

from collections.abc import Sequence

import mcp_types as types

from models.enums import TokenScope
from models.errors import BadUserInput, NotFound
from models.pilotage_enums import PilotageIntent
from models.records import SkillRecord
from resolvers.kit.call import call
from resolvers.kit.context import Context
from resolvers.pilotage.briefing import prompt_for

MOST_SKILLS = 200
WORKSPACE = "workspaceId"

_INTENTS = {intent.value: intent for intent in PilotageIntent}


async def listed(ctx: Context) -> list[types.Prompt]:
    """The intents, then the skills by workspace."""
    place = types.PromptArgument(name=WORKSPACE, description="The id of the workspace.", required=True)
    intents = [
        types.Prompt(name=name, title=name.replace("_", " ").capitalize(), description="A briefing.", arguments=[place])
        for name in _INTENTS
    ]
    skills = [types.Prompt(name=name, description=skill["description"]) for name, skill in await _skills(ctx)]
    return [*intents, *skills]


async def get(ctx: Context, name: str, arguments: dict[str, str]) -> str:
    """The text of a prompt. Raises NotFound for an unknown one, BadUserInput for what its arguments lack."""
    if name not in _INTENTS:
        found = dict(await _skills(ctx)).get(name)
        if found is None:
            raise NotFound("Prompt")
        return found["instructions"]
    if WORKSPACE not in arguments:
        raise BadUserInput("is required", field=WORKSPACE)
    workspace = await call(ctx, "workspaceById", {WORKSPACE: arguments[WORKSPACE], "fields": ["name"]})
    return f"{prompt_for(_INTENTS[name])} The {WORKSPACE} is {workspace['_id']}."


async def _skills(ctx: Context) -> Sequence[tuple[str, SkillRecord]]:
    """The skills in reach, by the slugs of their workspace and their own."""
    if TokenScope.PILOTAGE_READ not in ctx.subject.scopes:
        return []
    found: list[tuple[str, SkillRecord]] = []
    for workspace in (await call(ctx, "whoami", {}))["workspaces"]:
        skills = await call(ctx, "skills", {WORKSPACE: str(workspace["_id"])})
        found += [(f"{workspace['slug']}.{skill['slug']}", skill) for skill in skills]
    return found[:MOST_SKILLS]
